import { act, StrictMode, version } from "react";
import { createRoot, type Root } from "react-dom/client";
import { renderToString } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { PluggyConnectButton, WORDS, type PluggyConnectButtonProps } from "../src/index.js";
import { backEnd, DONE, ITEM, refused, Screen, TOKEN } from "./product.js";

/** The React this run is meant for. */
declare const REACT: string;

let screen: Screen;
let root: Root;

async function show(props: PluggyConnectButtonProps = {}): Promise<void> {
  await act(async () =>
    root.render(
      <StrictMode>
        <PluggyConnectButton loadWidget={screen.load} {...props} />
      </StrictMode>,
    ),
  );
}

const button = () => document.querySelector("button") as HTMLButtonElement;
const line = () => document.querySelector("[role=status]") as HTMLElement;
const press = () => act(async () => button().click());

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  screen = new Screen();
  document.body.innerHTML = "<div></div>";
  root = createRoot(document.body.firstElementChild as Element);
});
afterEach(async () => {
  await act(async () => root.unmount());
  vi.unstubAllGlobals();
});

test("it is a button with the guide's label and class, and an empty line for the news", async () => {
  await show({ className: "wide" });

  expect(version.split(".")[0]).toBe(REACT);
  expect(button().textContent).toBe("Conectar Banco");
  expect([...button().classList]).toEqual(["connect-bank-button", "wide"]);
  expect(button().getAttribute("aria-busy")).toBe("false");
  expect(button().getAttribute("aria-disabled")).toBeNull();
  expect(line().textContent).toBe("");
  expect(document.querySelector("style")).toBeNull();
});

test("it says how it goes, is busy meanwhile, keeps the focus and opens once", async () => {
  let answered: (() => void) | undefined;
  const asked = backEnd(TOKEN, DONE);
  await show({
    connectorId: 613,
    headers: () => new Promise((resolve) => (answered = () => resolve({}))),
  });
  button().focus();

  await act(async () => {
    button().click();
    button().click();
  });
  expect(line().textContent).toBe(WORDS["pt-BR"].opening);
  expect(button().getAttribute("aria-busy")).toBe("true");
  expect(button().getAttribute("aria-disabled")).toBe("true");
  expect(document.activeElement).toBe(button());
  await act(async () => answered?.());
  await press();
  expect(button().dataset["status"]).toBe("open");
  (document.activeElement as HTMLElement).blur();
  await act(async () => screen.succeed());
  expect(line().textContent).toBe("Banco conectado com sucesso! Sincronizando dados…");
  await act(async () => screen.close());
  expect(document.activeElement).toBe(button());
  await act(async () => answered?.());

  expect(line().textContent).toBe("Tudo pronto. Lançamentos lidos: 40.");
  expect(button().getAttribute("aria-busy")).toBe("false");
  expect(screen.opened).toHaveLength(1);
  expect(asked).toHaveLength(2);
});

test("a missing consent leads to where it is given", async () => {
  backEnd(refused(403, "consent_required"));
  await show({ consentUrl: "https://tomada.example/conectar/613" });

  await press();

  const link = line().querySelector("a");
  expect(link?.textContent).toBe("Ler e autorizar");
  expect(link?.href).toBe("https://tomada.example/conectar/613");
});

test("a connection that needs its person is named so, and opened in update mode", async () => {
  const asked = backEnd(refused(409, "already_connected", { itemId: ITEM }), TOKEN);
  await show({ connectorId: 613 });

  await press();
  expect(button().textContent).toBe("Reconectar Banco");
  await press();

  expect(asked[1]?.body).toEqual({ connectorId: 613, itemId: ITEM });
});

test("it speaks English, and the product's own words", async () => {
  backEnd(refused(401, "unauthenticated"));
  await show({ locale: "en", words: { signed_out: "Please log in." } });

  expect(button().textContent).toBe("Connect bank");
  await press();

  expect(line().textContent).toBe("Please log in.");
});

test("it can be rendered by a server", () => {
  const html = renderToString(<PluggyConnectButton />);

  expect(html).toContain("Conectar Banco");
});
