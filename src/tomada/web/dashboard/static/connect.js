// From agreement to a connected bank: consent, token, Pluggy's window, the first reading.

import { Failure, pause, say, send } from "./wire.js";
import { isDark } from "./shell.js";

const place = document.querySelector("[data-connect]");
const form = place.querySelector("[data-agree]");
const { connector, item, version, digest, locale, widget } = place.dataset;
const LOOK_MS = 1000;
const LONG_MS = 20000;

// Loaded while the person reads.
const sdk = form ? import("./vendor/pluggy-connect.js") : null;
sdk?.catch(() => {});

function stage(name) {
  for (const one of place.querySelectorAll("[data-stage]")) one.hidden = one.dataset.stage !== name;
  const now = name === "agree" ? 1 : 2;
  place.querySelectorAll(".steps li").forEach((step, at) => {
    step.className = at < now ? "past" : at === now ? "now" : "next";
    if (at === now) step.setAttribute("aria-current", "step");
    else step.removeAttribute("aria-current");
  });
  window.scrollTo({ top: 0 });
}

function problem(text) {
  const box = form.querySelector("[data-error]");
  box.textContent = text;
  box.hidden = !text;
}

function fail(text) {
  const box = place.querySelector("[data-failed-text]");
  if (text) box.textContent = text;
  stage("failed");
}

function chosen() {
  return [...form.querySelectorAll("[name=purpose]:checked")].map((one) => one.value);
}

async function agree() {
  if (version) {
    await send("POST", "/api/open-finance/consents", {
      connectorId: Number(connector),
      noticeVersion: version,
      noticeSha256: digest,
      purposes: chosen(),
      adult: form.elements.adult.checked,
      locale,
    });
  }
}

async function openWidget() {
  stage("opening");
  const body = item ? { itemId: item } : { connectorId: Number(connector) };
  const token = await send("POST", "/api/open-finance/create-connect-token", body);
  let PluggyConnect;
  try {
    ({ PluggyConnect } = await sdk);
  } catch {
    fail(say("error_widget"));
    return;
  }
  let connected = null;
  let refused = null;
  const options = {
    connectToken: token.connectToken,
    includeSandbox: token.includeSandbox === true,
    language: document.documentElement.lang.startsWith("pt") ? "pt" : "en",
    theme: isDark() ? "dark" : "light",
    url: widget,
    onSuccess: ({ item: made }) => {
      connected = made.id;
      read(connected);
    },
    onError: (error) => {
      refused = error;
    },
    onClose: () => {
      if (connected) return;
      if (refused) fail();
      else stage("closed");
    },
  };
  if (token.selectedConnectorId != null) options.selectedConnectorId = token.selectedConnectorId;
  if (token.connectorIds?.length) options.connectorIds = token.connectorIds;
  if (token.updateItem) options.updateItem = token.updateItem;
  await new PluggyConnect(options).init();
}

async function read(itemId) {
  stage("syncing");
  const late = setTimeout(() => {
    place.querySelector("[data-long]").hidden = false;
  }, LONG_MS);
  try {
    let sync = await firstReading(itemId);
    if (!sync) return;
    while (sync.pending || ["queued", "running"].includes(sync.state)) {
      counted(sync);
      await pause(LOOK_MS);
      sync = await send("GET", `/api/open-finance/syncs/${sync.syncId}`);
    }
    if (sync.state === "failed") {
      stage("sync-failed");
      return;
    }
    counted(sync);
    location.assign("/");
  } catch {
    stage("sync-failed");
  } finally {
    clearTimeout(late);
  }
}

async function firstReading(itemId) {
  try {
    return await send("POST", "/api/open-finance/sync-data", { itemId });
  } catch (failure) {
    if (failure.code !== "confirmation_required") throw failure;
    place.querySelector("[data-unsure-text]").textContent = say("unsure", {
      institution: failure.body.institution,
    });
    place.querySelector("[data-confirm]").dataset.confirm = itemId;
    stage("unsure");
    return null;
  }
}

place.querySelector("[data-confirm]")?.addEventListener("click", async (event) => {
  const itemId = event.currentTarget.dataset.confirm;
  try {
    await send("POST", `/api/open-finance/items/${itemId}/confirm`);
    await read(itemId);
  } catch {
    stage("sync-failed");
  }
});

function counted({ accounts, transactions }) {
  if (!accounts) return;
  place.querySelector("[data-progress-text]").textContent = say("counted", { accounts, transactions });
}

async function begin() {
  problem("");
  try {
    await agree();
    await openWidget();
  } catch (failure) {
    const known = failure instanceof Failure;
    if (known && failure.code === "consent_required" && item) {
      // The consent of this connection has ended: it is asked for again first.
      location.assign(`/conectar/${connector}?item=${encodeURIComponent(item)}`);
      return;
    }
    stage("agree");
    problem(known ? failure.text : say("error_generic"));
  }
}

if (form) {
  const button = form.querySelector("[type=submit]");
  const needed = [...form.querySelectorAll("[data-needed]")];
  const ready = () => needed.every((one) => one.checked);
  // A browser may restore ticks when the person comes back; agreement is always given anew.
  for (const one of form.querySelectorAll("[type=checkbox]")) one.checked = false;
  form.addEventListener("change", () => {
    button.disabled = !ready();
  });
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (!ready()) return;
    button.disabled = true;
    await begin();
    button.disabled = !ready();
  });
  for (const again of place.querySelectorAll("[data-retry]")) {
    again.addEventListener("click", begin);
  }
}
