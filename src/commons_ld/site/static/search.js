// Search and facets over the index that was written with the site; no server, and no request to anybody else.

const KEY = 12; // characters by which a record is known; their order is that of time
const AT_ONCE = 20;
const form = document.getElementById("search");
const input = document.getElementById("q");
const found = document.getElementById("found");
const title = document.getElementById("found-title");
const hits = document.getElementById("hits");
const chosen = document.getElementById("chosen");
const more = document.getElementById("more");
const latest = document.getElementById("latest");
const facets = document.getElementById("facets");
const language = form.dataset.language;
const root = new URL("../", import.meta.url);

const fetched = new Map();
const get = (path) => {
  if (!fetched.has(path)) {
    const answer = fetch(new URL(`search/${path}.json`, root)).then((response) => {
      if (!response.ok) throw new Error(`${response.status} ${path}`);
      return response.json();
    });
    answer.catch(() => fetched.delete(path));
    fetched.set(path, answer);
  }
  return fetched.get(path);
};

// As the index spells words: without case and accents, and ending at whatever is no letter and no digit.
const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const wordsOf = (text) => fold(text).match(/[\p{L}\p{N}\p{Co}]+/gu)?.map((word) => word.slice(0, 40)).slice(0, 12) ?? [];
const keysOf = (text) => text.match(new RegExp(`.{${KEY}}`, "gs")) ?? [];

// Code points, as the index compares: the order of JavaScript differs above U+FFFF.
const before = (a, b) => {
  const [x, y] = [Array.from(a, (c) => c.codePointAt(0)), Array.from(b, (c) => c.codePointAt(0))];
  for (let place = 0; place < Math.min(x.length, y.length); place += 1) if (x[place] !== y[place]) return x[place] < y[place];
  return x.length < y.length;
};

// The files that hold keys that begin with `start`: from the last one that begins no later, up to those beyond.
function shards(list, start) {
  let first = 0;
  while (first + 1 < list.length && !before(start, list[first + 1][0])) first += 1;
  let last = first;
  while (last + 1 < list.length && list[last + 1][0].startsWith(start)) last += 1;
  return list.slice(first, last + 1).map(([, name]) => name);
}

async function recordsOf(word, index) {
  const exact = new Set();
  const begun = new Set();
  for (const shard of await Promise.all(shards(index.words, word).map((name) => get(`words/${name}`)))) {
    for (const [known, keys] of Object.entries(shard)) {
      if (known === word) keysOf(keys).forEach((key) => exact.add(key));
      else if (known.startsWith(word)) keysOf(keys).forEach((key) => begun.add(key));
    }
  }
  return { exact, all: new Set([...exact, ...begun]) };
}

const picked = () => [...facets.querySelectorAll("input:checked")];

async function search() {
  const index = await get("index");
  const words = wordsOf(input.value);
  const sets = [];
  const scores = new Map();
  for (const { exact, all } of await Promise.all(words.map((word) => recordsOf(word, index)))) {
    sets.push(all);
    exact.forEach((key) => scores.set(key, (scores.get(key) ?? 0) + 1));
  }
  const groups = new Map();
  for (const box of picked()) groups.set(box.name, [...(groups.get(box.name) ?? []), box.value]);
  for (const [facet, values] of groups) {
    const known = await get(`facets/${index.facets[facet]}`);
    sets.push(new Set(values.flatMap((value) => keysOf(known[value] ?? ""))));
  }
  sets.sort((a, b) => a.size - b.size);
  const keys = [...(sets[0] ?? [])].filter((key) => sets.every((set) => set.has(key)));
  const score = (key) => scores.get(key) ?? 0;
  return keys.sort((a, b) => score(b) - score(a) || (a < b ? 1 : -1));
}

const date = (text) => {
  const [year, month, day] = text.split("-").map(Number);
  const form_ = { year: "numeric", ...(month && { month: "long" }), ...(day && { day: "numeric" }) };
  const at = new Date(0);
  at.setUTCFullYear(year, (month || 1) - 1, day || 1);
  return new Intl.DateTimeFormat(language, { ...form_, timeZone: "UTC" }).format(at);
};

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function shown([path, name, tongue, day, seconds, summary]) {
  const link = element("a", { href: new URL(`${path}${language === "fr" ? "" : `.${language}`}.html`, root).href });
  link.append(element("bdi", { textContent: name || path }));
  if (tongue && tongue !== "und" && tongue !== language) link.lang = tongue;
  const when = element("p", { className: "quiet" });
  if (/^\d{4}/.test(day)) when.append(element("time", { dateTime: day.slice(0, 10), textContent: date(day.slice(0, 10)) }));
  const minutes = Math.round(seconds / 60);
  const lasting = [minutes >= 60 && `${Math.floor(minutes / 60)} h`, minutes % 60 && `${minutes % 60} min`].filter(Boolean);
  if (lasting.length) when.append(`${when.childNodes.length ? " · " : ""}${lasting.join(" ")}`);
  return element("li", {}, element("h3", {}, link), when, element("p", { textContent: summary, dir: "auto", lang: tongue && tongue !== "und" ? tongue : "" }));
}

async function list(keys, from) {
  const index = await get("index");
  const wanted = keys.slice(from, from + AT_ONCE);
  const names = wanted.map((key) => shards(index.records, key)[0]);
  const files = new Map(await Promise.all([...new Set(names)].map(async (name) => [name, await get(`records/${name}`)])));
  return wanted.map((key, place) => files.get(names[place])[key]).filter(Boolean).map(shown);
}

let turn = 0;
async function show(focus = false) {
  turn += 1;
  const mine = turn;
  const boxes = picked();
  const asks = wordsOf(input.value).length > 0 || boxes.length > 0;
  remember(boxes);
  found.hidden = !asks;
  latest.hidden = asks;
  chosen.replaceChildren(...boxes.map((box) => {
    const button = element("button", { type: "button", textContent: `${box.dataset.label} ×` });
    button.addEventListener("click", () => { box.checked = false; show(); input.focus(); });
    return element("li", {}, button);
  }));
  if (boxes.length > 1) {
    const button = element("button", { type: "button", textContent: facets.dataset.clear });
    button.addEventListener("click", () => { boxes.forEach((box) => { box.checked = false; }); show(); input.focus(); });
    chosen.append(element("li", {}, button));
  }
  chosen.hidden = boxes.length === 0;
  if (!asks) return;
  try {
    const keys = await search();
    const first = await list(keys, 0);
    if (mine !== turn) return;
    const [one, many] = found.dataset.records.split("|");
    const number = keys.length.toLocaleString(language);
    title.textContent = keys.length === 0 ? found.dataset.none : (keys.length === 1 ? one : many).replace("{n}", number);
    hits.replaceChildren(...first);
    let there = first.length;
    more.hidden = keys.length <= AT_ONCE;
    more.onclick = async () => {
      const next = await list(keys, there);
      hits.append(...next);
      there += AT_ONCE;
      more.hidden = there >= keys.length;
      next[0]?.querySelector("a").focus();
    };
  } catch {
    latest.hidden = false;
    hits.replaceChildren();
    more.hidden = true;
    title.textContent = found.dataset.failed;
  }
  if (focus) title.focus();
}

// What is asked stands in the address, so that it can be sent on, and comes back with the Back button.
function remember(boxes) {
  const parameters = new URLSearchParams();
  if (input.value.trim()) parameters.set("q", input.value.trim());
  boxes.forEach((box) => parameters.append(box.name, box.value));
  const asked = parameters.toString();
  history.replaceState(null, "", asked ? `?${asked}` : location.pathname);
}

function recall() {
  const parameters = new URLSearchParams(location.search);
  input.value = (parameters.get("q") ?? "").slice(0, 200);
  for (const box of facets.querySelectorAll("input")) {
    box.checked = parameters.getAll(box.name).includes(box.value);
    if (box.checked) box.closest("details").open = true;
  }
}

// The links of the lists become boxes to tick: without this script they lead to pages.
for (const link of facets.querySelectorAll("a[data-value]")) {
  const box = element("input", { type: "checkbox", name: link.closest("details").dataset.facet, value: link.dataset.value });
  box.dataset.label = link.textContent;
  const label = element("label", {}, box, element("span", { textContent: link.textContent, lang: link.lang }));
  link.replaceWith(label);
  box.addEventListener("change", () => show());
}

// What may be meant, while it is written: the browser's own list, of names from the index.
const names = element("datalist", { id: "names" });
form.append(names);
input.setAttribute("list", names.id);
async function complete() {
  const start = wordsOf(input.value).join(" ").slice(0, 40);
  if (start.length < 2) return names.replaceChildren();
  const index = await get("index");
  const found_ = new Map();
  for (const shard of await Promise.all(shards(index.names, start).slice(0, 3).map((name) => get(`names/${name}`)))) {
    for (const [key, rows] of Object.entries(shard)) {
      if (key.startsWith(start)) for (const [path, label] of rows) if (!found_.has(path)) found_.set(path, label);
    }
  }
  return names.replaceChildren(...[...new Set(found_.values())].slice(0, 8).map((value) => element("option", { value })));
}

let waiting = 0;
input.addEventListener("input", () => {
  clearTimeout(waiting);
  // A name that cannot be completed is searched all the same.
  waiting = setTimeout(() => { show(); complete().catch(() => names.replaceChildren()); }, 180);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  clearTimeout(waiting);
  show(true);
});
form.hidden = false;
recall();
if (input.value || picked().length) show();
