/*
 * A product's page written for React, for the browser tests: `openWidget(options)` renders
 * `react-pluggy-connect` as a product would, and `heard` keeps every callback in its order.
 */
import { createElement, useState } from "react";
import { createRoot } from "react-dom/client";
import { PluggyConnect } from "react-pluggy-connect";

window.heard = [];
const hear = (name) => (told) => heard.push({ name, ...told });

const listeners = {
  onOpen: hear("open"),
  onClose: hear("close"),
  onHide: hear("hide"),
  onSuccess: ({ item }) => heard.push({ name: "success", item }),
  onError: ({ message, data }) => heard.push({ name: "error", message, item: data?.item }),
  onEvent: ({ event, timestamp, ...rest }) => heard.push({ name: event, timestamp, ...rest }),
  onLoadError: (error) => heard.push({ name: "load error", message: String(error) }),
};

function Product({ options }) {
  const [open, setOpen] = useState(true);
  const close = () => {
    listeners.onClose();
    setOpen(false);
  };
  return open ? createElement(PluggyConnect, { ...options, ...listeners, onClose: close }) : "Fechado";
}

window.openWidget = (options) => {
  createRoot(document.getElementById("product")).render(createElement(Product, { options }));
};
