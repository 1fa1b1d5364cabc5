// node every_method.mjs <package>: go through every method of one version of the official client.
//
// The address is PLUGGY_API_URL, which the client reads by itself; the keys are CLIENT_ID and
// CLIENT_SECRET. Prints one JSON object: the methods there are and those that were called.

import { createRequire } from "node:module";

import { callerOf } from "./caller.mjs";
import { dataTour } from "./data_tour.mjs";
import { paymentsTour } from "./payments_tour.mjs";

const { PluggyClient } = createRequire(import.meta.url)(process.argv[2]);
const client = new PluggyClient({
  clientId: process.env.CLIENT_ID,
  clientSecret: process.env.CLIENT_SECRET,
});

const data = callerOf(client, "client");
const payments = callerOf(client.payments, "payments");
await dataTour(data);
await paymentsTour(payments);

const report = ({ methods, called }) => ({ methods, called: Object.keys(called) });
console.log(JSON.stringify({ data: report(data), payments: report(payments) }));
