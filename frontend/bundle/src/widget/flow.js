/* The conversation from the first screen to the last, in the order a person lives it. */
import { ApiError } from "./api.js";
import { follow } from "./follow.js";
import { credentials } from "./screens/credentials.js";
import { done, failed } from "./screens/ending.js";
import { allowed, institutions } from "./screens/institutions.js";
import { terms } from "./screens/terms.js";
import { failureOf } from "./words.js";

const WORTH_REPEATING = new Set(["SITE_NOT_AVAILABLE", "CONNECTION_ERROR", "UNEXPECTED_ERROR", "ERROR", "MERGE_ERROR", "CREATE_ERROR"]);
const NEEDS_FORM = new Set(["LAST_EXECUTION_HAD_LOGIN_ERROR", "CONNECTOR_REQUIRED_PARAMETER_VALIDATION_ERROR", "CONNECTOR_VALIDATION_ERROR", "PARAMETERS_NOT_PROVIDED"]);

/** Runs until connected or given up; whatever breaks ends on a screen that says so. */
export async function run(context) {
  const { host } = context;
  try {
    if (!host.options.connectToken) await stop(context, "noToken", "noTokenTitle");
    else if (host.options.updateItem) await update(context, host.options.updateItem);
    else await create(context);
  } catch (error) {
    await brokenOff(context, error);
  }
}

async function create(context) {
  const { host, api, words } = context;
  const { selectedConnectorId, includeSandbox } = host.options;
  await terms(context, { updating: false });
  host.event("SUBMITTED_CONSENT");
  let preselected = selectedConnectorId ?? null;
  for (;;) {
    let connector;
    if (preselected === null) {
      const { results } = await loading(context, api.connectors({ sandbox: Boolean(includeSandbox) }));
      connector = await institutions(context, allowed(results, host.options));
    } else {
      connector = await loading(context, api.connector(preselected)).catch((error) => {
        if (error instanceof ApiError && error.status === 404) return null;
        throw error;
      });
      if (connector === null) {
        await stop(context, "unknownConnector", "networkTitle", words.unknownConnector);
        return;
      }
    }
    host.event("SELECTED_INSTITUTION", { connector });
    const only = onlyOne(host.options);
    if ((await connectTo(context, connector, { item: null, only })) !== "other") return;
    host.event("SELECTED_INSTITUTION", { connector: null });
    preselected = null;
  }
}

/** Tells whether the host left no second institution to go to. */
function onlyOne({ connectorIds }) {
  return connectorIds?.length === 1;
}

async function update(context, id) {
  const { host, api } = context;
  let item;
  try {
    item = await loading(context, api.item(id));
  } catch (error) {
    if (!(error instanceof ApiError) || ![403, 404].includes(error.status)) throw error;
    await stop(context, "updateNeedsToken", "networkTitle");
    return;
  }
  const connector = item.connector.credentials ? item.connector : await api.connector(item.connector.id);
  await terms(context, { updating: true });
  host.event("SUBMITTED_CONSENT");
  const fresh = connector.credentials?.some((credential) => credential.mfa);
  if (host.options.forceAskForCredentials || item.status === "LOGIN_ERROR" || fresh) {
    await connectTo(context, connector, { item, only: true });
    return;
  }
  await connectTo(context, connector, { item, only: true, stored: true });
}

/**
 * Logs in at one institution and stays with it until it is connected.
 * `stored` begins with the credentials the provider has. Resolves to "done" or "other".
 */
async function connectTo(context, connector, { item, only, stored = false }) {
  const { host } = context;
  const form = { values: prefill(host.options), problems: {}, problem: null };
  let ask = !stored;
  for (;;) {
    let parameters = null;
    if (ask) {
      const updating = item !== null;
      parameters = await credentials(context, connector, { ...form, updating, back: !only });
      if (parameters === null) return "other";
      host.event("SUBMITTED_LOGIN");
      form.values = withoutSecrets(connector, parameters);
    }
    const begun = await begin(context, connector, { item, parameters });
    if (begun.form) {
      ask = true;
      Object.assign(form, begun.form);
      continue;
    }
    const ended = begun.item ? await conclude(context, connector, begun.item, { only }) : begun;
    if (ended.choice !== "retry") return ended.choice;
    item = begun.item ?? item;
    ask = ended.ask;
    Object.assign(form, { problems: {}, problem: null });
  }
}

/** Starts the execution: `{item}`, or the form again with messages, or a choice after a refusal. */
async function begin(context, connector, { item, parameters }) {
  const { api, host, words } = context;
  const running = item !== null && parameters === null && item.status === "UPDATING";
  if (running) return { item };
  const body = parameters === null ? {} : { parameters };
  try {
    if (item !== null) return { item: await loading(context, api.updateItem(item.id, body)) };
    const products = productsOf(host.options);
    const whole = { connectorId: connector.id, ...body, ...(products?.length ? { products } : {}) };
    return { item: await loading(context, api.createItem(whole)) };
  } catch (error) {
    if (!(error instanceof ApiError) || error.status === 403 || error.status >= 500) throw error;
    const problems = Object.fromEntries(error.details.map((detail) => [detail.parameter, detail.message]));
    if (error.details.length > 0 || NEEDS_FORM.has(error.code)) return { form: { problems, problem: null } };
    const text = refusalText(words, error);
    host.error(text);
    const choice = await failed(context, { title: failureOf(words, "ERROR")[0], text, other: item === null });
    return { choice, ask: parameters !== null };
  }
}

/** Follows the execution to its end and shows it. */
async function conclude(context, connector, item, { only }) {
  const { host, words } = context;
  context.busy(true);
  const ended = await follow(context, connector, item);
  context.busy(false);
  if (ended.status === "UPDATED") {
    host.success(ended);
    if (await context.endedHidden()) return { choice: "done" };
    await done(context, connector, { partial: ended.executionStatus === "PARTIAL_SUCCESS" });
    await context.close();
    return { choice: "done" };
  }
  await context.reveal();
  const code = ended.error?.code ?? ended.executionStatus;
  const [title, text] = failureOf(words, code);
  host.error(ended.error?.message ?? text, ended);
  const choice = await failed(context, { title, text, detail: ended.error?.providerMessage, other: !only });
  return { choice, ask: !WORTH_REPEATING.has(code) };
}

function refusalText(words, { code, data, message }) {
  if (code === "CLIENT_IS_UPDATING_BEFORE_ALLOWED_FREQUENCY") return words.tooSoon;
  if (code === "ITEM_USER_ALREADY_EXISTS") return words.exists;
  if (code === "TOO_MANY_CONSECUTIVE_LOGIN_FAILURES") return words.backoff(data?.readableBackoffTime ?? "15 min");
  return message;
}

/** The products of a new item; a portability request is made of an item of its own kind. */
function productsOf({ products, moveSecurityData }) {
  return moveSecurityData ? ["MOVE_SECURITY"] : products;
}

function prefill({ openFinanceParameters }) {
  return { ...(openFinanceParameters ?? {}) };
}

function withoutSecrets(connector, parameters) {
  const open = (connector.credentials ?? []).filter((one) => one.type !== "password" && !one.mfa);
  return Object.fromEntries(open.map(({ name }) => [name, parameters[name] ?? ""]));
}

/** Shows that something is coming, unless it comes at once. */
async function loading({ shell, words }, promise) {
  const timer = setTimeout(() => shell.show("loading", { title: words.loading, role: "status" }), 250);
  try {
    return await promise;
  } finally {
    clearTimeout(timer);
  }
}

async function stop(context, word, titleWord) {
  const { host, words } = context;
  host.error(words[word]);
  await failed(context, { title: words[titleWord], text: words[word], retry: false, onclose: context.close });
}

/** Ends on a screen: the token ran out, or the server cannot be reached. */
async function brokenOff(context, error) {
  context.busy(false);
  await context.reveal();
  const expired = error instanceof ApiError && [401, 403].includes(error.status);
  const [title, text] = expired
    ? [context.words.expiredTitle, context.words.expired]
    : [context.words.networkTitle, context.words.network];
  console.error(error);
  context.host.error(expired ? error.message : text);
  const choice = await failed(context, { title, text, retry: !expired, onclose: context.close });
  if (choice === "retry") await run(context);
}
