/** One way through token, widget and first reading, without React: states out, one run at a time. */

import { followed, trouble } from "./reading.js";
import { Server, ServerFailure, type ConnectToken, type ServerOptions } from "./server.js";
import { IDLE, type ConnectState, type Reading } from "./state.js";
import {
  inTime,
  loadOfficialWidget,
  widgetOptions,
  type LoadWidget,
  type WidgetItem,
  type WidgetOptions,
} from "./widget.js";

export interface ConnectRequest {
  /** The bank to connect; without one the server takes the bank last agreed to. */
  connectorId?: number;
  /** The connection to update, instead of making a new one. */
  itemId?: string;
}

export interface ConnectOptions extends ServerOptions {
  language?: string;
  theme?: "light" | "dark";
  /** Fills the form of Open Finance banks. */
  openFinanceParameters?: WidgetOptions["openFinanceParameters"];
  /** Milliseconds until a widget that has not come counts as blocked; 20,000. */
  widgetDeadline?: number;
  /** Milliseconds until a reading that goes on is called slow; 15 minutes. */
  syncDeadline?: number;
  /** Loads the widget's class from elsewhere than `pluggy-connect-sdk`. */
  loadWidget?: LoadWidget;
  /** The bank is connected; its reading begins. */
  onConnected?: (told: { itemId: string }) => void;
  /** Everything is read. */
  onSuccess?: (told: Reading) => void;
  onError?: (told: Extract<ConnectState, { status: "error" | "blocked" }>) => void;
  /** The person closed the widget before anything was connected. */
  onClose?: () => void;
  /** The widget has left the screen, whatever came of it; a place to put the focus back. */
  onWidgetClosed?: () => void;
  /** Ask the person to agree; giving true tries once more. */
  onConsentRequired?: (request: ConnectRequest) => boolean | void | Promise<boolean | void>;
  onReconnectRequired?: (told: Extract<ConnectState, { status: "reconnect" }>) => void;
  /** Every state, these included. */
  onChange?: (state: ConnectState) => void;
}

type Widget = InstanceType<Awaited<ReturnType<LoadWidget>>>;

const WIDGET_MS = 20_000;
const SYNC_MS = 15 * 60_000;

export class Connection {
  private current: ConnectState = IDLE;
  private readonly listeners = new Set<() => void>();
  private run: AbortController | null = null;
  private widget: Widget | null = null;

  constructor(private readonly options: () => ConnectOptions) {}

  readonly state = (): ConnectState => this.current;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Tells whether a start would be ignored. */
  get busy(): boolean {
    return this.run !== null;
  }

  /** Opens the widget, unless it is open or its bank is being read. */
  async start(request: ConnectRequest = {}): Promise<void> {
    if (this.run) return;
    const run = new AbortController();
    this.run = run;
    const asked = { ...request };
    // The connection that needs its person is the one to open, whatever else was meant.
    const before = this.current;
    if (before.status === "reconnect") asked.itemId = before.itemId;
    const failed = before.status === "error" && before.reason === "bank" ? before.itemId : undefined;
    try {
      const end = await this.through(asked, failed, run.signal);
      if (!run.signal.aborted) this.finish(end);
    } catch (error) {
      if (!run.signal.aborted) this.finish(trouble(error));
    }
  }

  /** Takes the widget off the screen and forgets what was on its way; the server goes on reading. */
  readonly stop = (): void => {
    this.run?.abort();
    this.run = null;
    this.close();
    this.become(IDLE);
  };

  /** *failed* is the connection that the bank refused in the run before. */
  private async through(
    request: ConnectRequest,
    failed: string | undefined,
    signal: AbortSignal,
  ): Promise<ConnectState> {
    this.become({ status: "opening" });
    const { loadWidget = loadOfficialWidget, widgetDeadline = WIDGET_MS } = this.options();
    const loading = inTime(loadWidget(), widgetDeadline);
    // Looked at below; a refused token must not leave it unheard.
    loading.catch(() => {});
    const server = new Server(this.options());
    const token = await this.token(server, request, signal).catch((error: unknown) => {
      // What failed is known to the server by now: trying again is updating it.
      const end = trouble(error);
      if (failed === undefined || end.status !== "reconnect" || end.itemId !== failed) throw error;
      return server.connectToken({ ...request, itemId: failed }, signal);
    });
    if (token === null) return { status: "consent" };
    const Widget = await loading;
    signal.throwIfAborted();
    const item = await this.shown(Widget, token, signal);
    signal.throwIfAborted();
    if ("status" in item) return item;
    return this.read(server, item.itemId, signal);
  }

  /** Gives null where the person has not agreed. */
  private async token(
    server: Server,
    request: ConnectRequest,
    signal: AbortSignal,
  ): Promise<ConnectToken | null> {
    try {
      return await server.connectToken(request, signal);
    } catch (error) {
      if (!(error instanceof ServerFailure) || error.code !== "consent_required") throw error;
    }
    this.become({ status: "consent" });
    const agreed = await this.options().onConsentRequired?.(request);
    signal.throwIfAborted();
    if (agreed !== true) return null;
    this.become({ status: "opening" });
    return server.connectToken(request, signal);
  }

  /** Shows the widget until it connects a bank (its item) or is closed (the end of the run). */
  private shown(
    Widget: Awaited<ReturnType<LoadWidget>>,
    token: ConnectToken,
    signal: AbortSignal,
  ): Promise<{ itemId: string } | ConnectState> {
    const look = this.options();
    return new Promise((resolve, reject) => {
      let refused: WidgetItem | "unknown" | null = null;
      const options = widgetOptions(token, {
        ...(look.language === undefined ? {} : { language: look.language }),
        ...(look.theme === undefined ? {} : { theme: look.theme }),
        ...(look.openFinanceParameters === undefined
          ? {}
          : { openFinanceParameters: look.openFinanceParameters }),
      });
      const widget = new Widget({
        ...options,
        onSuccess: ({ item }) => resolve({ itemId: item.id }),
        onError: ({ data }) => {
          refused = data?.item ?? "unknown";
        },
        onClose: () => {
          if (this.widget !== widget) return;
          this.widget = null;
          resolve(refused ? refusal(refused, token.updateItem) : { status: "closed" });
          look.onWidgetClosed?.();
        },
      });
      this.widget = widget;
      inTime(widget.init(), look.widgetDeadline ?? WIDGET_MS, options.url).then(
        () => {
          if (!signal.aborted && this.current.status === "opening") this.become({ status: "open" });
        },
        (error: unknown) => {
          // Closed before it was there is closed, not blocked.
          if (this.widget !== widget) return;
          this.close();
          reject(error);
        },
      );
    });
  }

  private async read(server: Server, itemId: string, signal: AbortSignal): Promise<ConnectState> {
    const told = { itemId, accounts: 0, transactions: 0 };
    this.become({ status: "syncing", ...told });
    this.options().onConnected?.({ itemId });
    const deadline = this.options().syncDeadline ?? SYNC_MS;
    return followed(server, itemId, signal, deadline, (counts) =>
      this.become({ status: "syncing", itemId, ...counts }),
    );
  }

  private close(): void {
    const widget = this.widget;
    this.widget = null;
    widget?.destroy().catch(() => {});
  }

  private finish(end: ConnectState): void {
    this.run = null;
    this.become(end);
    const { onSuccess, onError, onClose, onReconnectRequired } = this.options();
    switch (end.status) {
      case "success": {
        const { itemId, accounts, transactions } = end;
        onSuccess?.({ itemId, accounts, transactions });
        break;
      }
      case "error":
      case "blocked":
        onError?.(end);
        break;
      case "closed":
        onClose?.();
        break;
      case "reconnect":
        onReconnectRequired?.(end);
        break;
    }
  }

  private become(state: ConnectState): void {
    if (state === this.current) return;
    this.current = state;
    for (const listener of this.listeners) listener();
    this.options().onChange?.(state);
  }
}

/** What the bank said no to: the update of a known connection, or a new one. */
function refusal(item: WidgetItem | "unknown", updated: string | undefined): ConnectState {
  if (updated) return { status: "reconnect", itemId: updated, reason: "reconnect" };
  if (item === "unknown") return { status: "error", reason: "bank" };
  const code = item.executionStatus ?? item.status;
  return { status: "error", reason: "bank", itemId: item.id, ...(code ? { code } : {}) };
}

