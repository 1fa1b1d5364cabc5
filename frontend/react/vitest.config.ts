import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

const older = (path: string) =>
  fileURLToPath(new URL(`../react-18/node_modules/${path}`, import.meta.url));

const aliases = [
  { find: /^react$/, replacement: older("react/index.js") },
  { find: /^react\/jsx-(dev-)?runtime$/, replacement: older("react/jsx-$1runtime.js") },
  { find: /^react-dom\/(client|server)$/, replacement: older("react-dom/$1.js") },
];

/** The same tests twice: with the React of the lock, and with the oldest that is promised. */
export default defineConfig({
  test: {
    projects: [
      {
        define: { REACT: '"19"' },
        test: { name: "react 19", environment: "happy-dom", include: ["tests/*.test.{ts,tsx}"] },
      },
      {
        define: { REACT: '"18"' },
        resolve: { alias: aliases },
        test: { name: "react 18", environment: "happy-dom", include: ["tests/button.test.tsx"] },
      },
    ],
  },
});
