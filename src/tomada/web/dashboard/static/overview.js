// The overview: wires the statement, the parts around it and the stream of what happens.

import { Failure, pause, say, send } from "./wire.js";
import { announce, toast, toastError } from "./toasts.js";
import { annotations } from "./annotate.js";
import { keepTrue } from "./ago.js";
import { listen } from "./live.js";
import { months } from "./months.js";
import { refreshParts } from "./parts.js";
import { rowList } from "./rowlist.js";
import { keepInView } from "./side.js";

const TYPED_MS = 220;
const GATHER_MS = 40;
const LOST_SHOWN_AFTER_MS = 1500;
const MARKED_MS = 8000;
const MOST_MARKED = 12;

const place = document.querySelector("[data-statement]");
const filter = document.querySelector("[data-filter]");
const banner = document.querySelector("[data-live-banner]");
const rows = place ? rowList(place, document.querySelector("[data-skeleton]")) : null;
const choice = { accountId: filter?.elements.account.value || null, month: null, words: null, view: "ledger" };
rows?.start({ ...choice });
if (place) keepInView(document.querySelector(".side"));

// --- narrowing the statement

const monthButton = document.querySelector("[data-month-clear]");
const picture = place ? months(document.querySelector("[data-part=months]"), chooseMonth) : null;

async function narrow() {
  try {
    await Promise.all([rows.narrow({ ...choice }), refreshParts(choice)]);
    announce(place.querySelector("[data-nothing]") ? say("results_none") : say("results"));
  } catch (failure) {
    toastError(failure);
  }
}

function chooseMonth(month, title = "") {
  choice.month = month;
  monthButton.hidden = !month;
  monthButton.querySelector("span").textContent = title;
  picture.mark(month);
  narrow();
}

function chooseAccount(id) {
  choice.accountId = id || null;
  filter.elements.account.value = id || "";
  for (const one of document.querySelectorAll("[data-account]")) {
    const chosen = one.dataset.account === id;
    one.classList.toggle("chosen", chosen);
    if (chosen) one.setAttribute("aria-current", "true");
    else one.removeAttribute("aria-current");
  }
  history.replaceState(null, "", id ? `/?conta=${encodeURIComponent(id)}` : "/");
  narrow();
}

function clearAll() {
  filter.reset();
  choice.words = null;
  choice.month = null;
  choice.view = "ledger";
  monthButton.hidden = true;
  picture.mark(null);
  chooseAccount("");
}

if (filter) {
  let typed = null;
  filter.elements.q.addEventListener("input", () => {
    clearTimeout(typed);
    typed = setTimeout(() => {
      choice.words = filter.elements.q.value.trim() || null;
      narrow();
    }, TYPED_MS);
  });
  filter.addEventListener("submit", (event) => event.preventDefault());
  filter.elements.account.addEventListener("change", (event) => chooseAccount(event.target.value));
  filter.elements.view.addEventListener("change", (event) => {
    choice.view = event.target.value;
    narrow();
  });
  monthButton.addEventListener("click", () => chooseMonth(null));
}

document.addEventListener("click", (event) => {
  const account = event.target.closest("[data-account]");
  if (account && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    chooseAccount(account.dataset.account === choice.accountId ? "" : account.dataset.account);
  }
  if (event.target.closest("[data-clear]")) clearAll();
});

// --- banks and notices

document.addEventListener("click", async (event) => {
  const sync = event.target.closest("[data-sync]");
  const again = event.target.closest("[data-refresh]");
  const read = event.target.closest("[data-read]");
  try {
    if (sync) await syncNow(sync.dataset);
    if (again) await refreshBank(again);
    if (read) await markRead(read);
  } catch (failure) {
    toastError(failure);
  }
});

async function syncNow({ sync: itemId, name }) {
  closeMenus();
  toast(say("sync_started", { institution: name }));
  const answer = await send("POST", "/api/open-finance/sync-data", { itemId });
  toast(answer.pending ? say("sync_later") : say("sync_done"));
  update();
}

// Pluggy takes minutes; what it finds arrives by the stream.
async function refreshBank(button) {
  button.disabled = true;
  try {
    await send("POST", `/api/open-finance/items/${encodeURIComponent(button.dataset.refresh)}/refresh`);
    toast(say("refresh_started", { institution: button.dataset.name }));
  } finally {
    await refreshParts(choice);
  }
}

// A link keeps its way: it may be followed before the answer is here.
async function markRead(element) {
  const path = `/api/open-finance/notifications/${encodeURIComponent(element.dataset.read)}/read`;
  if (element.matches("a")) {
    send("POST", path).catch(() => {});
    return;
  }
  await send("POST", path);
  await refreshParts(choice);
}

function closeMenus() {
  for (const one of document.querySelectorAll("details[data-pop][open]")) one.open = false;
}

annotations(() => update());

// --- what happens meanwhile

const marked = new Set();
let gathered = [];
let draining = null;

// One update at a time: what comes during one is told together in the next.
function onEntries(entries) {
  gathered.push(...entries);
  draining ??= drain();
}

async function drain() {
  await pause(GATHER_MS);
  while (gathered.length) {
    const batch = gathered;
    gathered = [];
    await update(batch);
  }
  draining = null;
}

async function update(entries = null) {
  if (!place) {
    // The first bank was connected elsewhere, or data arrived: this page has no room for it.
    if (!entries || entries.some((one) => one.kind !== "notification")) location.reload();
    else await refreshParts(choice).catch(() => {});
    return;
  }
  const news = new Set(
    (entries ?? [])
      .filter((one) => one.kind === "transactions.new")
      .flatMap((one) => one.data.transactionIds ?? []),
  );
  const listed = !entries || entries.some((one) => one.kind !== "notification");
  try {
    await Promise.all([
      listed ? rows.refresh(() => show(news)) : null,
      refreshParts(choice).then((parts) => {
        // The last bank is gone, and with it what this page is for.
        const banks = parts.querySelector("[data-for=banks]").content;
        if (!banks.querySelector("[data-bank]")) location.reload();
        else tell(entries ?? []);
      }),
    ]);
    if (news.size > MOST_MARKED) announce(say("new_many", { n: news.size }));
  } catch (failure) {
    // Lost on the way: the stream notices too, and everything is read again when it is back.
    if (!(failure instanceof Failure) || failure.status !== 0) toastError(failure);
  }
}

// Marks rows that have just happened; a first reading of a thousand is no event of its own.
// A row may be on the page before its entry is heard, so it is looked up and not expected.
function show(news) {
  if (news.size > MOST_MARKED) return;
  const fresh = [...news].map((id) => rows.find(id)).filter((row) => row && !marked.has(row.dataset.key));
  for (const row of fresh) mark(row);
  if (fresh.length === 1) announce(say("new_one", { text: spoken(fresh[0]) }));
  else if (fresh.length) announce(say("new_many", { n: fresh.length }));
}

function tell(entries) {
  for (const entry of entries) {
    if (entry.kind !== "notification") continue;
    const id = CSS.escape(String(entry.data.notificationId));
    const notice = document.querySelector(`[data-notice="${id}"].unread`);
    if (!notice) continue;
    const text = `${notice.dataset.title}: ${notice.dataset.message}`;
    toast(text, { bad: notice.matches(".error") });
  }
}

function mark(row) {
  marked.add(row.dataset.key);
  row.classList.add("fresh");
  setTimeout(() => row.classList.remove("fresh"), MARKED_MS);
}

const spoken = (row) =>
  [".row-title > span", ".amount"].map((part) => row.querySelector(part)?.textContent ?? "").join(", ");

let lostTimer = null;
let wasLost = false;

function onState(state) {
  clearTimeout(lostTimer);
  document.documentElement.toggleAttribute("data-live", state === "live");
  if (state === "live") {
    banner.hidden = true;
    if (wasLost) update();
    wasLost = false;
  } else if (state === "lost") {
    wasLost = true;
    lostTimer = setTimeout(() => showBanner(say("offline")), LOST_SHOWN_AFTER_MS);
  } else {
    showBanner(say("signed_out"));
  }
}

function showBanner(text) {
  banner.querySelector("span").textContent = text;
  banner.hidden = false;
}

listen({ after: Number(document.body.dataset.feed), onEntries, onState });

// --- time goes by

const dayNow = () => new Intl.DateTimeFormat("sv-SE", { timeZone: "America/Sao_Paulo" }).format();
let today = dayNow();
keepTrue();
setInterval(() => {
  if (dayNow() === today) return;
  today = dayNow();
  update();
}, 60000);
