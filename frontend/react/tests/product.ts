/** A back end and a widget that answer as told, in place of the network. */

import { vi } from "vitest";
import type { WidgetClass, WidgetItem, WidgetOptions } from "../src/index.js";

export const ITEM = "7d1b9a52-8a3e-4d5c-9f5e-0a4f3c2b1d00";

export interface Answer {
  status?: number;
  body?: unknown;
  headers?: Record<string, string>;
}

export interface Asked {
  method: string;
  url: string;
  headers: Headers;
  body: unknown;
  credentials: RequestCredentials | undefined;
}

export const TOKEN: Answer = {
  body: {
    connectToken: "token",
    connectUrl: "https://widget.example/?connect_token=token",
    includeSandbox: false,
    selectedConnectorId: 613,
    connectorIds: [613],
  },
};
export const DONE: Answer = { body: { success: true, accounts: 2, transactions: 40 } };
export const LOST: Answer = { status: 0 };

export function refused(status: number, code: string, more: object = {}): Answer {
  return { status, body: { code, error: "No", ...more } };
}

/** Answers each request with the next of *answers*; gives what was asked. */
export function backEnd(...answers: Answer[]): Asked[] {
  const asked: Asked[] = [];
  vi.stubGlobal("fetch", async (url: string, init: RequestInit) => {
    const { method = "GET", headers, body, credentials } = init;
    const told = typeof body === "string" ? JSON.parse(body) : undefined;
    asked.push({ method, url, headers: new Headers(headers), body: told, credentials });
    const answer = answers.shift();
    if (!answer) throw new Error(`nothing is left to answer ${method} ${url} with`);
    if (answer.status === 0) throw new TypeError("Failed to fetch");
    const { status = 200, body: content = {}, headers: given = {} } = answer;
    return new Response(JSON.stringify(content), { status, headers: given });
  });
  return asked;
}

/** A widget the test acts for; `opened` are its openings, the last one is the one on the screen. */
export class Screen {
  readonly opened: WidgetOptions[] = [];
  destroyed = 0;
  /** Whether the frame comes at all. */
  comes = true;

  readonly load = async (): Promise<WidgetClass> => {
    const screen = this;
    return class {
      constructor(options: WidgetOptions) {
        screen.opened.push(options);
      }
      init(): Promise<void> {
        return screen.comes ? Promise.resolve() : new Promise(() => {});
      }
      async destroy(): Promise<void> {
        screen.destroyed += 1;
        screen.opened.at(-1)?.onClose?.();
      }
    };
  };

  get shown(): WidgetOptions {
    const last = this.opened.at(-1);
    if (!last) throw new Error("no widget was opened");
    return last;
  }

  succeed(): void {
    this.shown.onSuccess?.({ item: { id: ITEM } });
  }

  refuse(item?: WidgetItem): void {
    this.shown.onError?.({ message: "no", ...(item ? { data: { item } } : {}) });
  }

  close(): void {
    this.shown.onClose?.();
  }
}
