/** What a connection can be in, as a person would tell the cases apart. */

export type ConnectState =
  | { readonly status: "idle" }
  /** The token is fetched and the widget loads. */
  | { readonly status: "opening" }
  /** The widget is on the screen. */
  | { readonly status: "open" }
  /** The bank is connected and is being read; the counts are of rows read so far. */
  | ({ readonly status: "syncing" } & Reading)
  /** Everything is read. */
  | ({ readonly status: "success" } & Reading)
  /** The person closed the widget before anything was connected. */
  | { readonly status: "closed" }
  /** The person has to agree to the reading of this bank first. */
  | { readonly status: "consent" }
  /** The connection is there and needs its person: the next start opens it in update mode. */
  | { readonly status: "reconnect"; readonly itemId: string; readonly reason: ReconnectReason }
  /** The widget's script or frame did not come: an extension or a policy of the page holds it. */
  | { readonly status: "blocked" }
  | {
      readonly status: "error";
      readonly reason: ErrorReason;
      /** The code the server or the bank gave, where it gave one. */
      readonly code?: string;
      readonly itemId?: string;
      /** Seconds after which trying again is welcome. */
      readonly retryAfter?: number;
    };

export interface Reading {
  readonly itemId: string;
  readonly accounts: number;
  readonly transactions: number;
}

/** `already_connected`: this bank is connected; the others are what the person does about it. */
export type ReconnectReason =
  | "already_connected"
  | "reconnect"
  | "answer"
  | "authorize"
  | "settle_at_bank"
  | "choose_other";

/**
 * `signed_out` nobody is signed in · `refused` they may not · `too_many` too often; see `retryAfter`
 * · `unavailable` no answer, or one that says later · `bank` the bank said no in the widget
 * · `sync` connected, but the reading failed · `slow` connected, and still being read.
 */
export type ErrorReason =
  | "signed_out"
  | "refused"
  | "too_many"
  | "unavailable"
  | "bank"
  | "sync"
  | "slow";

export const IDLE: ConnectState = Object.freeze({ status: "idle" });

const NEEDS_PERSON: ReadonlySet<unknown> = new Set([
  "reconnect",
  "answer",
  "authorize",
  "settle_at_bank",
  "choose_other",
]);

/** Tells whether a `nextStep` of the server is something only the person can do. */
export function needsPerson(step: unknown): step is ReconnectReason {
  return NEEDS_PERSON.has(step);
}
