/* The list of institutions: filtered by the host's options, searched by the person. */
import { h, icon, logo } from "../dom.js";

/** Resolves to the chosen connector. */
export function institutions({ shell, words }, connectors) {
  return new Promise((resolve) => {
    const list = h("ul", { class: "institutions" });
    const count = h("p", { class: "hidden", role: "status" });
    const search = h("input", {
      type: "search", id: "search", placeholder: words.listSearch, "aria-label": words.listSearch,
      autocomplete: "off", spellcheck: "false", "data-testid": "search",
    });
    const draw = () => {
      const found = connectors.filter((connector) => plain(connector.name).includes(plain(search.value)));
      list.replaceChildren(...found.map((connector) => entry(connector, { words, resolve })));
      if (found.length === 0) list.append(h("li", { class: "empty" }, words.listEmpty));
      count.textContent = words.listCount(found.length);
    };
    search.addEventListener("input", draw);
    draw();
    shell.show("institutions", {
      title: words.listTitle,
      body: [h("div", { class: "search" }, icon("search", 18), search), count, list],
    });
  });
}

function entry(connector, { words, resolve }) {
  const status = connector.health?.status;
  const offline = status === "OFFLINE";
  const note = { OFFLINE: words.listOffline, UNSTABLE: words.listUnstable }[status];
  return h(
    "li",
    {},
    h(
      "button",
      { type: "button", class: "institution", disabled: offline, "data-testid": `connector-${connector.id}`, onclick: () => resolve(connector) },
      logo(connector),
      h("span", { class: "name" }, connector.name),
      note ? h("span", { class: "note" }, note) : icon("next", 18),
    ),
  );
}

/** Writes a name without accents and in lower case, as people type it. */
function plain(text) {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().trim();
}

/** Leaves the connectors that the host's options allow, in the order it asked for. */
export function allowed(connectors, options) {
  const { connectorIds, connectorTypes, countries, products, connectorSortAlphabetically } = options;
  const within = (wanted, value) => !wanted?.length || wanted.includes(value);
  const chosen = connectors.filter(
    (connector) =>
      within(connectorIds, connector.id) &&
      within(connectorTypes, connector.type) &&
      within(countries, connector.country) &&
      (!products?.length || products.some((product) => connector.products?.includes(product))),
  );
  return connectorSortAlphabetically ? chosen.sort((a, b) => a.name.localeCompare(b.name, "pt")) : chosen;
}
