"""The operations that read and connect banks."""

from datetime import UTC, date, datetime

from tests.contract.client.operation import Operation
from tomada.pluggy import ConnectorFilter, ConnectTokenOptions

DAY = date(2026, 11, 20)
INSTANT = datetime(2026, 11, 20, 12, tzinfo=UTC)

DATA = (
    Operation("POST /auth", "(by itself)", "(by itself)", lambda p: p.get_item("x")),
    Operation(
        "POST /connect_token",
        "create_connect_token",
        "createConnectToken",
        lambda p: p.create_connect_token("x", ConnectTokenOptions(client_user_id="u")),
    ),
    Operation(
        "GET /connectors",
        "list_connectors",
        "fetchConnectors",
        lambda p: p.list_connectors(
            "n",
            sandbox=True,
            types=["OTHER"],
            countries=["BR"],
            is_open_finance=True,
            more=ConnectorFilter(
                supports_payment_initiation=True,
                supports_smart_transfers=True,
                supports_automatic_pix=True,
                health_details=True,
            ),
        ),
    ),
    Operation(
        "GET /connectors/{id}",
        "get_connector",
        "fetchConnector",
        lambda p: p.get_connector(1, health_details=True),
    ),
    Operation(
        "POST /connectors/{id}/validate",
        "items.validate",
        "validateParameters",
        lambda p: p.items.validate(1, {"user": "x"}),
    ),
    Operation("POST /items", "create_item", "createItem", lambda p: p.create_item(1, {})),
    Operation("GET /items/{id}", "get_item", "fetchItem", lambda p: p.get_item("x")),
    Operation("PATCH /items/{id}", "update_item", "updateItem", lambda p: p.update_item("x")),
    Operation("DELETE /items/{id}", "delete_item", "deleteItem", lambda p: p.delete_item("x")),
    Operation(
        "PATCH /items/{id}/disable-auto-sync",
        "items.disable_auto_sync",
        "",
        lambda p: p.items.disable_auto_sync("x"),
    ),
    Operation(
        "POST /items/{id}/mfa", "send_mfa", "updateItemMFA", lambda p: p.send_mfa("x", {"t": "1"})
    ),
    Operation(
        "GET /items/{id}/resources",
        "items.resources",
        "",
        lambda p: p.items.resources("x", status="AVAILABLE"),
    ),
    Operation(
        "GET /items/{id}/scr",
        "items.credit_registry",
        "",
        lambda p: p.items.credit_registry("x", first="202601", last="202602"),
    ),
    Operation(
        "GET /v2/items",
        "items.list",
        "",
        lambda p: p.items.list(client_user_id="u", connector_id=1, after="c"),
    ),
    Operation("GET /consents", "consents.list", "fetchConsents", lambda p: p.consents.list("x")),
    Operation("GET /consents/{id}", "consents.get", "fetchConsent", lambda p: p.consents.get("x")),
    Operation(
        "GET /accounts",
        "list_accounts",
        "fetchAccounts",
        lambda p: p.list_accounts("x", type="BANK"),
    ),
    Operation("GET /accounts/{id}", "get_account", "fetchAccount", lambda p: p.get_account("x")),
    Operation(
        "GET /accounts/{id}/balance", "accounts.balance", "", lambda p: p.accounts.balance("x")
    ),
    Operation(
        "GET /accounts/{id}/statements",
        "accounts.statements",
        "fetchAccountStatements",
        lambda p: p.accounts.statements("x"),
    ),
    Operation("GET /bills", "list_bills", "fetchCreditCardBills", lambda p: p.list_bills("x")),
    Operation(
        "GET /bills/{id}", "accounts.bill", "fetchCreditCardBill", lambda p: p.accounts.bill("x")
    ),
    Operation(
        "GET /transactions",
        "transactions_v1",
        "fetchTransactions",
        lambda p: p.transactions_v1(
            "x", date_from=DAY, date_to=DAY, created_at_from=INSTANT, ids=["a"], bill_id="b"
        ),
    ),
    Operation(
        "GET /v2/transactions",
        "transactions",
        "fetchTransactionsCursor, fetchAllTransactions",
        lambda p: p.transactions("x", date_from=DAY, date_to=DAY, after="c"),
    ),
    Operation(
        "GET /transactions/{id}",
        "get_transaction",
        "fetchTransaction",
        lambda p: p.get_transaction("x"),
    ),
    Operation(
        "PATCH /transactions/{id}",
        "categories.assign",
        "updateTransactionCategory",
        lambda p: p.categories.assign("x", "01000000"),
    ),
    Operation(
        "GET /investments",
        "investments.list",
        "fetchInvestments",
        lambda p: p.investments.list("x", type="ETF"),
    ),
    Operation(
        "GET /investments/{id}",
        "investments.get",
        "fetchInvestment",
        lambda p: p.investments.get("x"),
    ),
    Operation(
        "GET /investments/{id}/transactions",
        "investments.transactions",
        "fetchInvestmentTransactions, fetchAllInvestmentTransactions",
        lambda p: p.investments.transactions("x"),
    ),
    Operation(
        "GET /identity",
        "identities.of_item",
        "fetchIdentityByItemId",
        lambda p: p.identities.of_item("x"),
    ),
    Operation(
        "GET /identity/{id}", "identities.get", "fetchIdentity", lambda p: p.identities.get("x")
    ),
    Operation("GET /loans", "loans.list", "fetchLoans", lambda p: p.loans.list("x")),
    Operation("GET /loans/{id}", "loans.get", "fetchLoan", lambda p: p.loans.get("x")),
    Operation(
        "GET /categories",
        "list_categories",
        "fetchCategories",
        lambda p: p.list_categories(parent_id="01000000"),
    ),
    Operation(
        "GET /categories/{id}", "categories.get", "fetchCategory", lambda p: p.categories.get("x")
    ),
    Operation(
        "GET /categories/rules",
        "categories.list_rules",
        "",
        lambda p: p.categories.list_rules(),
    ),
    Operation(
        "POST /categories/rules",
        "categories.add_rule",
        "",
        lambda p: p.categories.add_rule("d", "01000000"),
    ),
    Operation(
        "DELETE /categories/rules/{id}",
        "categories.remove_rule",
        "",
        lambda p: p.categories.remove_rule("x"),
    ),
    Operation(
        "GET /merchants", "categories.merchants", "", lambda p: p.categories.merchants(["1"])
    ),
    Operation(
        "POST /webhooks",
        "create_webhook",
        "createWebhook",
        lambda p: p.create_webhook("all", "https://x.example"),
    ),
    Operation("GET /webhooks", "list_webhooks", "fetchWebhooks", lambda p: p.list_webhooks()),
    Operation("GET /webhooks/{id}", "get_webhook", "fetchWebhook", lambda p: p.get_webhook("x")),
    Operation(
        "PATCH /webhooks/{id}",
        "update_webhook",
        "updateWebhook",
        lambda p: p.update_webhook("x", enabled=True),
    ),
    Operation(
        "DELETE /webhooks/{id}", "delete_webhook", "deleteWebhook", lambda p: p.delete_webhook("x")
    ),
)
