// Your product's back end with Node alone: a token for the button, and what Tomada tells you.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";

const {
  PORT = "3000", TOMADA_APP_URL, TOMADA_TOKEN_ISSUER, TOMADA_TOKEN_SECRET, TOMADA_PRODUCT_WEBHOOK_SECRET,
} = process.env;
const hookKey = Buffer.from(TOMADA_PRODUCT_WEBHOOK_SECRET.replace("whsec_", ""), "base64");
const heard = new Map(); // a table of yours, with the id as its key

/** The page's `getToken`. Who is signed in is for your own session to say. */
function bankToken(user) {
  const now = Math.floor(Date.now() / 1000);
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: TOMADA_TOKEN_ISSUER, aud: TOMADA_APP_URL, sub: user, iat: now, exp: now + 240 };
  const signed = `${part({ alg: "HS256", typ: "tomada+jwt" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", TOMADA_TOKEN_SECRET).update(signed).digest("base64url")}`;
}

/** Verify and keep once; the work comes after the answer. */
function hook(headers, body) {
  const { "webhook-id": id, "webhook-timestamp": at, "webhook-signature": given = "" } = headers;
  const good = Buffer.from(
    `v1,${createHmac("sha256", hookKey).update(`${id}.${at}.`).update(body).digest("base64")}`,
  );
  const same = (one) => one.length === good.length && timingSafeEqual(Buffer.from(one), good);
  const fresh = Math.abs(Date.now() / 1000 - Number(at)) < 300;
  if (!fresh || !given.split(" ").some(same)) return 401;
  if (!heard.has(id)) heard.set(id, JSON.parse(body));
  return 204;
}

createServer(async (request, answer) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const json = (value) => answer.setHeader("Content-Type", "application/json").end(JSON.stringify(value));
  switch (`${request.method} ${request.url}`) {
    case "GET /bank-token":
      return json({ token: bankToken(request.headers["x-user"]) });
    case "POST /hooks/tomada":
      return answer.writeHead(hook(request.headers, Buffer.concat(chunks))).end();
    case "GET /heard":
      return json([...heard.values()].map(({ type }) => type));
    default:
      return answer.writeHead(404).end();
  }
}).listen(Number(PORT), "127.0.0.1");
