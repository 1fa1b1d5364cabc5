// Every method of the client of payments, in one story.

import { control, must, until } from "./caller.mjs";

const CPF = "52998224725";
const BANK = 613;
const PAYER = { connectorId: BANK, parameters: { cpf: CPF } };

const day = (ahead) =>
  new Date(Date.now() + ahead * 86_400_000 - 3 * 3_600_000).toISOString().slice(0, 10);

export async function paymentsTour({ call, refused, methods }) {
  const recipient = await parties(call);
  const request = await single(call, refused, recipient);
  await scheduled(call, recipient);
  await automaticPix(call, recipient);
  await bulk(call, recipient);
  if (methods.includes("createSmartTransferPreauthorization")) await smartTransfers(call, recipient);
  must((await call("fetchPaymentRequests", { pageSize: 100 })).total > 3, "requests");
  await call("deletePaymentRequest", (await call("createPaymentRequest", request)).id);
  await call("deletePaymentRecipient", recipient.id);
}

async function parties(call) {
  const institutions = await call("fetchPaymentInstitutions", { name: "Aurora" });
  const institution = await call("fetchPaymentInstitution", institutions.results[0].id);
  must(institution.createdAt instanceof Date, "a date");
  const body = {
    name: "Padaria Boa Hora",
    taxNumber: "11222333000181",
    paymentInstitutionId: institution.id,
    account: { branch: "0001", number: "123456-7", type: "CHECKING_ACCOUNT" },
  };
  const recipient = await call("createPaymentRecipient", body);
  await call("fetchPaymentRecipient", recipient.id);
  await call("updatePaymentRecipient", recipient.id, { name: "Padaria", taxNumber: body.taxNumber });
  must((await call("fetchPaymentRecipients")).total === 1, "one recipient");
  const customer = await call("createPaymentCustomer", {
    type: "INDIVIDUAL",
    name: "Ana Teste",
    email: "ana@example.com",
    cpf: CPF,
  });
  await call("fetchPaymentCustomer", customer.id);
  await call("updatePaymentCustomer", customer.id, { name: "Ana Maria Teste" });
  must((await call("fetchPaymentCustomers")).total === 1, "one customer");
  await call("deletePaymentCustomer", customer.id);
  return recipient;
}

async function single(call, refused, recipient) {
  const body = { amount: 12.34, description: "Teste", recipientId: recipient.id, isSandbox: true };
  const request = await call("createPaymentRequest", body);
  await pay(call, request);
  const paid = await call("fetchPaymentRequest", request.id);
  must(paid.status === "COMPLETED" && paid.fees === 0, "a completed request");
  const intents = await call("fetchPaymentIntents", { paymentRequestId: request.id });
  must(intents.results[0].status === "PAYMENT_COMPLETED", "a completed intent");
  const wrong = await refused("createPaymentIntent", { paymentRequestId: request.id, ...PAYER });
  must(wrong.code === 400, "no second payment");
  return body;
}

async function pay(call, request) {
  const intent = await call("createPaymentIntent", { paymentRequestId: request.id, ...PAYER });
  must(intent.consentUrl.startsWith(process.env.PLUGGY_API_URL), "a page to consent on");
  await control(`payments/intents/${intent.id}/decision`, { decision: "approve" });
  await call("fetchPaymentIntent", intent.id);
}

async function scheduled(call, recipient) {
  const schedule = { type: "DAILY", startDate: day(2), occurrences: 3 };
  const body = { amount: 5, recipientId: recipient.id, schedule };
  const request = await call("createPaymentRequest", body);
  await pay(call, request);
  const rows = await call("fetchScheduledPayments", request.id);
  must(rows.results.length === 3 && rows.results[0].scheduledDate === day(2), "three days");
  const [first] = rows.results;
  await call("cancelScheduledPayment", request.id, first.id);
  const canceled = await call("fetchScheduledPayment", request.id, first.id);
  must(canceled.status === "CANCELED", "a canceled payment");
  await call("cancelScheduledPayments", request.id);
  must((await call("fetchPaymentRequest", request.id)).status === "CANCELED", "a canceled request");
}

async function automaticPix(call, recipient) {
  await control("payments/outcomes", { kind: "charge", outcome: "SALDO_INSUFICIENTE" });
  const request = await call("createPaymentRequestPixAutomatico", {
    fixedAmount: 30,
    interval: "MONTHLY",
    startDate: day(5),
    isRetryAccepted: true,
    firstPayment: { amount: 30, date: day(0) },
    recipientId: recipient.id,
    isSandbox: true,
  });
  await pay(call, request);
  const planned = { amount: 30, date: day(4), description: "Mensalidade" };
  const charge = await call("scheduleAutomaticPixPayment", request.id, planned);
  const failed = await until(async () => {
    const charges = await call("fetchAutomaticPixPayments", request.id, { pageSize: 10 });
    return charges.results.find((one) => one.status === "ERROR");
  });
  must(failed.errorDetail.code === "SALDO_INSUFICIENTE", "a charge that failed");
  await call("retryAutomaticPixPayment", request.id, failed.id, { date: day(3) });
  const again = await call("fetchAutomaticPixPayment", request.id, failed.id);
  must(again.status === "SCHEDULED" && again.attempts.length === 2, "a second attempt");
  await call("cancelAutomaticPixPayment", request.id, charge.id);
  await call("cancelAutomaticPixAuthorization", request.id);
  must((await call("fetchPaymentRequest", request.id)).status === "CANCELED", "an end");
}

async function bulk(call, recipient) {
  const account = await call("createSmartAccount", {
    name: "Loja Teste",
    taxNumber: "11222333000181",
    email: "loja@example.com",
    phoneNumber: "+5511900000000",
  });
  await call("fetchSmartAccount", account.id);
  await call("fetchSmartAccounts");
  must((await call("fetchSmartAccountBalance", account.id)).balance === 0, "an empty account");
  const body = { amount: 1, recipientId: recipient.id };
  const request = await call("createPaymentRequest", body);
  const made = await call("createBulkPayment", {
    smartAccountId: account.id,
    paymentRequestIds: [request.id],
  });
  must((await call("fetchBulkPayment", made.id)).totalAmount === 1, "the sum");
  await call("fetchBulkPayments");
  await call("deleteBulkPayment", made.id);
}

async function smartTransfers(call, recipient) {
  const asked = await call("createSmartTransferPreauthorization", {
    ...PAYER,
    recipientIds: [recipient.id],
  });
  await control(`payments/preauthorizations/${asked.id}/decision`, { decision: "approve" });
  const given = await call("fetchSmartTransferPreauthorization", asked.id);
  must(given.status === "COMPLETED", "a preauthorization");
  must((await call("fetchSmartTransferPreauthorizations")).total === 1, "one preauthorization");
  const payment = await call("createSmartTransferPayment", {
    preauthorizationId: asked.id,
    recipientId: recipient.id,
    amount: 9.5,
  });
  const paid = await call("fetchSmartTransferPayment", payment.id);
  must(paid.status === "PAYMENT_COMPLETED", "a completed transfer");
}
