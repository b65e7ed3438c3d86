// Bundle the editor into one file, and list what is in it with its licences. `make editor` runs this.
import { readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const target = join(here, "..", "static");

const result = await build({
  absWorkingDir: here,
  entryPoints: ["editor.js"],
  outfile: join(target, "editor.js"),
  bundle: true,
  format: "esm",
  target: "es2022",
  minify: true,
  legalComments: "none",
  metafile: true,
});

// Only what is in the bundle is listed, by the name of its package.
const packages = new Set();
for (const input of Object.keys(result.metafile.inputs)) {
  const match = input.match(/node_modules\/((?:@[^/]+\/)?[^/]+)\//);
  if (match) packages.add(match[1]);
}
const parts = [...packages].sort().map((name) => {
  const folder = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(folder, "package.json"), "utf8"));
  const file = readdirSync(folder).find((entry) => /^licen[cs]e/i.test(entry));
  if (!file) throw new Error(`${name} has no licence`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), "utf8").trim()}\n`;
});
writeFileSync(join(target, "editor.licenses.txt"), parts.join(`\n${"-".repeat(72)}\n\n`));
// They are installed anew each time, and have no place in a Python package.
rmSync(join(here, "node_modules"), { recursive: true });
console.log(`editor.js: ${Object.values(result.metafile.outputs)[0].bytes} bytes, ${parts.length} packages`);
