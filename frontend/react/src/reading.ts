/** Following a reading to its end, and what each failure means to the person. */

import { Server, ServerFailure, type Sync } from "./server.js";
import { needsPerson, type ConnectState, type ErrorReason } from "./state.js";
import { WidgetBlocked } from "./widget.js";

const LOOK_MS = 1_000;
const SLOWEST_LOOK_MS = 5_000;
const TRIES = 5;
const LONGEST_WAIT_S = 30;

type Counts = { accounts: number; transactions: number };

/** Has the connection read and waits for the end; an answer that is lost on the way is asked again. */
export async function followed(
  server: Server,
  itemId: string,
  signal: AbortSignal,
  deadline: number,
  progress: (counts: Counts) => void,
): Promise<ConnectState> {
  let waited = 0;
  const wait = async (milliseconds: number) => {
    waited += milliseconds;
    await pause(milliseconds, signal);
  };
  try {
    // A second call joins the reading of the first, so it may be repeated.
    let sync = await patiently(() => server.startSync(itemId, signal), wait);
    for (let look = LOOK_MS; sync.state === "running" && sync.syncId; ) {
      const { syncId, accounts, transactions } = sync;
      progress({ accounts, transactions });
      if (waited >= deadline) return { status: "error", reason: "slow", itemId };
      await wait(look);
      look = Math.min(look * 1.25, SLOWEST_LOOK_MS);
      sync = await patiently(() => server.sync(syncId, signal), wait);
    }
    return ended(sync, itemId);
  } catch (error) {
    signal.throwIfAborted();
    return failed(error, server, itemId, signal);
  }
}

function ended(sync: Sync, itemId: string): ConnectState {
  const { state, accounts, transactions, nextStep, code } = sync;
  if (state === "done") return { status: "success", itemId, accounts, transactions };
  if (state === "running") return { status: "error", reason: "slow", itemId };
  if (needsPerson(nextStep)) return { status: "reconnect", itemId, reason: nextStep };
  return { status: "error", reason: "sync", itemId, ...(code ? { code } : {}) };
}

/** The bank is connected all the same; what can be done is asked where the server can say it. */
async function failed(
  error: unknown,
  server: Server,
  itemId: string,
  signal: AbortSignal,
): Promise<ConnectState> {
  if (!(error instanceof ServerFailure)) throw error;
  const syncId = error.body["syncId"];
  if (error.code === "sync_failed" && typeof syncId === "string") {
    const sync = await server.sync(syncId, signal).catch(() => null);
    if (sync) return ended(sync, itemId);
  }
  const end = trouble(error);
  return end.status === "error" ? { ...end, reason: "sync", itemId } : end;
}

/** Tells what stopped a run before a bank was connected. */
export function trouble(error: unknown): ConnectState {
  if (error instanceof WidgetBlocked) return { status: "blocked" };
  if (!(error instanceof ServerFailure)) return { status: "error", reason: "unavailable" };
  const { code, retryAfter } = error;
  const itemId = error.body["itemId"];
  if (code === "already_connected" && typeof itemId === "string") {
    return { status: "reconnect", itemId, reason: "already_connected" };
  }
  if (code === "consent_required") return { status: "consent" };
  return {
    status: "error",
    reason: reasonOf(error.status),
    ...(code === undefined ? {} : { code }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  };
}

function reasonOf(status: number): ErrorReason {
  if (status === 401) return "signed_out";
  if (status === 429) return "too_many";
  return status >= 400 && status < 500 ? "refused" : "unavailable";
}

/** Repeats what fails in passing, as late as the server asks, a few times. */
async function patiently<T>(
  ask: () => Promise<T>,
  wait: (milliseconds: number) => Promise<void>,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await ask();
    } catch (error) {
      if (!(error instanceof ServerFailure) || !error.passing || tried === TRIES) throw error;
      const seconds = Math.min(error.retryAfter ?? 2 ** (tried - 1), LONGEST_WAIT_S);
      await wait(seconds * 1000);
    }
  }
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stopped = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", stopped);
      resolve();
    }, milliseconds);
    signal.addEventListener("abort", stopped, { once: true });
  });
}
