// Requests to our own server: JSON and parts of pages, with one kind of error.

const csrf = document.querySelector('meta[name="csrf"]').content;
const texts = JSON.parse(document.body.dataset.texts);

// Parts are drawn by our server with everything escaped; this is the one door they come through.
const door = window.trustedTypes
  ? window.trustedTypes.createPolicy("tomada", { createHTML: (html) => html })
  : { createHTML: (html) => html };

export function say(key, values = {}) {
  return Object.entries(values).reduce(
    (text, [name, value]) => text.split(`{${name}}`).join(String(value)),
    texts[key] ?? "",
  );
}

export class Failure extends Error {
  constructor(status, code, { retryAfter = null, body = {} } = {}) {
    super(code);
    this.status = status;
    this.code = code;
    this.retryAfter = retryAfter;
    this.body = body;
  }

  // What a person should read.
  get text() {
    switch (this.code) {
      case "network":
        return say("error_network");
      case "invalid_credentials":
        return say("error_credentials");
      case "too_many_attempts":
        return say("error_attempts", { minutes: Math.max(1, Math.ceil((this.retryAfter ?? 60) / 60)) });
      case "consent_required":
        return say("error_consent");
      case "already_connected":
        return say("error_connected");
      case "provider_unavailable":
        return say("error_provider");
      case "refresh_refused":
        return this.body.words?.[document.documentElement.lang] ?? say("error_generic");
      case "not_found":
        return say("error_not_found");
      default:
        return say(this.status >= 500 ? "error_unavailable" : "error_generic");
    }
  }
}

export function toDoor() {
  const here = location.pathname;
  location.assign(here === "/" ? "/entrar" : `/entrar?de=${encodeURIComponent(here)}`);
}

export function toStepUp() {
  location.assign(`/confirmar?de=${encodeURIComponent(location.pathname)}`);
}

async function ask(method, path, { body, signal } = {}) {
  const headers = { "X-CSRF-Token": csrf };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let answer;
  try {
    answer = await fetch(path, {
      method,
      headers,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
      cache: "no-store",
      credentials: "same-origin",
    });
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Failure(0, "network");
  }
  if (answer.ok) return answer;
  const told = await answer.json().catch(() => ({}));
  const failure = new Failure(answer.status, told.code ?? "unknown", {
    retryAfter: Number(answer.headers.get("Retry-After")) || null,
    body: told,
  });
  if (failure.code === "unauthenticated") toDoor();
  if (failure.code === "step_up_required") toStepUp();
  throw failure;
}

export async function send(method, path, body) {
  const answer = await ask(method, path, { body });
  if (answer.status === 204) return { status: 204 };
  return { status: answer.status, ...(await answer.json()) };
}

// Saves what the server gives, which may be given once only.
export async function download(path, name) {
  const answer = await ask("POST", path);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  link.download = name;
  link.click();
  URL.revokeObjectURL(link.href);
}

export async function part(path, body, signal) {
  const answer = await ask("POST", path, { body, signal });
  const holder = document.createElement("template");
  holder.innerHTML = door.createHTML(await answer.text());
  return holder.content;
}

export const pause = (ms) => new Promise((done) => setTimeout(done, ms));
