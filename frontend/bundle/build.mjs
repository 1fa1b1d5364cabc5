/*
 * Builds the browser files that the Python package carries, and proves that they are what the
 * sources give: `node build.mjs` writes them, `node build.mjs --check` compares and writes nothing.
 */
import { createHash } from "node:crypto";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";

const HERE = dirname(fileURLToPath(import.meta.url));
const ROOT = join(HERE, "..", "..");
const MODULES = join(HERE, "..", "node_modules");
const VENDOR = "src/tomada/web/dashboard/static/vendor";
const WIDGET = "src/tomada/simulator/widget/static";
const STANDIN = "src/tomada/simulator/standin/static";
const CHECK = "tests/e2e/simulator/built";
const CARRIED = ["pluggy-connect-sdk", "jwt-decode", "zoid", "belter", "cross-domain-utils",
  "post-robot", "universal-serialize", "zalgo-promise", "cross-domain-safe-weakmap"];
const REACT = ["react-pluggy-connect", "react", "react-dom", "scheduler"];

const shared = {
  absWorkingDir: HERE,
  bundle: true,
  charset: "utf8",
  format: "esm",
  legalComments: "inline",
  logLevel: "warning",
  minify: true,
  target: "es2022",
  write: false,
};

/** Gives name, version and declared licence of a package, in either spelling of old manifests. */
async function manifest(name) {
  const told = JSON.parse(await readFile(join(MODULES, name, "package.json"), "utf8"));
  const licence = told.license ?? told.licenses?.[0]?.type ?? "see text";
  const author = typeof told.author === "object" ? told.author.name : told.author;
  return { label: `${name} ${told.version}`, licence, author };
}

/** Says in the first line of a bundle whose work it carries. */
async function banner(licences, names = CARRIED) {
  const carried = await Promise.all(names.map(manifest));
  const list = carried.map(({ label, licence }) => `${label} (${licence})`).join(", ");
  return { js: `/*! ${list}; licence texts in ${licences} */` };
}

/** Writes each licence text once, under the packages it covers. */
async function licences(names = CARRIED) {
  const covered = new Map();
  for (const name of names) {
    const { label, licence, author } = await manifest(name);
    const text = (await licenceText(name)) ?? `Licence ${licence}, declared by ${author} in its package.json.`;
    covered.set(text, [...(covered.get(text) ?? []), label]);
  }
  const parts = [...covered].map(([text, labels]) => `${labels.join(", ")}\n\n${text}`);
  return `${parts.join(`\n\n${"-".repeat(72)}\n\n`)}\n`;
}

async function licenceText(name) {
  for (const file of ["LICENSE", "LICENSE.txt", "LICENSE.md"]) {
    try {
      const text = await readFile(join(MODULES, name, file), "utf8");
      return text.replaceAll("\r\n", "\n").trim();
    } catch (error) {
      if (error.code !== "ENOENT") throw error;
    }
  }
  return null;
}

async function bundled(entry, options = {}) {
  const result = await esbuild.build({ ...shared, ...options, entryPoints: [entry] });
  return Buffer.from(result.outputFiles[0].contents);
}

/** Gives every built file by its path from the root of the repository. */
async function build() {
  const files = new Map();
  const texts = Buffer.from(await licences());
  const banner_ = await banner("pluggy-connect.LICENSES.txt");
  files.set(`${VENDOR}/pluggy-connect.js`, await bundled("src/connect-host.js", { banner: banner_ }));
  files.set(`${VENDOR}/pluggy-connect.LICENSES.txt`, texts);
  files.set(`${WIDGET}/widget.js`, await bundled("src/widget/main.js", { banner: banner_ }));
  files.set(`${WIDGET}/pluggy-connect.LICENSES.txt`, texts);
  files.set(`${WIDGET}/widget.css`, await bundled("src/widget/widget.css"));
  files.set(`${STANDIN}/pluggy-connect.js`,
    await bundled("src/connect-script.js", { banner: banner_, format: "iife" }));
  files.set(`${STANDIN}/pluggy-connect.LICENSES.txt`, texts);
  await addReactCheck(files);
  const record = { tool: `esbuild ${esbuild.version}`, carries: [], files: {} };
  for (const name of CARRIED) record.carries.push((await manifest(name)).label);
  for (const [path, bytes] of files) {
    record.files[path] = {
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
    };
  }
  files.set("frontend/bundle/BUILD.json", Buffer.from(JSON.stringify(record, null, 2) + "\n"));
  return files;
}

/** Adds the React page of the browser tests; it is no part of the Python package. */
async function addReactCheck(files) {
  const names = [...CARRIED, ...REACT];
  const notice = await banner("react-host.LICENSES.txt", names);
  const define = { "process.env.NODE_ENV": '"production"' };
  files.set(`${CHECK}/react-host.js`,
    await bundled("src/react-check/host.js", { banner: notice, define, format: "iife" }));
  files.set(`${CHECK}/react-host.LICENSES.txt`, Buffer.from(await licences(names)));
}

async function check(files) {
  const different = [];
  for (const [path, bytes] of files) {
    const committed = await readFile(join(ROOT, path)).catch(() => null);
    if (committed === null || !committed.equals(bytes)) different.push(path);
  }
  if (different.length > 0) {
    console.error(`Not what the sources give; run "npm run build":\n  ${different.join("\n  ")}`);
    process.exit(1);
  }
  console.log(`${files.size} built files are what the sources give.`);
}

const files = await build();
if (process.argv.includes("--check")) {
  await check(files);
} else {
  for (const [path, bytes] of files) {
    await mkdir(dirname(join(ROOT, path)), { recursive: true });
    await writeFile(join(ROOT, path), bytes);
    console.log(`${path}  ${(bytes.length / 1024).toFixed(1)} KB`);
  }
}
