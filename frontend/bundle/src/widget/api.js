/* The few calls of the provider's API that a connect token may make. */

/** An answer that was not a good one; `code` is the provider's word for it. */
export class ApiError extends Error {
  constructor(status, body) {
    super(body?.message ?? `HTTP ${status}`);
    this.status = status;
    this.code = body?.codeDescription ?? null;
    this.details = Array.isArray(body?.details) ? body.details : [];
    this.data = body?.data ?? null;
  }
}

export class Api {
  constructor(token) {
    this.token = token;
  }

  connectors({ sandbox }) {
    return this.#call("GET", `/connectors${sandbox ? "?sandbox=true" : ""}`);
  }

  connector(id) {
    return this.#call("GET", `/connectors/${encodeURIComponent(id)}`);
  }

  item(id) {
    return this.#call("GET", `/items/${encodeURIComponent(id)}`);
  }

  createItem(body) {
    return this.#call("POST", "/items", body);
  }

  updateItem(id, body) {
    return this.#call("PATCH", `/items/${encodeURIComponent(id)}`, body);
  }

  answerMfa(id, parameters) {
    return this.#call("POST", `/items/${encodeURIComponent(id)}/mfa`, parameters);
  }

  async #call(method, path, body) {
    const headers = { "X-API-KEY": this.token };
    if (body !== undefined) headers["Content-Type"] = "application/json";
    const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const content = await answer.json().catch(() => null);
    if (!answer.ok) throw new ApiError(answer.status, content);
    return content;
  }
}
