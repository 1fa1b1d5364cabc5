import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { Connection, type ConnectOptions, type ConnectState } from "../src/index.js";
import { backEnd, DONE, ITEM, LOST, refused, Screen, TOKEN, type Answer } from "./product.js";

const TOKENS = "/api/open-finance/create-connect-token";
const PENDING = { status: 202, body: { pending: true, syncId: "s1", accounts: 1, transactions: 9 } };

let screen: Screen;
let seen: ConnectState[];

function connection(options: ConnectOptions = {}): Connection {
  return new Connection(() => ({
    loadWidget: screen.load,
    onChange: (state) => seen.push(state),
    ...options,
  }));
}

/** Lets everything happen that waits for nothing but its turn. */
const settle = () => vi.advanceTimersByTimeAsync(0);
const statuses = () => seen.map(({ status }) => status);

/** Goes the whole way with what the server answers behind the token; gives the last state. */
async function read(...answers: Answer[]): Promise<ConnectState> {
  backEnd(TOKEN, ...answers);
  const one = connection();
  const run = one.start();
  await settle();
  screen.succeed();
  await vi.advanceTimersByTimeAsync(20 * 60_000);
  await run;
  return one.state();
}

beforeEach(() => {
  vi.useFakeTimers();
  screen = new Screen();
  seen = [];
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("the way", () => {
  test("goes from the token through the widget to what was read", async () => {
    const asked = backEnd(TOKEN, DONE);
    const told: unknown[] = [];
    const one = connection({
      language: "pt",
      onConnected: (each) => told.push(["connected", each]),
      onSuccess: (each) => told.push(["success", each]),
    });

    const run = one.start({ connectorId: 613 });
    await settle();
    screen.succeed();
    await run;

    expect(asked.map(({ method, url, body }) => [method, url, body])).toEqual([
      ["POST", TOKENS, { connectorId: 613 }],
      ["POST", "/api/open-finance/sync-data", { itemId: ITEM }],
    ]);
    expect(screen.shown).toMatchObject({
      connectToken: "token",
      url: "https://widget.example",
      selectedConnectorId: 613,
      connectorIds: [613],
      language: "pt",
    });
    expect(statuses()).toEqual(["opening", "open", "syncing", "success"]);
    expect(told).toEqual([
      ["connected", { itemId: ITEM }],
      ["success", { itemId: ITEM, accounts: 2, transactions: 40 }],
    ]);
  });

  test("sends the cookie to the page's own origin, or the product's token to another", async () => {
    const own = backEnd(refused(401, "unauthenticated"));
    await connection().start();
    const other = backEnd(refused(401, "unauthenticated"));
    await connection({
      baseUrl: "https://tomada.example/",
      getToken: async () => "jwt",
      headers: () => ({ "X-Trace": "1" }),
      paths: { connectToken: "/bank/token" },
    }).start();

    expect(own[0]?.credentials).toBe("same-origin");
    expect(own[0]?.headers.get("Authorization")).toBeNull();
    expect(other[0]?.url).toBe("https://tomada.example/bank/token");
    expect(other[0]?.credentials).toBe("omit");
    expect(other[0]?.headers.get("Authorization")).toBe("Bearer jwt");
    expect(other[0]?.headers.get("X-Trace")).toBe("1");
  });

  test("opens once, however often it is asked for", async () => {
    const asked = backEnd(TOKEN, DONE);
    const one = connection();

    const runs = [one.start(), one.start()];
    await settle();
    runs.push(one.start());
    screen.succeed();
    screen.succeed();
    await Promise.all(runs);

    expect(screen.opened).toHaveLength(1);
    expect(asked).toHaveLength(2);
  });

  test("goes on reading when the person closes the widget that has connected", async () => {
    backEnd(TOKEN, DONE);
    const closed = vi.fn();
    const one = connection({ onClose: closed });

    const run = one.start();
    await settle();
    screen.succeed();
    screen.close();
    await run;

    expect(one.state().status).toBe("success");
    expect(closed).not.toHaveBeenCalled();
  });

  test("stops without a trace when the page leaves", async () => {
    backEnd(TOKEN);
    const one = connection();

    void one.start();
    await settle();
    one.stop();
    screen.succeed();
    await vi.advanceTimersByTimeAsync(60_000);

    expect(one.state().status).toBe("idle");
    expect(screen.destroyed).toBe(1);
    expect(one.busy).toBe(false);
  });
});

describe("what is told apart", () => {
  test("closed by the person", async () => {
    backEnd(TOKEN);
    const closed = vi.fn();
    const gone = vi.fn();
    const one = connection({ onClose: closed, onWidgetClosed: gone });

    const run = one.start();
    await settle();
    screen.close();
    await run;

    expect(one.state()).toEqual({ status: "closed" });
    expect(closed).toHaveBeenCalledOnce();
    expect(gone).toHaveBeenCalledOnce();
  });

  test("refused by the bank, for a new connection and for a known one", async () => {
    backEnd(TOKEN);
    const one = connection();
    const run = one.start();
    await settle();
    screen.refuse({ id: ITEM, executionStatus: "INVALID_CREDENTIALS" });
    screen.close();
    await run;
    backEnd({ body: { connectToken: "token", updateItem: ITEM } });
    const known = connection();
    const again = known.start({ itemId: ITEM });
    await settle();
    screen.refuse();
    screen.close();
    await again;

    expect(one.state()).toEqual({
      status: "error",
      reason: "bank",
      code: "INVALID_CREDENTIALS",
      itemId: ITEM,
    });
    expect(known.state()).toEqual({ status: "reconnect", itemId: ITEM, reason: "reconnect" });
  });

  test.each([
    [401, "unauthenticated", "signed_out"],
    [403, "cross_site", "refused"],
    [429, "too_many_attempts", "too_many"],
    [502, "provider_unavailable", "unavailable"],
  ])("a token refused with %i", async (status, code, reason) => {
    backEnd({ ...refused(status, code), headers: { "Retry-After": "7" } });
    const failed = vi.fn();
    const one = connection({ onError: failed });

    await one.start();

    expect(failed).toHaveBeenCalledWith({ status: "error", reason, code, retryAfter: 7 });
    expect(screen.opened).toEqual([]);
    expect(one.busy).toBe(false);
  });

  test("no answer, and an answer that is none of ours", async () => {
    backEnd(LOST);
    const one = connection();
    await one.start();
    backEnd({ body: "<html>" });
    const two = connection();
    await two.start();

    expect(one.state()).toEqual({ status: "error", reason: "unavailable" });
    expect(two.state()).toEqual({ status: "error", reason: "unavailable" });
  });

  test("a consent that is missing, which the product may ask for in between", async () => {
    backEnd(refused(403, "consent_required"));
    const one = connection();
    await one.start();
    const asked = backEnd(refused(403, "consent_required"), TOKEN);
    const ask = vi.fn(async () => true);
    const two = connection({ onConsentRequired: ask });
    void two.start({ connectorId: 613 });
    await settle();

    expect(one.state()).toEqual({ status: "consent" });
    expect(ask).toHaveBeenCalledWith({ connectorId: 613 });
    expect(asked).toHaveLength(2);
    expect(two.state().status).toBe("open");
  });

  test("a bank that is connected already, which the next start updates", async () => {
    const asked = backEnd(refused(409, "already_connected", { itemId: ITEM }), TOKEN);
    const told = vi.fn();
    const one = connection({ onReconnectRequired: told });

    await one.start({ connectorId: 613 });
    const first = one.state();
    void one.start({ connectorId: 613 });
    await settle();

    expect(first).toEqual({ status: "reconnect", itemId: ITEM, reason: "already_connected" });
    expect(told).toHaveBeenCalledOnce();
    expect(asked[1]?.body).toEqual({ connectorId: 613, itemId: ITEM });
  });

  test("a connection the bank refused, which is tried again as what it is by then", async () => {
    const asked = backEnd(TOKEN, refused(409, "already_connected", { itemId: ITEM }), TOKEN);
    const one = connection();
    const run = one.start();
    await settle();
    screen.refuse({ id: ITEM, status: "LOGIN_ERROR" });
    screen.close();
    await run;

    void one.start();
    await settle();

    expect(asked.map(({ body }) => body)).toEqual([{}, {}, { itemId: ITEM }]);
    expect(statuses().slice(-2)).toEqual(["opening", "open"]);
  });

  test("a script that does not load, a frame that does not come, a policy that forbids it", async () => {
    backEnd(TOKEN, TOKEN, TOKEN);
    const failed = vi.fn();
    const script = connection({ onError: failed, loadWidget: () => Promise.reject(new Error()) });
    await script.start();
    screen.comes = false;
    const late = connection({ widgetDeadline: 5_000, onError: failed });
    const waiting = late.start();
    await vi.advanceTimersByTimeAsync(4_999);
    expect(late.state().status).toBe("opening");
    await vi.advanceTimersByTimeAsync(1);
    await waiting;
    const forbidden = connection({ onError: failed });
    const run = forbidden.start();
    await settle();
    const violation = { blockedURI: "https://widget.example", effectiveDirective: "frame-src" };
    document.dispatchEvent(Object.assign(new Event("securitypolicyviolation"), violation));
    await run;

    expect([script, late, forbidden].map((one) => one.state().status)).toEqual(
      Array(3).fill("blocked"),
    );
    expect(failed).toHaveBeenCalledTimes(3);
    expect(screen.destroyed).toBe(2);
  });
});

describe("the reading", () => {
  test("is followed while it is pending, through answers that are lost", async () => {
    const running = { body: { state: "running", syncId: "s1", accounts: 2, transactions: 30 } };
    const done = { body: { state: "done", syncId: "s1", accounts: 2, transactions: 40 } };

    const end = await read(PENDING, running, LOST, { status: 503 }, done);

    expect(end).toEqual({ status: "success", itemId: ITEM, accounts: 2, transactions: 40 });
    const rows = seen.map((state) => ("transactions" in state ? state.transactions : null));
    expect(rows.filter((each) => each !== null)).toEqual([0, 9, 30, 40]);
  });

  test("that failed says what the person can do", async () => {
    const failed = { state: "failed", syncId: "s1", nextStep: "reconnect" };
    const wentWrong = refused(502, "sync_failed", { syncId: "s1" });

    const person = await read(wentWrong, { body: failed });
    const other = await read(PENDING, {
      body: { ...failed, nextStep: "none", errorCode: "provider_unavailable" },
    });

    expect(person).toEqual({ status: "reconnect", itemId: ITEM, reason: "reconnect" });
    expect(other).toEqual({
      status: "error",
      reason: "sync",
      code: "provider_unavailable",
      itemId: ITEM,
    });
  });

  test("that is refused leaves a connected bank", async () => {
    const end = await read(refused(404, "not_found"));

    expect(end).toEqual({ status: "error", reason: "sync", code: "not_found", itemId: ITEM });
  });

  test("that the server does not answer for is given up after five tries", async () => {
    const end = await read(...Array<Answer>(5).fill(LOST));

    expect(end).toEqual({ status: "error", reason: "sync", itemId: ITEM });
  });

  test("that does not end is called slow", async () => {
    const end = await read(PENDING, ...Array<Answer>(600).fill(PENDING));

    expect(end).toEqual({ status: "error", reason: "slow", itemId: ITEM });
  });
});
