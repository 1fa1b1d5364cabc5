// Your project's own test: the code talks to Pluggy through its SDK, and the simulator answers.
import assert from "node:assert/strict";
import test from "node:test";
import { setTimeout as pause } from "node:timers/promises";
import { PluggyClient } from "pluggy-sdk"; // reads PLUGGY_API_URL by itself

const { PLUGGY_API_URL, PLUGGY_CLIENT_ID, PLUGGY_CLIENT_SECRET } = process.env;
const pluggy = new PluggyClient({ clientId: PLUGGY_CLIENT_ID, clientSecret: PLUGGY_CLIENT_SECRET });

/** Lets something happen at the bank. */
const bank = async (path, body) => {
  const headers = { "Content-Type": "application/json" };
  const asked = { method: "POST", headers, body: JSON.stringify(body) };
  return (await fetch(`${PLUGGY_API_URL}/_simulator${path}`, asked)).json();
};

test("a purchase is among the transactions", async () => {
  let item = await pluggy.createItem(0, { user: "user-ok", password: "password-ok" });
  for (; item.status === "UPDATING"; item = await pluggy.fetchItem(item.id)) await pause(50);

  const bought = await bank(`/items/${item.id}/transactions`, { kind: "purchase" });

  const rows = await pluggy.fetchAllTransactions(bought.accountId);
  assert.ok(rows.some((row) => row.id === bought.id));
});
