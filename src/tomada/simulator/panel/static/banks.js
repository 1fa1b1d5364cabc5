/* Households at their banks: items, accounts, the newest rows, and what can happen to them. */
import { call, doing } from "./api.js";
import { button, h } from "./dom.js";
import { ask } from "./form.js";
import { day, money, plain, toneOf } from "./words.js";

/** Renders every item; `vocabulary` has the words of the verbs. */
export function banks(items, vocabulary) {
  if (items.length === 0) {
    return h("div.empty", {}, h("p", {}, "No bank is connected."),
      h("p.quiet", {}, "Connect one here, or let your program create an item. Log in as user-ok with password-ok; the one-time value is 123456."));
  }
  return items.map((item) => bank(item, vocabulary));
}

/** Opens the Connect page in a tab of its own, for a new bank or to reconnect one. */
export async function connect(itemId) {
  const { url } = await call("POST", "/connect-token", itemId ? { itemId } : {});
  window.open(url, "_blank", "noopener");
}

function bank(item, vocabulary) {
  const { id, connector, status } = item;
  const broken = status !== "UPDATED" && status !== "UPDATING";
  return h("article.card", { "aria-label": connector.name, "data-item": id },
    h("div.head", {}, h("img", { src: connector.imageUrl, alt: "", width: "36", height: "36" }),
      h("div.grow", {}, h("h3", {}, connector.name), h("p.quiet", {}, item.owner || "not read yet")),
      h(`span.chip.${toneOf(status)}`, { title: item.executionStatus }, plain(status))),
    item.error ? h("p.wrong", {}, `${item.error.code}: ${item.error.message}`) : null,
    item.uncollected > 0 ? h("p.quiet", {}, `${item.uncollected} at the bank, not collected yet`) : null,
    h("div.row", {},
      button("Post a transaction", () => post(item, vocabulary), { key: `${id}-post` }),
      button("Run…", () => run(item, vocabulary), { key: `${id}-run` }),
      button("Fire a webhook…", () => fire(item), { key: `${id}-fire` }),
      status === "WAITING_USER_ACTION"
        ? button("Approve at the bank", doing(() => call("POST", `/items/${id}/approval`, { approved: true }), "Approved"), { key: `${id}-approve` })
        : null,
      broken
        ? button("Reconnect", doing(() => connect(id), "The Connect page is open"), { key: `${id}-connect` })
        : button("Reset login", doing(() => call("POST", `/items/${id}/reset-login`, {}), "The bank refuses the login now"), { key: `${id}-reset` })),
    item.accounts.map((account) => accountOf(account)),
    h("p.id", {}, h("code", {}, id), item.clientUserId ? ` · ${item.clientUserId}` : ""));
}

function accountOf(account) {
  const owed = account.type === "CREDIT" ? "owed " : "";
  return h("details.account", { "data-key": account.id },
    h("summary", {}, h("span.grow", {}, account.name, " ", h("small.quiet", {}, `${account.number} · ${account.count} rows`)),
      h("strong.amount", {}, owed, money(account.balance, account.currencyCode))),
    h("ul.rows", {}, account.newest.map((row) => rowOf(row))));
}

function rowOf(row) {
  const pending = row.status === "PENDING" ? h("span.chip.warn", {}, "pending") : null;
  return h("li", { "data-row": row.id },
    h("span.when", {}, day(row.date)),
    h("span.grow.what", { title: row.description }, row.description),
    pending,
    h("span.amount", {}, money(row.amount, row.currencyCode)),
    h("span.tools", {},
      button("Edit…", () => edit(row), { key: `${row.id}-edit`, kind: "small" }),
      button("New id", doing(() => call("POST", `/transactions/${row.id}/reidentify`, {}), "The row has a new id"), { key: `${row.id}-new`, kind: "small", title: "The bank sends the same row under a new id" }),
      button("Take back", doing(() => call("DELETE", `/transactions/${row.id}`), "Taken back"), { key: `${row.id}-back`, kind: "small" })));
}

function post(item, vocabulary) {
  const { BANK, CREDIT } = vocabulary.kinds;
  const kinds = [...new Set([...BANK, ...CREDIT])].map((kind) => [kind, plain(kind)]);
  const accounts = item.accounts.map(({ id, name, number }) => [id, `${name} ${number}`]);
  ask({
    title: `Something happens at ${item.connector.name}`,
    fields: [
      { name: "kind", label: "Kind", options: [["", "anything plausible"], ...kinds], value: "purchase" },
      { name: "accountId", label: "Account", options: [["", "the usual one"], ...accounts] },
      { name: "amount", label: "Amount", type: "number", placeholder: "invented", hint: "Without a sign; the kind decides it." },
      { name: "description", label: "Description", placeholder: "invented" },
      { name: "status", label: "Status", options: [["", "as usual"], ["POSTED", "posted"], ["PENDING", "pending"]] },
    ],
    verb: "Post",
    send: async (values) => {
      const row = await call("POST", `/items/${item.id}/transactions`, values);
      return `${row.description}: ${money(row.amount, row.currencyCode)}`;
    },
  });
}

function edit(row) {
  ask({
    title: "The bank corrects a row",
    fields: [
      { name: "description", label: "Description", value: row.description },
      { name: "amount", label: "Amount", type: "number", value: String(row.amount), hint: "With its sign." },
      { name: "status", label: "Status", options: [["POSTED", "posted"], ["PENDING", "pending"]], value: row.status },
    ],
    verb: "Correct",
    send: async (values) => {
      await call("PATCH", `/transactions/${row.id}`, values);
      return "Corrected";
    },
  });
}

function run(item, vocabulary) {
  ask({
    title: `A run of ${item.connector.name}`,
    intro: "As Pluggy's own auto-sync does it.",
    fields: [{ name: "outcome", label: "Ends as", options: [["", "it would by itself"], ...vocabulary.outcomes.map((one) => [one, plain(one)])] }],
    verb: "Run",
    send: async (values) => {
      await call("POST", `/items/${item.id}/run`, values);
      return "The run has begun";
    },
  });
}

function fire(item) {
  const events = ["item/updated", "item/created", "item/error", "item/login_succeeded", "item/waiting_user_input", "item/waiting_user_action", "transactions/created", "transactions/updated"];
  ask({
    title: "Fire a webhook",
    intro: "The event is told although nothing happened, to everybody who subscribed to it.",
    fields: [{ name: "event", label: "Event", options: events }],
    verb: "Fire",
    send: async (values) => {
      await call("POST", `/items/${item.id}/events`, values);
      return `${values.event} is on its way`;
    },
  });
}
