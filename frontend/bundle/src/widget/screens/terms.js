/* The first screen: what will be read, what will not, and that it can be undone. */
import { h, icon } from "../dom.js";
import { primary } from "../shell.js";

export function terms({ shell, words }, { updating }) {
  return new Promise((resolve) => {
    const points = [
      ["eye", words.termsRead],
      ["lock", words.termsSafe],
      ["check", words.termsStop],
    ];
    shell.show("terms", {
      title: updating ? words.termsUpdateTitle : words.termsTitle,
      lead: updating ? words.termsUpdateLead : words.termsLead,
      mark: h("span", { class: "sign", "aria-hidden": "true" }, icon("lock", 26)),
      body: [h("ul", { class: "points" }, points.map(([name, text]) => h("li", {}, icon(name), h("span", {}, text))))],
      actions: [primary(words.continue, { onclick: resolve, testid: "accept" })],
    });
  });
}
