// Every method of the client of bank data, in one story.

import { must, until } from "./caller.mjs";

const LOGIN = { user: "user-ok", password: "password-ok" };
const BANK = 613;
const BANK_WITH_INVESTMENTS = 0;
const MFA_BANK = 4;

export async function dataTour({ call, refused, methods }) {
  const has = (method) => methods.includes(method);
  await catalogue(call, refused);
  const item = await connect(call, BANK);
  const accounts = await call("fetchAccounts", item.id);
  must(accounts.results.length > 0, "accounts");
  const bank = accounts.results.find((one) => one.type === "BANK");
  const card = accounts.results.find((one) => one.type === "CREDIT");
  must((await call("fetchAccounts", item.id, "CREDIT")).total < accounts.total, "only cards");
  must((await call("fetchAccount", bank.id)).id === bank.id, "the account");

  await transactions(call, has, bank);
  await call("fetchAccountStatements", bank.id);
  const bills = await call("fetchCreditCardBills", card.id, { pageSize: 5 });
  must((await call("fetchCreditCardBill", bills.results[0].id)).dueDate instanceof Date, "a date");
  const rich = await connect(call, BANK_WITH_INVESTMENTS);
  await investments(call, rich);
  const loans = await call("fetchLoans", rich.id, { pageSize: 3 });
  must((await call("fetchLoan", loans.results[0].id)).id === loans.results[0].id, "the loan");
  const identity = await call("fetchIdentityByItemId", item.id);
  must((await call("fetchIdentity", identity.id)).id === identity.id, "the identity");
  if (has("fetchConsents")) {
    const consents = await call("fetchConsents", item.id);
    await call("fetchConsent", consents.results[0].id);
  }
  await webhooks(call);
  await mfa(call);
  await call("updateItem", item.id, LOGIN, { clientUserId: "pessoa-2" });
  await until(async () => (await call("fetchItem", item.id)).status === "UPDATED");
  await call("deleteItem", item.id);
  const gone = await refused("fetchItem", item.id);
  must(gone.code === 404 && gone.codeDescription === "ITEM_NOT_FOUND", "ITEM_NOT_FOUND");
}

async function catalogue(call, refused) {
  const connectors = await call("fetchConnectors", { sandbox: true, name: "Pluggy Bank" });
  must(connectors.results.length > 0, "connectors");
  must((await call("fetchConnector", BANK)).id === BANK, "the connector");
  const checked = await call("validateParameters", BANK, { user: "x" });
  must(checked.errors.length > 0, "errors of validation");
  const wrong = await refused("createItem", BANK, { user: "nobody" });
  must(wrong.codeDescription === "CONNECTOR_VALIDATION_ERROR", "a refusal of the parameters");
  const categories = await call("fetchCategories");
  await call("fetchCategory", categories.results[0].id);
}

async function connect(call, bank) {
  const options = { clientUserId: "pessoa-1", avoidDuplicates: false };
  const made = await call("createItem", bank, LOGIN, options);
  const token = await call("createConnectToken", made.id, { clientUserId: "pessoa-1" });
  must(typeof token.accessToken === "string", "a token");
  return until(async () => {
    const item = await call("fetchItem", made.id);
    return item.status === "UPDATED" && item;
  });
}

async function transactions(call, has, bank) {
  const all = await call("fetchAllTransactions", bank.id);
  must(all.length > 0 && all[0].date instanceof Date, "transactions with dates");
  const page = await call("fetchTransactions", bank.id, { pageSize: 10, from: "2020-01-01" });
  must(page.total === all.length, "as many on pages as in all");
  if (has("fetchTransactionsCursor")) {
    const first = await call("fetchTransactionsCursor", bank.id, { dateFrom: "2020-01-01" });
    must(first.results.length > 0, "rows at the cursor");
  }
  const one = await call("fetchTransaction", all[0].id);
  must(one.id === all[0].id, "the transaction");
  const moved = await call("updateTransactionCategory", one.id, "11010000");
  must(moved.categoryId === "11010000", "the other category");
}

async function investments(call, item) {
  const list = await call("fetchInvestments", item.id, undefined, { pageSize: 5 });
  must(list.results.length > 0, "investments");
  const one = await call("fetchInvestment", list.results[0].id);
  await call("fetchInvestmentTransactions", one.id, { pageSize: 5 });
  const all = await call("fetchAllInvestmentTransactions", one.id);
  must(Array.isArray(all), "a list of movements");
}

async function webhooks(call) {
  const made = await call("createWebhook", "item/created", "http://127.0.0.1:1/hook", { "X-A": "1" });
  must((await call("fetchWebhook", made.id)).url === made.url, "the webhook");
  await call("updateWebhook", made.id, { enabled: false });
  must((await call("fetchWebhooks")).results.length === 1, "one webhook");
  await call("deleteWebhook", made.id);
}

async function mfa(call) {
  const made = await call("createItem", MFA_BANK, { ...LOGIN, user: "user-ok-phone" });
  const asked = await until(async () => {
    const item = await call("fetchItem", made.id);
    return item.status === "WAITING_USER_INPUT" && item;
  });
  await call("updateItemMFA", made.id, { [asked.parameter.name]: "123456" });
  await until(async () => (await call("fetchItem", made.id)).status === "UPDATED");
}
