// @vitest-environment node
/// <reference types="node" />
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { expect, test } from "vitest";

const DIST = fileURLToPath(new URL("../dist/", import.meta.url));

/** Bundles what a product imports; gives the bytes of the entry, what it loads later apart. */
async function bundled(source: string): Promise<string> {
  const { outputFiles } = await build({
    stdin: { contents: source, resolveDir: DIST },
    bundle: true,
    splitting: true,
    format: "esm",
    outdir: "out",
    minify: true,
    write: false,
    logOverride: { "ignored-bare-import": "silent" },
    external: ["react", "react/jsx-runtime"],
  });
  return outputFiles.find(({ path }) => path.endsWith("stdin.js"))?.text ?? "";
}

test("a product that takes the hook does not carry the button, nor the widget", async () => {
  const hook = await bundled('import { usePluggyConnect } from "./index.js"; usePluggyConnect();');
  const whole = await bundled(
    'import { PluggyConnectButton } from "./index.js"; PluggyConnectButton({});',
  );
  const nothing = await bundled('import "./index.js";');

  expect(hook).not.toContain("connect-bank-button");
  expect(whole).toContain("connect-bank-button");
  expect(whole).not.toContain("zoid");
  expect(whole.length).toBeLessThan(16_000);
  expect(nothing.trim()).toBe("");
});

test("it has types for every file and no styles", async () => {
  const files = await readdir(DIST);

  const scripts = files.filter((name) => name.endsWith(".js"));
  expect(scripts.length).toBeGreaterThan(5);
  for (const name of scripts) expect(files).toContain(name.replace(/\.js$/, ".d.ts"));
  expect(files.filter((name) => !/\.(js|d\.ts)$/.test(name))).toEqual([]);
  const typed = await readFile(`${DIST}index.d.ts`, "utf8");
  expect(typed).toContain("PluggyConnectButton");
});
