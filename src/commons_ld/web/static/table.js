// Rows as a table: terms as people read them, IRIs as links, and each head of a column sorts.
import { element, fill } from "./dom.js";

const XSD = "http://www.w3.org/2001/XMLSchema#";
const NUMBERS = new Set(["integer", "decimal", "double", "float", "int", "long", "nonNegativeInteger"].map((name) => XSD + name));
const SHOWN = 1000;

export const isNumber = (term) => Boolean(term) && term.type !== "uri" && NUMBERS.has(term.datatype) && Number.isFinite(Number(term.value));

export function short(iri, { baseIri, prefixes }) {
  if (iri.startsWith(baseIri)) return iri.slice(baseIri.length);
  const found = Object.entries(prefixes).find(([, namespace]) => iri.startsWith(namespace));
  return found ? `${found[0]}:${iri.slice(found[1].length)}` : iri;
}

// An IRI of the archive leads to what this server says of it, wherever the archive itself may be.
export function leads(iri, { baseIri, language }) {
  const name = iri.startsWith(baseIri) ? iri.slice(baseIri.length) : "";
  return name && !/[?#]/.test(name) ? `./${name}?lang=${language}` : iri;
}

export function table({ names, rows }, data) {
  const numeric = new Set(names.filter((name) => rows.every((row) => !row[name] || isNumber(row[name]))));
  const align = (name) => (numeric.has(name) ? "number" : undefined);
  const body = element("tbody");
  const heads = names.map((name) => {
    const button = element("button", { type: "button", title: data.words.sort }, name);
    const head = element("th", { scope: "col", class: align(name) }, button);
    button.addEventListener("click", () => sort(name, head));
    return head;
  });
  const write = (some) => fill(body, ...some.slice(0, SHOWN).map((row) =>
    element("tr", {}, ...names.map((name) => element("td", { class: align(name) }, cell(row[name], data))))));
  // Rising, falling, and as the answer has them; what has no value comes last.
  function sort(name, head) {
    const order = { "": "ascending", ascending: "descending", descending: "" }[head.getAttribute("aria-sort") ?? ""];
    for (const other of heads) other.removeAttribute("aria-sort");
    if (!order) return write(rows);
    head.setAttribute("aria-sort", order);
    const sign = order === "ascending" ? 1 : -1;
    const compare = numeric.has(name) ? (one, other) => Number(one) - Number(other) : new Intl.Collator(data.language, { numeric: true }).compare;
    const [full, empty] = [rows.filter((row) => row[name]), rows.filter((row) => !row[name])];
    write([...full.sort((one, other) => sign * compare(one[name].value, other[name].value)), ...empty]);
  }
  write(rows);
  const made = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body);
  if (rows.length > SHOWN) {
    const [shown, all] = [SHOWN, rows.length].map((number) => number.toLocaleString(data.language));
    made.prepend(element("caption", {}, data.words.shown.replace("{shown}", shown).replace("{n}", all)));
  }
  return made;
}

function cell(term, data) {
  if (!term) return "";
  if (term.type === "uri") {
    const text = short(term.value, data);
    // Only what is an address of the web becomes a link: a store may hold anything.
    return /^https?:\/\//.test(term.value) ? element("a", { href: leads(term.value, data), title: term.value, rel: "noopener noreferrer" }, text) : text;
  }
  const lang = term["xml:lang"];
  return lang ? element("span", { lang }, term.value) : term.value;
}

// The rows as lines of tab-separated text, to look at and to copy.
export function plain({ kind, truth, names, rows }) {
  if (kind === "truth") return String(truth);
  const line = (values) => values.map((value) => value.replace(/[\t\r\n]+/g, " ")).join("\t");
  return [line(names), ...rows.slice(0, SHOWN).map((row) => line(names.map((name) => row[name]?.value ?? "")))].join("\n");
}
