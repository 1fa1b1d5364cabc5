/** The three requests of the button, to Tomada or to a back end of the product's that passes them on. */

export interface ServerOptions {
  /** Where the requests go; without one, to the page's own origin. */
  baseUrl?: string;
  /** Gives the product's JWT, sent as `Authorization: Bearer`; then no cookie is sent. */
  getToken?: () => string | Promise<string>;
  /** Gives further headers for every request. */
  headers?: () => HeadersInit | Promise<HeadersInit>;
  /** Whether cookies go along; `same-origin` unless there is `getToken`, then `omit`. */
  credentials?: RequestCredentials;
  /** Where a back end of the product's has other addresses than Tomada. */
  paths?: Partial<Paths>;
}

export interface Paths {
  connectToken: string;
  syncData: string;
  /** The address of one reading, `{syncId}` in it. */
  sync: string;
}

const PATHS: Paths = {
  connectToken: "/api/open-finance/create-connect-token",
  syncData: "/api/open-finance/sync-data",
  sync: "/api/open-finance/syncs/{syncId}",
};

export interface ConnectToken {
  connectToken: string;
  connectUrl?: string;
  includeSandbox?: boolean;
  selectedConnectorId?: number;
  connectorIds?: number[];
  updateItem?: string;
}

/** A reading that has ended (`done`, `failed`) or goes on under `syncId`. */
export interface Sync {
  state: "done" | "failed" | "running";
  syncId?: string;
  accounts: number;
  transactions: number;
  nextStep?: string;
  code?: string;
}

/** An answer that is no success; `status` 0 where there was no answer. */
export class ServerFailure extends Error {
  override readonly name = "ServerFailure";

  constructor(
    readonly status: number,
    readonly body: Readonly<Record<string, unknown>> = {},
    readonly retryAfter?: number,
  ) {
    super(`the server answered ${status || "nothing"}`);
  }

  /** Our stable code; a back end of the product's may give none. */
  get code(): string | undefined {
    return typeof this.body["code"] === "string" ? this.body["code"] : undefined;
  }

  /** Tells whether the same request may succeed in a moment. */
  get passing(): boolean {
    return this.status === 0 || this.status === 503 || this.status === 504;
  }
}

export class Server {
  constructor(private readonly options: ServerOptions) {}

  async connectToken(
    request: { connectorId?: number; itemId?: string },
    signal: AbortSignal,
  ): Promise<ConnectToken> {
    const body = await this.send("POST", this.path("connectToken"), signal, request);
    if (typeof body["connectToken"] !== "string") throw new ServerFailure(502, body);
    return body as unknown as ConnectToken;
  }

  async startSync(itemId: string, signal: AbortSignal): Promise<Sync> {
    const body = await this.send("POST", this.path("syncData"), signal, { itemId });
    return syncOf(body, body["pending"] === true ? "running" : "done");
  }

  async sync(syncId: string, signal: AbortSignal): Promise<Sync> {
    const path = this.path("sync").replace("{syncId}", encodeURIComponent(syncId));
    const body = await this.send("GET", path, signal);
    const state = body["state"];
    return syncOf(body, state === "done" || state === "failed" ? state : "running");
  }

  private path(name: keyof Paths): string {
    return this.options.paths?.[name] ?? PATHS[name];
  }

  private async send(
    method: "GET" | "POST",
    path: string,
    signal: AbortSignal,
    body?: unknown,
  ): Promise<Record<string, unknown>> {
    const { baseUrl = "", getToken, credentials } = this.options;
    const headers = new Headers(await this.options.headers?.());
    headers.set("Accept", "application/json");
    if (getToken) headers.set("Authorization", `Bearer ${await getToken()}`);
    if (body !== undefined) headers.set("Content-Type", "application/json");
    let answer: Response;
    try {
      answer = await fetch(baseUrl.replace(/\/$/, "") + path, {
        method,
        headers,
        signal,
        credentials: credentials ?? (getToken ? "omit" : "same-origin"),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (error) {
      signal.throwIfAborted();
      throw new ServerFailure(0, { cause: String(error) });
    }
    const told: unknown = await answer.json().catch(() => null);
    signal.throwIfAborted();
    const members = typeof told === "object" && told !== null ? told : {};
    if (answer.ok) return members as Record<string, unknown>;
    const wait = Number(answer.headers.get("Retry-After") ?? Number.NaN);
    throw new ServerFailure(
      answer.status,
      members as Record<string, unknown>,
      Number.isFinite(wait) ? wait : undefined,
    );
  }
}

function syncOf(body: Record<string, unknown>, state: Sync["state"]): Sync {
  const text = (name: string) => (typeof body[name] === "string" ? body[name] : undefined);
  const syncId = text("syncId");
  const nextStep = text("nextStep");
  const code = text("errorCode");
  return {
    state,
    accounts: Number(body["accounts"] ?? 0),
    transactions: Number(body["transactions"] ?? 0),
    ...(syncId === undefined ? {} : { syncId }),
    ...(nextStep === undefined ? {} : { nextStep }),
    ...(code === undefined ? {} : { code }),
  };
}
