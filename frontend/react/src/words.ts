/** What the button says, in each language. */

import type { ConnectState } from "./state.js";

export interface Words {
  connect: string;
  reconnect: string;
  opening: string;
  open: string;
  syncing: string;
  success: string;
  closed: string;
  consent: string;
  consentLink: string;
  already_connected: string;
  reconnectNeeded: string;
  blocked: string;
  signed_out: string;
  refused: string;
  too_many: string;
  unavailable: string;
  bank: string;
  sync: string;
  slow: string;
}

export const WORDS: Record<"pt-BR" | "en", Words> = {
  "pt-BR": {
    connect: "Conectar Banco",
    reconnect: "Reconectar Banco",
    opening: "Abrindo a conexão com o banco…",
    open: "Siga os passos na janela que se abriu.",
    syncing: "Banco conectado com sucesso! Sincronizando dados…",
    success: "Tudo pronto. Lançamentos lidos: {transactions}.",
    closed: "A janela foi fechada e nenhum banco foi conectado.",
    consent: "Antes de conectar, autorize a leitura dos seus dados.",
    consentLink: "Ler e autorizar",
    already_connected: "Este banco já está conectado. Você pode atualizar a conexão.",
    reconnectNeeded: "O banco pede uma nova autenticação. Clique para reconectar.",
    blocked:
      "A janela da Pluggy não abriu. Desative o bloqueador de anúncios nesta página, ou tente em outra rede.",
    signed_out: "Sua sessão terminou. Entre de novo para conectar um banco.",
    refused: "Esta conexão não é permitida.",
    too_many: "Muitas tentativas. Espere um pouco e tente de novo.",
    unavailable: "O serviço não respondeu. Tente de novo em alguns instantes.",
    bank: "O banco não aceitou a conexão. Você pode tentar de novo.",
    sync: "O banco está conectado, mas a leitura dos dados falhou. Vamos tentar de novo sozinhos.",
    slow: "O banco está conectado e ainda está sendo lido. Você pode sair desta página.",
  },
  en: {
    connect: "Connect bank",
    reconnect: "Reconnect bank",
    opening: "Opening the connection to the bank…",
    open: "Follow the steps in the window that opened.",
    syncing: "Bank connected! Reading your data…",
    success: "All done. Transactions read: {transactions}.",
    closed: "The window was closed and no bank was connected.",
    consent: "Allow your data to be read before you connect.",
    consentLink: "Read and allow",
    already_connected: "This bank is connected already. You can update the connection.",
    reconnectNeeded: "The bank asks you to sign in again. Click to reconnect.",
    blocked:
      "Pluggy's window did not open. Turn off the ad blocker on this page, or try another network.",
    signed_out: "Your session has ended. Sign in again to connect a bank.",
    refused: "This connection is not allowed.",
    too_many: "Too many attempts. Wait a little and try again.",
    unavailable: "The service did not answer. Try again in a moment.",
    bank: "The bank did not accept the connection. You can try again.",
    sync: "The bank is connected, but reading its data failed. We will try again by ourselves.",
    slow: "The bank is connected and is still being read. You may leave this page.",
  },
};

/** Says where a connection stands; nothing where there is nothing to say. */
export function say(words: Words, state: ConnectState): string {
  switch (state.status) {
    case "idle":
      return "";
    case "error":
      return words[state.reason];
    case "reconnect":
      return state.reason === "already_connected" ? words.already_connected : words.reconnectNeeded;
    case "success":
      return words.success
        .replace("{transactions}", String(state.transactions))
        .replace("{accounts}", String(state.accounts));
    default:
      return words[state.status];
  }
}
