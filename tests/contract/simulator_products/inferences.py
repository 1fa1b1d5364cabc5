"""What of each operation is inferred, in the words of the reference page; ids are written `{}`."""

from collections.abc import Mapping

# Of Pluggy, and not here.
MISSING: tuple[str, ...] = (
    "the sibling hosts (enrichment, insights, status page), whose answers are not published in full",
    "`GET /items` of the oldest browser client, which the provider no longer answers",
    "data of the product `MOVE_SECURITY`: items may ask for it and no bank offers it",
    "signatures of webhooks: the provider has them, their header and text are not published; your own headers are sent",
    "decryption of encrypted parameters: any text in their place logs in as `user-ok`",
    "real institutions: names and banks are invented",
)

_ACQUIRER = "The list is empty and no id is known: the simulated people take no card payments."
_BY_SETTING = "By `leftovers` also 404 or 410."

INFERRED: Mapping[str, str] = {
    "POST /auth": "The claims of the key beside `exp`, `clientId` and `jti`.",
    "GET /connectors": "The ids of the sandbox connectors other than 0, 2 and 600.",
    "POST /items": "The code `CONNECTOR_OFFLINE`; the item status behind some execution codes.",
    "PATCH /items/{}": "Status and code while a run is under way: `already_updating`. An update "
    "with parameters authorises access anew after a revocation.",
    "GET /items/{}/resources": "Pensions are no resource. What was not approved is "
    "`UNAVAILABLE` after the second run.",
    "GET /items/{}/scr": "A direct item is refused with 400, an unknown document with 422; the "
    "modality codes.",
    "GET /v2/items": "Off unless `list_items`; the order of items of one instant.",
    "GET /accounts": "Whether the lists of a revoked item answer empty: `products.revoked_lists`.",
    "GET /accounts/{}/balance": "Cards and direct items are refused with 400. The number of calls "
    "a month: `products.balances_per_month`. The state of the resource chooses 403, 404 or 500.",
    "GET /accounts/{}/statements": "There is a file for every whole month with a posted row, "
    "cards too. An unknown account is 404.",
    "GET /transactions": "The zone of a bare date: `page_time_zone`. 410 by `v1_transactions`.",
    "GET /v2/transactions": "The zone of a bare date: `page_time_zone`; an unknown account: "
    "`unknown_parent`.",
    "GET /investments": "`balance` is `amount` less the taxes a sale would cost today.",
    "GET /investments/{}/transactions": "Newest first; `netAmount` of a tax is what was paid.",
    "GET /identity": "404 until a run has read the product.",
    "GET /loans": "Days are written as midnight UTC.",
    "POST /categories/rules": "Capitals do not count (`products.rules_match_case`); the newest rule "
    "that fits wins; rows that are there already stay as they are.",
    "DELETE /categories/rules/{}": "Rules of another client id are refused, and not listed.",
    "GET /merchants": "Knows the shops of the simulated households; dots in a number are ignored.",
    "GET /consents": "An end: `products.consent_lasts`. A run under an ended consent ends in "
    "`USER_AUTHORIZATION_REVOKED`.",
    "POST /webhooks": "Answers 200 where the document says 201, as the official client needs.",
    "POST /payments/requests": "The outcome: the payer's page asks whether to approve, reject or "
    "fail with a code. When it expires: `payments.request_ttl`.",
    "POST /payments/intents": "The outcome, as for requests; the pace: `payments.step`.",
    "GET /payments/requests/{}/schedules": "The status of cancelled rows: "
    "`payments.show_canceled_schedules`.",
    "POST /payments/customers": "Which documents are refused: `payments.check_digits`.",
    "POST /smart-transfers/payments": "What happens over a limit: `payments.over_limit`.",
    "GET /smart-transfers/preauthorizations/{}/balance": "The number of calls a month: "
    "`payments.balance_reads_per_month`.",
    "POST /boletos": "How the outcome is chosen: `payments.boleto_outcome`.",
    "GET /acquirer-sales": f"{_ACQUIRER} {_BY_SETTING}",
    "GET /acquirer-sales/{}": f"{_ACQUIRER} {_BY_SETTING}",
    "GET /acquirer-receivables": f"{_ACQUIRER} {_BY_SETTING}",
    "GET /acquirer-receivables/{}": f"{_ACQUIRER} {_BY_SETTING}",
    "GET /acquirer-anticipations": f"{_ACQUIRER} {_BY_SETTING}",
    "GET /acquirer-anticipations/{}": f"{_ACQUIRER} {_BY_SETTING}",
    "GET /benefits": f"The margin of whoever has a payroll loan. {_BY_SETTING}",
    "GET /benefits/{}": _BY_SETTING,
    "GET /payroll-loans": f"Made of the item's payroll loans. {_BY_SETTING}",
    "GET /payroll-loans/{}": _BY_SETTING,
    "GET /income-reports": f"Always empty. {_BY_SETTING}",
    "GET /portfolio/{}": f"The sum of the item's positions. {_BY_SETTING}",
    "GET /portfolio/{}/monthly": f"The current month only. {_BY_SETTING}",
}
