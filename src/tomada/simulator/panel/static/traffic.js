/* What went in and out: webhooks and their deliveries, API requests, and the faults between. */
import { call, doing } from "./api.js";
import { button, h } from "./dom.js";
import { ask } from "./form.js";
import { plain, time, toneOfAnswer } from "./words.js";

/** Renders the subscriptions and what becomes of events. */
export function hooks(webhooks, { mode, left }) {
  const state = mode === "normal" ? null
    : h("p.banner", {}, `${left === null ? "Every event" : `The next ${left}`}: ${mode}. `,
      button("Back to normal", doing(() => call("POST", "/hooks", { mode: "normal" }), "Webhooks are normal again"), { key: "hooks-normal", kind: "small" }));
  if (webhooks.length === 0) return [state, h("p.quiet", {}, "Nobody has subscribed: POST /webhooks.")].filter(Boolean);
  const list = h("ul.plain", {}, webhooks.map((hook) => h("li", {}, h("strong", {}, hook.event), " → ", h("code.wrap", {}, hook.url),
    hook.disabledAt ? h("span.chip.bad", {}, "disabled") : null)));
  return [state, list].filter(Boolean);
}

/** Asks what is to become of the next events. */
export function disturb() {
  ask({
    title: "Disturb webhooks",
    fields: [
      { name: "mode", label: "What becomes of them", options: [["drop", "lost"], ["duplicate", "delivered twice"], ["shuffle", "out of order"]] },
      { name: "count", label: "How many", type: "number", value: "1", hint: "Empty: all from now on." },
    ],
    verb: "Disturb",
    send: async (values) => {
      await call("POST", "/hooks", values);
      return "Set";
    },
  });
}

/** Renders the newest attempts. */
export function deliveries(attempts) {
  if (attempts.length === 0) return h("p.quiet", {}, "Nothing was delivered yet.");
  return h("ul.plain", {}, attempts.map((one, index) => {
    const outcome = one.dropped ? "dropped" : String(one.status ?? "no answer");
    return h("li.entry", {}, h("time", {}, time(one.time)),
      h(`span.chip.${one.dropped ? "warn" : toneOfAnswer(one.status)}`, { title: one.error }, outcome),
      h("span.grow.what", { title: `${one.url} · ${one.eventId} · attempt ${one.attempt}` }, one.event),
      button("Send again", doing(() => call("POST", `/deliveries/${one.eventId}/again`, {}), "Sent again"), { key: `again-${attempts.length - index}-${one.eventId}`, kind: "small" }));
  }));
}

/** Renders the newest API requests. */
export function requests(entries) {
  if (entries.length === 0) return h("p.quiet", {}, "No request came in yet.");
  return h("ul.plain", {}, entries.map((one) => h("li.entry", {}, h("time", {}, time(one.time)),
    h(`span.chip.${toneOfAnswer(one.status)}`, {}, String(one.status ?? "…")),
    h("code.grow.what", { title: one.query ? `${one.path}?${one.query}` : one.path }, `${one.method} ${one.path}`))));
}

/** Renders the faults in place. */
export function faults(list) {
  if (list.length === 0) return h("p.quiet", {}, "Every answer is as it should be.");
  return h("ul.plain", {}, list.map((fault) => {
    const spent = fault.count !== null && fault.count !== undefined && fault.fired >= fault.count;
    const where = fault.event ?? (fault.method ? `${fault.method} ${fault.path}` : "TLS handshakes");
    const often = fault.count === null ? "always" : `${fault.fired} of ${fault.count}`;
    return h(`li.entry${spent ? ".spent" : ""}`, {}, h("span.chip.warn", {}, fault.effect === "status" ? String(fault.status) : plain(fault.effect)),
      h("code.grow.what", { title: where }, where), h("small.quiet", {}, `fired ${often}`),
      button("Remove", doing(() => call("DELETE", `/faults?id=${encodeURIComponent(fault.id)}`), "Removed"), { key: fault.id, kind: "small" }));
  }));
}

/** Asks for a fault. */
export function breakSomething(vocabulary) {
  ask({
    title: "Let answers go wrong",
    fields: [
      { name: "method", label: "Method", options: ["*", "GET", "POST", "PATCH", "DELETE"] },
      { name: "path", label: "Path", value: "/v2/transactions", hint: "* stands for anything: /items/*" },
      { name: "effect", label: "Effect", options: vocabulary.effects.map((one) => [one, plain(one)]) },
      { name: "status", label: "Status", type: "number", value: "500", hint: "For the effect “status”." },
      { name: "seconds", label: "Seconds", type: "number", placeholder: "0", hint: "For the effect “delay”." },
      { name: "count", label: "How often", type: "number", value: "1", hint: "Empty: until removed." },
    ],
    verb: "Break",
    send: async (values) => {
      await call("POST", "/faults", { ...values, count: values.count ?? null });
      return "The fault is in place";
    },
  });
}
