/** The official widget, loaded when it is needed and given up on when it does not come. */

import type { ConnectToken } from "./server.js";

/** What the official SDK is asked for; its class `PluggyConnect` has this shape. */
export type WidgetClass = new (options: WidgetOptions) => {
  init(container?: HTMLElement): Promise<unknown>;
  destroy(): Promise<unknown>;
};

export interface WidgetOptions {
  connectToken: string;
  url?: string;
  includeSandbox?: boolean;
  selectedConnectorId?: number;
  connectorIds?: number[];
  updateItem?: string;
  language?: string;
  theme?: "light" | "dark";
  openFinanceParameters?: { cpf?: string; cnpj?: string };
  onSuccess?: (told: { item: WidgetItem }) => void;
  onError?: (error: { message: string; data?: { item?: WidgetItem } }) => void;
  onClose?: () => void;
}

export interface WidgetItem {
  id: string;
  status?: string;
  executionStatus?: string;
}

export type LoadWidget = () => Promise<WidgetClass>;

/** The script or the frame was held back, or did not come in time. */
export class WidgetBlocked extends Error {
  override readonly name = "WidgetBlocked";
}

/** Loads Pluggy's SDK; it touches `window`, so no server may import it. */
export const loadOfficialWidget: LoadWidget = async () => {
  const { PluggyConnect } = await import("pluggy-connect-sdk");
  return PluggyConnect as unknown as WidgetClass;
};

/** Puts together what the server told and what the page wants; the page's look, the server's bank. */
export function widgetOptions(
  token: ConnectToken,
  look: Pick<WidgetOptions, "language" | "theme" | "openFinanceParameters">,
): WidgetOptions {
  const options: WidgetOptions = { ...look, connectToken: token.connectToken };
  if (token.connectUrl) options.url = new URL(token.connectUrl).origin;
  if (token.includeSandbox) options.includeSandbox = true;
  if (token.selectedConnectorId != null) options.selectedConnectorId = token.selectedConnectorId;
  if (token.connectorIds?.length) options.connectorIds = token.connectorIds;
  if (token.updateItem) options.updateItem = token.updateItem;
  return options;
}

/** Waits for a part of the widget; raises `WidgetBlocked` where it fails or takes too long. */
export async function inTime<T>(part: Promise<T>, milliseconds: number, origin?: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let forbidden: ((event: SecurityPolicyViolationEvent) => void) | undefined;
  try {
    return await new Promise<T>((resolve, reject) => {
      timer = setTimeout(() => reject(new WidgetBlocked("it did not come in time")), milliseconds);
      // The page's own policy says no at once; nothing would ever come.
      forbidden = (event) => {
        if (origin && event.blockedURI.startsWith(origin)) {
          reject(new WidgetBlocked(`${event.effectiveDirective} of this page forbids it`));
        }
      };
      document.addEventListener("securitypolicyviolation", forbidden);
      part.then(resolve, (error: unknown) => {
        reject(new WidgetBlocked("it could not be loaded", { cause: error }));
      });
    });
  } finally {
    clearTimeout(timer);
    if (forbidden) document.removeEventListener("securitypolicyviolation", forbidden);
  }
}
