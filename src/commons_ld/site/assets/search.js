// Search and facets without a server: of the files in search/ only those are fetched that an answer needs.
const form = document.querySelector("#search");
const field = form.querySelector("input");
const found = document.querySelector("#found");
const count = document.querySelector("#count");
const list = document.querySelector("#hits");
const more = document.querySelector("#more");
const clear = document.querySelector("#clear");
const panel = document.querySelector("#facets");
const latest = document.querySelector("#latest");
const language = form.dataset.language;
const words = JSON.parse(found.dataset.words);
const PAGE = 20;
const LETTERS = { œ: "oe", æ: "ae", ß: "ss", ø: "o", ł: "l" };

const files = new Map();
const load = (name) => {
  if (!files.has(name)) {
    files.set(name, fetch(`search/${name}.json`).then((answer) => (answer.ok ? answer.json() : {})));
  }
  return files.get(name);
};

const folded = (text) =>
  text.toLowerCase().replace(/[œæßøł]/g, (letter) => LETTERS[letter]).normalize("NFD").replace(/\p{M}/gu, "");

const element = (name, text, attributes = {}) => {
  const made = document.createElement(name);
  made.textContent = text;
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  return made;
};

// The numbers of the records that hold every word; a word may be the beginning of one.
async function numbers(text, index) {
  const asked = folded(text).match(/[a-z0-9]{2,40}/g) ?? [];
  if (!asked.length) return null;
  let kept = null;
  for (const word of asked) {
    const shard = word.slice(0, 2);
    const known = index.words.includes(shard) ? await load(`words-${shard}`) : {};
    const hits = new Set();
    for (const [name, records] of Object.entries(known)) {
      if (name.startsWith(word)) for (const record of records) hits.add(record);
    }
    kept = kept === null ? hits : new Set([...kept].filter((record) => hits.has(record)));
  }
  return kept;
}

async function records(index, wanted) {
  const chunks = new Set();
  if (wanted === null) for (let start = 0; start < index.records; start += index.chunk) chunks.add(start / index.chunk);
  else for (const number of wanted) chunks.add(Math.floor(number / index.chunk));
  const loaded = await Promise.all(
    [...chunks].map(async (chunk) => [chunk * index.chunk, await load(`records-${chunk}`)]),
  );
  const all = loaded.flatMap(([start, rows]) => rows.map((row, place) => ({ number: start + place, row })));
  const kept = wanted === null ? all : all.filter(({ number }) => wanted.has(number));
  return kept.map(({ row: [path, title, date, lead, facets] }) => ({ path, title, date, lead, facets }));
}

const state = () => {
  const given = new URLSearchParams(location.hash.slice(1));
  const chosen = [...given].filter(([facet]) => facet in words.facets);
  return { text: given.get("q") ?? "", chosen };
};

const go = (text, chosen) => {
  const given = new URLSearchParams(chosen);
  if (text) given.set("q", text);
  const hash = given.toString();
  history.replaceState(null, "", hash ? `#${hash}` : location.pathname + location.search);
  show();
};

let turn = 0;
async function show(limit = PAGE) {
  const { text, chosen } = state();
  const mine = ++turn;
  const index = await load("index");
  const wanted = await numbers(text, index);
  const all = await records(index, wanted);
  if (mine !== turn) return;
  const kept = all
    .filter(({ facets }) => chosen.every(([facet, value]) => facets.some(([f, v]) => f === facet && v === value)))
    .sort((one, other) => (other.date > one.date ? 1 : other.date < one.date ? -1 : 0));
  const isAsked = wanted !== null || chosen.length > 0;
  count.textContent =
    kept.length === 0 ? words.found_none : kept.length === 1 ? words.found_one : words.found.replace("{n}", kept.length);
  list.replaceChildren(
    ...kept.slice(0, limit).map(({ path, title, date, lead }) => {
      const item = element("li", "");
      const heading = element("h3", "");
      heading.append(element("a", title, { href: language === "fr" ? `${path}.html` : `${path}.${language}.html` }));
      item.append(heading);
      if (date) item.append(element("time", date, { datetime: date }));
      if (lead) item.append(element("p", lead, { lang: "fr" }));
      return item;
    }),
  );
  latest.hidden = true;
  clear.hidden = !isAsked;
  more.hidden = kept.length <= limit;
  more.onclick = () => show(limit + 5 * PAGE);
  narrow(index, kept, text, chosen);
}

function narrow(index, kept, text, chosen) {
  const counts = {};
  for (const { facets } of kept) {
    for (const [facet, value] of facets) {
      counts[facet] ??= {};
      counts[facet][value] = (counts[facet][value] ?? 0) + 1;
    }
  }
  const open = new Set([...panel.querySelectorAll("details[open]")].map((group) => group.dataset.facet));
  panel.replaceChildren(
    ...Object.entries(words.facets)
      .filter(([facet]) => counts[facet])
      .map(([facet, label], place) => {
        const group = element("details", "", { "data-facet": facet });
        group.open = open.size ? open.has(facet) : place < 2;
        group.append(element("summary", label));
        const values = element("ul", "");
        const rows = Object.entries(counts[facet]).sort((one, other) =>
          facet === "year" ? other[0].localeCompare(one[0]) : other[1] - one[1] || one[0].localeCompare(other[0]),
        );
        for (const [value, number] of rows.slice(0, 40)) {
          const isChosen = chosen.some(([f, v]) => f === facet && v === value);
          const name = index.values[facet]?.[value]?.[language] ?? value;
          const button = element("button", name, { type: "button", "aria-pressed": String(isChosen) });
          button.onclick = () =>
            go(text, isChosen ? chosen.filter(([f, v]) => f !== facet || v !== value) : [...chosen, [facet, value]]);
          const item = element("li", "");
          item.append(button, element("span", String(number), { class: "quiet" }));
          values.append(item);
        }
        group.append(values);
        return group;
      }),
  );
}

let waiting;
field.value = state().text;
field.addEventListener("input", () => {
  clearTimeout(waiting);
  waiting = setTimeout(() => go(field.value, state().chosen), 150);
});
form.addEventListener("submit", (event) => {
  event.preventDefault();
  go(field.value, state().chosen);
});
clear.addEventListener("click", () => {
  field.value = "";
  go("", []);
  field.focus();
});
addEventListener("hashchange", () => {
  field.value = state().text;
  show();
});
form.hidden = false;
found.hidden = false;
show();
