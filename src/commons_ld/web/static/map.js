// Places as points on an outline of the land: no tiles, and no request to anybody else.
import { drawn, element } from "./dom.js";
import { isNumber, leads } from "./table.js";

const LATITUDE = /^(lat|latitude)$/i;
const LONGITUDE = /^(lon|lng|long|longitude)$/i;
const MOST = 2000;
let land = null;

const columns = (names) => ({ latitude: names.find((name) => LATITUDE.test(name)), longitude: names.find((name) => LONGITUDE.test(name)) });

function points({ names, rows }) {
  const { latitude, longitude } = columns(names);
  if (!latitude || !longitude) return [];
  const label = names.find((name) => rows.some((row) => row[name] && row[name].type !== "uri" && !isNumber(row[name])));
  const link = names.find((name) => rows.some((row) => row[name]?.type === "uri"));
  return rows
    .filter((row) => isNumber(row[latitude]) && isNumber(row[longitude]))
    .map((row) => ({
      x: Number(row[longitude].value) * 10,
      y: -Number(row[latitude].value) * 10,
      label: (label && row[label]?.value) || (link && row[link]?.value) || "",
      link: link && /^https?:\/\//.test(row[link]?.value ?? "") ? row[link].value : "",
    }))
    .filter(({ x, y }) => Math.abs(x) <= 1800 && Math.abs(y) <= 900)
    .slice(0, MOST);
}

export const mappable = (found) => points(found).length > 0;

async function outline(address) {
  if (land === null) {
    const text = await (await fetch(address)).text();
    land = new DOMParser().parseFromString(text, "image/svg+xml").getElementById("land")?.getAttribute("d") ?? "";
  }
  return land;
}

// What is shown: all points with some room around, at least ten degrees, twice as wide as it is high.
function frame(found) {
  const [xs, ys] = [found.map(({ x }) => x), found.map(({ y }) => y)];
  const [west, east, north, south] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const width = Math.min(3600, Math.max(200, (east - west) * 1.4, (south - north) * 2.8));
  const height = width / 2;
  const within = (value, least, most) => Math.min(Math.max(value, least), most);
  return {
    x: within((west + east) / 2 - width / 2, -1800, 1800 - width),
    y: within((north + south) / 2 - height / 2, -900, 900 - height),
    width,
    height,
  };
}

function grid({ x, y, width, height }) {
  const step = [50, 100, 200, 300].find((size) => width / size <= 12) || 300;
  const lines = [];
  for (let at = Math.ceil(x / step) * step; at <= x + width; at += step) lines.push(`M${at} ${y}v${height}`);
  for (let at = Math.ceil(y / step) * step; at <= y + height; at += step) lines.push(`M${x} ${at}h${width}`);
  return drawn("path", { d: lines.join(""), class: "grid" });
}

export async function map(found, data, width) {
  const places = points(found);
  const shown = frame(places);
  // A pixel of the screen, in tenths of a degree: what is drawn for the eye keeps its size.
  const pixel = shown.width / Math.max(width, 300);
  const size = 7 * pixel;
  const svg = drawn("svg", { viewBox: `${shown.x} ${shown.y} ${shown.width} ${shown.height}`, role: "group", "aria-label": data.words.map },
    drawn("path", { d: await outline(data.land), class: "land" }),
    grid(shown));
  const font = `${13 * pixel}px`;
  // A label takes the side that has more room, and no more than there is; a letter is some 7 pixels wide.
  const most = Math.max(width, 300);
  for (const { x, y, label, link } of places) {
    const point = drawn("circle", { cx: x, cy: y, r: size, class: "point", "stroke-width": size / 5 });
    const title = drawn("title", {}, label);
    const holder = link ? drawn("a", { href: leads(link, data), rel: "noopener noreferrer", "aria-label": label }, title, point) : drawn("g", {}, title, point);
    if (places.length <= 12) {
      const at = (x - shown.x) / pixel;
      const isRight = at > most * 0.6;
      const letters = Math.min(48, Math.floor(((isRight ? at : most - at) - 16) / 7));
      const text = drawn("text", { x: isRight ? x - size * 1.8 : x + size * 1.8, y: y + size * 0.6, "text-anchor": isRight ? "end" : "start" },
        label.length > letters ? `${label.slice(0, letters - 1)}…` : label);
      text.style.fontSize = font;
      holder.append(text);
    }
    svg.append(holder);
  }
  return element("figure", {}, svg, element("figcaption", { class: "quiet" }, data.words.points.replace("{n}", places.length)));
}
