/*
 * The page that opened us: the official SDK around an iframe, a WebView, or nobody.
 * Options are read once; callbacks go out under the same names in all three cases.
 */
import { initialize } from "pluggy-connect-sdk/dist/module/pluggy-connect.js";

const LISTS = { connector_ids: "connectorIds", connector_types: "connectorTypes", countries: "countries", products: "products" };
const FLAGS = {
  with_sandbox: "includeSandbox",
  allow_connect_in_background: "allowConnectInBackground",
  allow_fullscreen: "allowFullscreen",
  connectors_sort_alphabetically: "connectorSortAlphabetically",
  force_ask_for_credentials: "forceAskForCredentials",
};

/** Completes the SDK's handshake and gives the host, whoever it is. */
export function connectHost() {
  initialize();
  return window.xprops ? new FrameHost(window.xprops) : new DirectHost(new URL(location.href));
}

/** The official SDK; every property of its options is on `xprops`. */
class FrameHost {
  constructor(xprops) {
    this.xprops = xprops;
    this.options = xprops;
    this.canHide = Boolean(xprops.allowConnectInBackground);
  }

  event(name, extra = {}) {
    return this.#call("onEventProp", { event: name, timestamp: Date.now(), ...extra });
  }

  success(item) {
    return this.#call("onSuccessProp", { item });
  }

  error(message, item = null) {
    return this.#call("onErrorProp", item ? { message, data: { item } } : { message });
  }

  /** Goes on without being seen; the host's page scrolls again. */
  async hide() {
    window.parent.postMessage(JSON.stringify({ type: "CONTINUE_IN_BACKGROUND" }), "*");
    await this.xprops.hide();
    await this.#call("onHideProp");
  }

  async show() {
    await this.xprops.show();
  }

  async close() {
    await this.xprops.close();
  }

  /** A browser opens a tab; an app's host opens its own view, or the system's browser where that is forced. */
  openAtBank(url) {
    if (this.xprops._runningInCordova) {
      const type = this.options.forceOauthInBrowser ? "LINK_OPEN" : "OAUTH_OPEN";
      window.parent.postMessage(JSON.stringify({ type, message: url }), "*");
      return;
    }
    window.open(url, "_blank", "noopener");
  }

  async #call(name, ...values) {
    try {
      await this.xprops[name]?.(...values);
    } catch (error) {
      // The host's own handler failed; that is for the host to see, and no reason to stop here.
      console.error(`The page's ${name} failed`, error);
    }
  }
}

/** Opened by address: a WebView that listens to messages, or a plain tab. */
class DirectHost {
  constructor(url) {
    this.url = url;
    this.canHide = false;
    this.options = optionsOf(url.searchParams);
    this.#location("OPEN");
  }

  event(name, extra = {}) {
    this.#location(name, extra.item ?? null);
  }

  success(item) {
    this.#location("SUCCESS", item);
  }

  error(message, item = null) {
    this.#location("ERROR", item, message);
  }

  hide() {}

  show() {}

  /** Tells the WebView; a tab that we may not close shows its farewell. */
  close() {
    this.#location("CLOSE");
    window.close();
  }

  openAtBank(url) {
    if (window.ReactNativeWebView) this.#post({ type: "OAUTH_OPEN", message: url });
    else window.open(url, "_blank", "noopener");
  }

  #location(type, item = null, message = null) {
    const url = new URL(location.href);
    url.searchParams.set("type", type);
    url.searchParams.set("lastType", type);
    url.searchParams.set("timestamp", String(Date.now()));
    if (item) url.searchParams.set("item", JSON.stringify({ id: item.id, status: item.status, executionStatus: item.executionStatus }));
    if (message) url.searchParams.set("message", message);
    this.#post({ type: "LOCATION", message: url.href });
  }

  #post(message) {
    const text = JSON.stringify(message);
    window.ReactNativeWebView?.postMessage(text);
    if (window.parent !== window) window.parent.postMessage(text, "*");
  }
}

/** Reads the address names of the WebView protocol into the SDK's option names. */
export function optionsOf(query) {
  const options = { connectToken: query.get("connect_token"), language: query.get("lang"), theme: query.get("theme") };
  for (const [name, option] of Object.entries(LISTS)) {
    const values = (query.get(name) ?? "").split(",").filter(Boolean);
    if (values.length > 0) options[option] = option === "connectorIds" ? values.map(Number) : values;
  }
  for (const [name, option] of Object.entries(FLAGS)) {
    if (query.has(name)) options[option] = query.get(name) === "true";
  }
  if (query.get("update_item")) options.updateItem = query.get("update_item");
  if (query.get("selected_connector_id")) options.selectedConnectorId = Number(query.get("selected_connector_id"));
  try {
    options.openFinanceParameters = JSON.parse(query.get("open_finance_parameters") ?? "null") ?? undefined;
  } catch {
    // A prefill that cannot be read is no prefill.
  }
  return options;
}
