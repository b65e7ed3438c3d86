// The query page: it asks the endpoint of this server, and shows the answer as a table, a chart, a map or text.
import { chart, chartable } from "./chart.js";
import { element, fill } from "./dom.js";
import { map, mappable } from "./map.js";
import { plain, table } from "./table.js";

const data = JSON.parse(document.getElementById("data").textContent);
const { words } = data;
const $ = (id) => document.getElementById(id);
const area = $("query");

// Rows are asked for as JSON; a graph comes as Turtle, whichever the query turns out to give.
const ACCEPT = "application/sparql-results+json, text/turtle;q=0.9";
const VIEWS = ["table", "chart", "map", "raw"];

// Whether this page stands at the address of a query.
const isAsked = "asked" in document.documentElement.dataset;

let editor = plainEditor();
let running = null;
let last = null;

// ── The editor ───────────────────────────────────────────────────────────────────────────────────────

function plainEditor() {
  return {
    get: () => area.value,
    set: (text) => { area.value = text; },
    insert: (text) => {
      area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
      area.focus();
    },
    focus: () => area.focus(),
  };
}

async function openEditor() {
  if (!data.editor) return;
  try {
    const { open } = await import(new URL(data.editor, document.baseURI));
    editor = open(area, { terms: data.terms, run, label: words.query });
  } catch (error) {
    // The text area stays, which does all but colour.
    console.error("the editor could not be opened", error);
  }
}

// A prefix that is known need not be declared: the declaration is put in, so that the query works elsewhere too.
function declared(text) {
  const code = text.replace(/<[^<>"{}|\\^`\s]*>|"""[^]*?"""|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#[^\n]*/g, " ");
  const have = new Set([...code.matchAll(/\bPREFIX\s+([\w-]*):/gi)].map((match) => match[1]));
  const used = new Set([...code.matchAll(/(?<![\w:?$-])([a-z][\w-]*):/g)].map((match) => match[1]));
  const missing = [...used].filter((name) => data.prefixes[name] && !have.has(name)).sort();
  return missing.map((name) => `PREFIX ${name}: <${data.prefixes[name]}>\n`).join("") + text;
}

// ── Asking ───────────────────────────────────────────────────────────────────────────────────────────

// The graphs that a query is asked of, where the address that led here names some.
const graphs = () => [...document.querySelectorAll("#graphs input:checked")].map(({ name, value }) => [name, value]);

const asking = (query, ...more) => new URLSearchParams([["query", query], ...graphs(), ...more]);

async function ask(query, accept, signal) {
  const response = await fetch(data.endpoint, {
    method: "POST",
    headers: { Accept: accept, "Accept-Language": data.language, "Content-Type": "application/x-www-form-urlencoded" },
    body: asking(query),
    signal,
  });
  if (response.ok) return response;
  const told = await response.text();
  let detail = told;
  try {
    const problem = JSON.parse(told);
    detail = problem.detail || problem.title || told;
  } catch { /* It is no problem document, but words. */ }
  const wait = Number(response.headers.get("Retry-After"));
  const later = wait > 0 ? `\n${words.later.replace("{s}", wait)}` : "";
  throw new Error(`${response.status} ${detail}`.trim().slice(0, 2000) + later);
}

// Of SELECT *, an engine gives the columns in an order of its own: here they come as the query has them.
function ordered(names, query) {
  if (!/\bSELECT\s*(?:DISTINCT\s*|REDUCED\s*)?\*/i.test(query)) return names;
  const found = [...query.matchAll(/[?$]([\p{L}\p{N}_]+)/gu)].map((match) => match[1]);
  return [...names].sort((one, other) => found.indexOf(one) - found.indexOf(other));
}

async function run() {
  const text = editor.get();
  if (!text.trim()) return complain(words.empty);
  const query = declared(text);
  if (query !== text) editor.set(query);
  running?.abort();
  const here = (running = new AbortController());
  const begun = performance.now();
  show({ status: words.running, busy: true });
  remember(query);
  try {
    const response = await ask(query, ACCEPT, here.signal);
    const type = (response.headers.get("Content-Type") || "").split(";")[0];
    const body = await response.text();
    if (here !== running) return;
    const seconds = ((performance.now() - begun) / 1000).toLocaleString(data.language, { maximumFractionDigits: 2 });
    last = { query, ...read(type, body, query) };
    answer(last, words.seconds.replace("{s}", seconds));
  } catch (error) {
    if (here !== running) return;
    if (error.name === "AbortError") show({ status: words.stopped });
    else complain(error instanceof TypeError ? words.unreachable : error instanceof SyntaxError ? words.incomplete : `${words.failed}\n${error.message}`);
  } finally {
    if (here === running) running = null;
  }
}

function read(type, body, query) {
  if (!type.includes("json") || type.includes("ld+json")) return { kind: "graph", body };
  const found = JSON.parse(body);
  if ("boolean" in found) return { kind: "truth", truth: found.boolean, body };
  return { kind: "rows", names: ordered(found.head.vars, query), rows: found.results.bindings, body };
}

// ── Showing ──────────────────────────────────────────────────────────────────────────────────────────

function show({ status = "", busy = false }) {
  $("status").textContent = status;
  $("problem").textContent = "";
  $("answer").hidden = true;
  $("stop").hidden = !busy;
  $("results").setAttribute("aria-busy", String(busy));
}

function complain(sentence) {
  show({});
  $("problem").textContent = sentence;
  reveal();
}

// On a small screen the answer would come below what is seen.
const reveal = () => $("results").scrollIntoView({ block: "nearest" });

async function answer(found, seconds) {
  const count = found.kind === "rows" ? found.rows.length : 0;
  // In French, none is one.
  const counted = new Intl.PluralRules(data.language).select(count) === "one" ? words.row : words.rows;
  const told = { graph: words.statements, truth: "", rows: counted.replace("{n}", count.toLocaleString(data.language)) };
  show({ status: [told[found.kind], seconds].filter(Boolean).join(" · ") });
  const width = $("results").clientWidth;
  const views = [];
  if (found.kind === "rows" && !count) {
    fill($("view-table"), element("p", { class: "none" }, words.no_rows));
    views.push("table");
  } else if (found.kind === "rows") {
    fill($("view-table"), table(found, data));
    views.push("table");
    if (chartable(found)) views.push(fill($("view-chart"), chart(found, data, width)) && "chart");
    if (mappable(found)) views.push(fill($("view-map"), await map(found, data, width)) && "map");
  } else if (found.kind === "truth") {
    fill($("view-table"), element("p", { class: "verdict" }, found.truth ? words.yes : words.no));
    views.push("table");
  }
  fill($("view-raw"), element("pre", {}, found.kind === "graph" ? found.body : plain(found)));
  views.push("raw");
  for (const view of VIEWS) $(`tab-${view}`).hidden = !views.includes(view);
  for (const option of $("format").options) {
    option.hidden = option.disabled = data.formats.find((row) => row.name === option.value).isGraph !== (found.kind === "graph");
  }
  $("format").value = found.kind === "graph" ? "turtle" : "csv";
  nameAddress();
  const wanted = parameters().get("view");
  choose(views.includes(wanted) ? wanted : views.includes("map") ? "map" : views[0]);
  $("answer").hidden = false;
  reveal();
}

function choose(view, { focus = false } = {}) {
  for (const name of VIEWS) {
    const tab = $(`tab-${name}`);
    tab.setAttribute("aria-selected", String(name === view));
    tab.tabIndex = name === view ? 0 : -1;
    $(`view-${name}`).hidden = name !== view;
    if (focus && name === view) tab.focus();
  }
}

// Tabs are gone through by the arrows, as https://www.w3.org/WAI/ARIA/apg/patterns/tabs/ has it.
document.querySelector("[role=tablist]").addEventListener("keydown", (event) => {
  const tabs = VIEWS.filter((name) => !$(`tab-${name}`).hidden);
  const at = tabs.findIndex((name) => $(`tab-${name}`).getAttribute("aria-selected") === "true");
  const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  pick(tabs[(to + tabs.length) % tabs.length], true);
});
for (const name of VIEWS) $(`tab-${name}`).addEventListener("click", () => pick(name));

function pick(view, focus = false) {
  choose(view, { focus });
  remember(last.query, view);
}

// ── Sharing, downloading, inserting ──────────────────────────────────────────────────────────────────

function parameters() {
  return new URLSearchParams(location.hash.slice(1));
}

// The address leads to what is asked: by name where it is a question of the cookbook, else in full.
function remember(query, view = parameters().get("view")) {
  const recipe = data.recipes.find((row) => row.query.trim() === query.trim());
  const told = new URLSearchParams(recipe ? { recipe: recipe.name } : { query });
  if (view) told.set("view", view);
  // The address of a query at the endpoint is the one that names its graphs; all else has that of this page.
  const page = isAsked ? `query?lang=${data.language}` : "";
  history.replaceState(null, "", graphs().length ? `${data.endpoint}?${asking(query)}` : `${page}#${told}`);
}

$("share").addEventListener("click", async () => {
  remember(editor.get());
  try {
    await navigator.clipboard.writeText(location.href);
    $("status").textContent = words.shared;
  } catch {
    $("status").textContent = words.share_here;
  }
});

$("download").addEventListener("click", async () => {
  const format = data.formats.find((row) => row.name === $("format").value);
  const suffix = { turtle: "ttl", "n-triples": "nt", "json-ld": "jsonld", "rdf-xml": "rdf", xml: "srx", json: "srj" }[format.name] || format.name;
  try {
    const response = await ask(last.query, format.mediaType);
    const address = URL.createObjectURL(await response.blob());
    const link = element("a", { href: address, download: `query.${suffix}` });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 60_000);
  } catch (error) {
    $("problem").textContent = error instanceof TypeError ? words.unreachable : `${words.failed}\n${error.message}`;
  }
});

// Programs and spreadsheets read the same at an address; servers take none of more than 64 KiB.
function nameAddress() {
  const address = `${data.endpoint}?${asking(last.query, ["format", $("format").value])}`;
  $("address").href = address;
  $("address").hidden = address.length > 60_000;
}
$("format").addEventListener("change", nameAddress);

fill($("terms"), ...data.terms.map((term) => element("option", { value: term.label }, term.detail || "")));

function insert() {
  const wanted = $("term").value.trim();
  const term = data.terms.find((row) => row.label === wanted) ||
    data.terms.find((row) => wanted && [row.label, row.detail || ""].some((text) => text.toLowerCase().includes(wanted.toLowerCase())));
  if (!term) return;
  $("term").value = "";
  editor.insert(term.insert || term.label);
}
$("insert").addEventListener("click", insert);
$("term").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  event.preventDefault();
  insert();
});

// What is no question of the cookbook is told of as none.
function mark(name, comment = "") {
  for (const link of document.querySelectorAll("[data-recipe]")) {
    if (link.dataset.recipe === name) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  $("comment").textContent = comment;
}

// The question that is marked is to be seen in its list.
function showMarked() {
  const link = document.querySelector("[data-recipe][aria-current]");
  if (!link) return;
  const list = link.closest("ul");
  const [item, frame] = [link.getBoundingClientRect(), list.getBoundingClientRect()];
  if (item.top < frame.top || item.bottom > frame.bottom) list.scrollTop += item.top - frame.top - frame.height / 3;
}
showMarked();

// ── The cookbook ─────────────────────────────────────────────────────────────────────────────────────

function askRecipe(name, view) {
  const recipe = data.recipes.find((row) => row.name === name);
  if (!recipe) return;
  mark(name, recipe.isOfTwo ? `${recipe.comment} ${words.with}` : recipe.comment);
  showMarked();
  $("graphs")?.remove();
  editor.set(recipe.query);
  remember(recipe.query, view);
  run();
}

document.querySelector(".book").addEventListener("click", (event) => {
  const link = event.target.closest("[data-recipe]");
  if (!link) return;
  event.preventDefault();
  askRecipe(link.dataset.recipe, null);
});

$("form").addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
area.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
$("stop").addEventListener("click", () => running?.abort());
$("other").addEventListener("click", (event) => {
  // The query goes along into the other language.
  remember(editor.get());
  event.currentTarget.hash = location.hash;
});

function askOwn(query) {
  mark();
  editor.set(query);
  run();
}

async function begin() {
  await openEditor();
  const told = parameters();
  if (isAsked && !location.hash) {
    run();
  } else if (told.get("query")) {
    askOwn(told.get("query"));
  } else if (told.get("recipe")) {
    askRecipe(told.get("recipe"), told.get("view"));
  }
}
window.addEventListener("hashchange", followLink);
function followLink() {
  const told = parameters();
  const recipe = data.recipes.find((row) => row.name === told.get("recipe"));
  if (recipe && recipe.query !== editor.get()) askRecipe(recipe.name, told.get("view"));
  if (told.get("query") && told.get("query") !== editor.get()) askOwn(told.get("query"));
}

await begin();
document.documentElement.dataset.ready = "true";
