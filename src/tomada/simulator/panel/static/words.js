/* Amounts, times and statuses as the page writes them. */

const TONES = {
  UPDATED: "good",
  LOGIN_ERROR: "bad",
  OUTDATED: "warn",
  WAITING_USER_INPUT: "warn",
  WAITING_USER_ACTION: "warn",
  UPDATING: "busy",
  MERGING: "busy",
};

/** Writes an amount in its currency, with the sign in front. */
export function money(amount, currency) {
  return new Intl.NumberFormat("pt-BR", { style: "currency", currency: currency || "BRL" }).format(amount);
}

/** Writes an instant's day in São Paulo. */
export function day(instant) {
  return new Intl.DateTimeFormat("en-GB", { day: "2-digit", month: "short", timeZone: "America/Sao_Paulo" }).format(new Date(instant));
}

/** Writes an instant's time of day, in UTC like everything in the logs of a program. */
export function time(instant) {
  return instant.slice(11, 19);
}

/** Writes an instant for the head of the page. */
export function moment(instant) {
  return `${instant.slice(0, 10)} ${instant.slice(11, 19)} UTC`;
}

/** Writes a word of the API for people: `WAITING_USER_INPUT` as `waiting user input`. */
export function plain(word) {
  return word.toLowerCase().replaceAll("_", " ");
}

/** Gives the tone of an item's status. */
export function toneOf(status) {
  return TONES[status] ?? "busy";
}

/** Gives the tone of an HTTP status; null is no answer. */
export function toneOfAnswer(status) {
  if (status === null) return "bad";
  return status < 300 ? "good" : status < 500 ? "warn" : "bad";
}
