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

export function chart(found, data) {
  const { measure, labels } = columns(found);
  const bars = found.rows.slice(0, SHOWN).map((row) => ({
    label: labels.map((name) => row[name]).filter(Boolean).map((term) => (term.type === "uri" ? short(term.value, data) : term.value)).join(" · "),
    value: Number(row[measure].value),
  }));
  const most = Math.max(...bars.map(({ value }) => value), 0) || 1;
  const [wide, high, left, room] = [900, 30, 320, 500];
  const svg = drawn("svg", { viewBox: `0 0 ${wide} ${bars.length * high + 40}`, role: "img", "aria-label": `${measure} · ${labels.join(" · ")}` },
    drawn("text", { x: left, y: 20, class: "quiet" }, measure));
  bars.forEach(({ label, value }, place) => {
    const y = 32 + place * high;
    const cut = label.length > 46 ? `${label.slice(0, 45)}…` : label;
    svg.append(
      drawn("g", {},
        drawn("title", {}, `${label}: ${value}`),
        drawn("text", { x: left - 10, y: y + 16, "text-anchor": "end" }, cut),
        drawn("rect", { x: left, y, width: Math.max(1, (Math.max(value, 0) / most) * room), height: high - 8, class: "bar", rx: 2 }),
        drawn("text", { x: left + 8 + (Math.max(value, 0) / most) * room, y: y + 16 }, value.toLocaleString(data.language))));
  });
  const told = found.rows.length > SHOWN ? data.words.bars.replace("{shown}", SHOWN).replace("{n}", found.rows.length) : "";
  return element("figure", {}, svg, element("figcaption", { class: "quiet" }, told));
}
