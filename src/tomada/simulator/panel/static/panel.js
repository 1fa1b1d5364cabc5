/* The control page: asks for the world every second while somebody looks, and shows it. */
import { call, doing } from "./api.js";
import { banks, connect } from "./banks.js";
import { button, place } from "./dom.js";
import { ask } from "./form.js";
import { breakSomething, deliveries, disturb, faults, hooks, requests } from "./traffic.js";
import { moment } from "./words.js";

const EVERY = 1000;
const show = {
  banks: place("banks", banks),
  hooks: place("hooks", hooks),
  deliveries: place("deliveries", deliveries),
  requests: place("requests", requests),
  faults: place("faults", faults),
  verbs: place("world-verbs", worldVerbs),
};
let vocabulary = null;
let timer = 0;

function worldVerbs(live) {
  return [
    live === null
      ? button("Start live mode…", startLive, { key: "live" })
      : button(`Stop live mode (${live} s)`, doing(() => call("POST", "/live", { interval: null }), "Live mode is off"), { key: "live" }),
    button("Let time pass…", passTime, { key: "time" }),
    button("Play a scenario…", doing(playScenario), { key: "play" }),
    button("Reset", reset, { key: "reset" }),
  ];
}

function startLive() {
  ask({
    title: "Live mode",
    intro: "Things keep happening at every connected bank.",
    fields: [{ name: "interval", label: "Seconds between them, about", type: "number", value: "5" }],
    verb: "Start",
    send: async (values) => {
      await call("POST", "/live", values);
      return "Live mode is on";
    },
  });
}

function passTime() {
  ask({
    title: "Let time pass",
    intro: "What falls due happens on the way: runs, retries of webhooks, payments.",
    fields: [
      { name: "days", label: "Days", type: "number", value: "1" },
      { name: "hours", label: "Hours", type: "number", placeholder: "0" },
    ],
    verb: "Pass",
    send: async (values) => {
      const { now } = await call("POST", "/clock", values);
      return `It is ${moment(now)}`;
    },
  });
}

async function playScenario() {
  const { results } = await call("GET", "/scenarios");
  ask({
    title: "Play a scenario",
    intro: "It connects the banks it needs and lets happen what it tells, at once.",
    fields: [{ name: "name", label: "Scenario", options: results.map(({ name, title }) => [name, title ?? name]) }],
    verb: "Play",
    send: async ({ name }) => {
      await call("POST", `/scenarios/${encodeURIComponent(name)}`, {});
      return "Played";
    },
  });
}

function reset() {
  ask({
    title: "Begin again?",
    intro: "Banks, faults and logs are forgotten.",
    fields: [{ name: "keep", label: "Webhooks", options: [["", "forget them too"], ["yes", "keep them"]], value: "yes" }],
    verb: "Reset",
    send: async ({ keep }) => {
      await call("POST", "/reset", { keepWebhooks: keep === "yes" });
      return "The world is empty";
    },
  });
}

async function refresh() {
  clearTimeout(timer);
  try {
    vocabulary ??= await call("GET", "/vocabulary");
    const world = await call("GET", "/overview");
    document.getElementById("seed").textContent = ` · seed ${world.seed}`;
    document.getElementById("clock").textContent = `${moment(world.now)}${world.still ? ", standing" : ""}`;
    document.getElementById("deliveries-count").textContent = world.pendingDeliveries > 0 ? `${world.pendingDeliveries} under way` : "";
    show.banks(world.items, vocabulary);
    show.hooks(world.webhooks, world.hooks);
    show.deliveries(world.deliveries);
    show.requests(world.requests);
    show.faults(world.faults);
    show.verbs(world.live);
    document.getElementById("lost").hidden = true;
  } catch {
    document.getElementById("lost").hidden = false;
  }
  clearTimeout(timer);
  if (!document.hidden) timer = setTimeout(refresh, EVERY);
}

document.getElementById("address").textContent = location.origin;
document.getElementById("banks-verbs").append(button("Connect a bank", doing(() => connect(), "The Connect page is open"), { kind: "main" }));
document.getElementById("hooks-verbs").append(button("Disturb…", disturb));
document.getElementById("faults-verbs").append(button("Break something…", () => breakSomething(vocabulary)));
document.getElementById("requests-verbs").append(button("Empty", doing(() => call("DELETE", "/requests"), "The log is empty"), { kind: "small" }));
document.addEventListener("refresh", refresh);
document.addEventListener("visibilitychange", refresh);
refresh();
