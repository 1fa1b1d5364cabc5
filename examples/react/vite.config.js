// One origin for your product and Tomada: its session cookie serves both.
const target = process.env.TOMADA_APP_URL ?? "http://localhost:8600";
const proxy = { "/api": { target, changeOrigin: true } };

export default { server: { proxy }, preview: { proxy } };
