// Counts as bars.
import { drawn, element } from "./dom.js";
import { isNumber, short } from "./table.js";

const SHOWN = 40;
const PLACE = /^(lat|lon|lng|long|latitude|longitude|position|year|index)$/i;

// The last column of numbers is what is counted; the others, but for IRIs beside their labels, say of what.
function columns({ names, rows }) {
  const numeric = names.filter((name) => !PLACE.test(name) && rows.every((row) => isNumber(row[name])));
  const measure = numeric.at(-1);
  const others = names.filter((name) => !numeric.includes(name) && rows.some((row) => row[name]));
  const labels = others.filter((name) => rows.some((row) => row[name] && row[name].type !== "uri"));
  return { measure, labels: labels.length ? labels : others };
}

export function chartable(found) {
  const { measure, labels } = columns(found);
  return found.rows.length > 1 && Boolean(measure) && labels.length > 0;
}

export function chart(found, data, width) {
  const { measure, labels } = columns(found);
  const bars = found.rows.slice(0, SHOWN).map((row) => ({
    label: labels.map((name) => row[name]).filter(Boolean).map((term) => (term.type === "uri" ? short(term.value, data) : term.value)).join(" · "),
    value: Number(row[measure].value),
  }));
  const most = Math.max(...bars.map(({ value }) => value), 0) || 1;
  // On a telephone a label stands above its bar, so that both can be read.
  const wide = Math.min(Math.max(width, 300), 1100);
  const isNarrow = wide < 620;
  const left = isNarrow ? 12 : 340;
  const [high, room, letters] = [isNarrow ? 46 : 30, wide - left - 70, Math.floor((isNarrow ? wide - 20 : left - 20) / 7.4)];
  const svg = drawn("svg", { viewBox: `0 0 ${wide} ${bars.length * high + 40}`, role: "img", "aria-label": `${measure} · ${labels.join(" · ")}` },
    drawn("text", { x: left, y: 20, class: "quiet" }, measure));
  bars.forEach(({ label, value }, place) => {
    const top = 32 + place * high;
    const y = isNarrow ? top + 18 : top;
    const long = (Math.max(value, 0) / most) * room;
    const cut = label.length > letters ? `${label.slice(0, letters - 1)}…` : label;
    svg.append(
      drawn("g", {},
        drawn("title", {}, `${label}: ${value}`),
        drawn("text", isNarrow ? { x: left, y: top + 13 } : { x: left - 10, y: y + 16, "text-anchor": "end" }, cut),
        drawn("rect", { x: left, y, width: Math.max(1, long), height: 22, class: "bar", rx: 2 }),
        drawn("text", { x: left + 8 + long, y: y + 16 }, value.toLocaleString(data.language))));
  });
  const told = found.rows.length > SHOWN ? data.words.bars.replace("{shown}", SHOWN).replace("{n}", found.rows.length) : "";
  return element("figure", {}, svg, element("figcaption", { class: "quiet" }, told));
}
