"""The operations that only older SDKs name."""

from tests.contract.client.operation import Operation

LEGACY = (
    Operation(
        "GET /acquirer-sales",
        "legacy.acquirer_sales",
        "",
        lambda p: p.legacy.acquirer_sales("x"),
    ),
    Operation(
        "GET /acquirer-sales/{id}",
        "legacy.acquirer_sale",
        "",
        lambda p: p.legacy.acquirer_sale("x"),
    ),
    Operation(
        "GET /acquirer-receivables",
        "legacy.acquirer_receivables",
        "",
        lambda p: p.legacy.acquirer_receivables("x"),
    ),
    Operation(
        "GET /acquirer-receivables/{id}",
        "legacy.acquirer_receivable",
        "",
        lambda p: p.legacy.acquirer_receivable("x"),
    ),
    Operation(
        "GET /acquirer-anticipations",
        "legacy.acquirer_anticipations",
        "",
        lambda p: p.legacy.acquirer_anticipations("x"),
    ),
    Operation(
        "GET /acquirer-anticipations/{id}",
        "legacy.acquirer_anticipation",
        "",
        lambda p: p.legacy.acquirer_anticipation("x"),
    ),
    Operation(
        "GET /benefits",
        "legacy.benefits",
        "",
        lambda p: p.legacy.benefits("x"),
    ),
    Operation(
        "GET /benefits/{id}",
        "legacy.benefit",
        "",
        lambda p: p.legacy.benefit("x"),
    ),
    Operation(
        "GET /payroll-loans",
        "legacy.payroll_loans",
        "",
        lambda p: p.legacy.payroll_loans("x"),
    ),
    Operation(
        "GET /payroll-loans/{id}",
        "legacy.payroll_loan",
        "",
        lambda p: p.legacy.payroll_loan("x"),
    ),
    Operation(
        "GET /income-reports",
        "legacy.income_reports",
        "",
        lambda p: p.legacy.income_reports("x"),
    ),
    Operation(
        "GET /portfolio/{itemId}",
        "legacy.portfolio",
        "",
        lambda p: p.legacy.portfolio("x"),
    ),
    Operation(
        "GET /portfolio/{itemId}/monthly",
        "legacy.monthly_portfolio",
        "",
        lambda p: p.legacy.monthly_portfolio("x"),
    ),
    Operation(
        "POST /payments/bulk",
        "legacy.create_bulk_payment",
        "payments.createBulkPayment",
        lambda p: p.legacy.create_bulk_payment({}),
    ),
    Operation(
        "GET /payments/bulk",
        "legacy.bulk_payments",
        "payments.fetchBulkPayments",
        lambda p: p.legacy.bulk_payments(),
    ),
    Operation(
        "GET /payments/bulk/{id}",
        "legacy.bulk_payment",
        "payments.fetchBulkPayment",
        lambda p: p.legacy.bulk_payment("x"),
    ),
    Operation(
        "DELETE /payments/bulk/{id}",
        "legacy.delete_bulk_payment",
        "payments.deleteBulkPayment",
        lambda p: p.legacy.delete_bulk_payment("x"),
    ),
    Operation(
        "POST /payments/requests/{id}/receipts",
        "legacy.create_receipt",
        "",
        lambda p: p.legacy.create_receipt("x"),
    ),
    Operation(
        "GET /payments/requests/{id}/receipts",
        "legacy.receipts",
        "",
        lambda p: p.legacy.receipts("x"),
    ),
    Operation(
        "GET /payments/requests/{payment-request-id}/receipts/{payment-receipt-id}",
        "legacy.receipt",
        "",
        lambda p: p.legacy.receipt("x", "x"),
    ),
    Operation(
        "GET /payments/requests/{id}/schedules/{scheduleId}",
        "legacy.scheduled_payment",
        "payments.fetchScheduledPayment",
        lambda p: p.legacy.scheduled_payment("x", "x"),
    ),
    Operation(
        "POST /payments/smart-accounts",
        "legacy.create_smart_account",
        "payments.createSmartAccount",
        lambda p: p.legacy.create_smart_account({}),
    ),
    Operation(
        "GET /payments/smart-accounts",
        "legacy.smart_accounts",
        "payments.fetchSmartAccounts",
        lambda p: p.legacy.smart_accounts(),
    ),
    Operation(
        "GET /payments/smart-accounts/{id}",
        "legacy.smart_account",
        "payments.fetchSmartAccount",
        lambda p: p.legacy.smart_account("x"),
    ),
    Operation(
        "GET /payments/smart-accounts/{id}/balance",
        "legacy.smart_account_balance",
        "payments.fetchSmartAccountBalance",
        lambda p: p.legacy.smart_account_balance("x"),
    ),
    Operation(
        "POST /payments/smart-accounts/{id}/transfers",
        "legacy.create_smart_account_transfer",
        "",
        lambda p: p.legacy.create_smart_account_transfer("x", {}),
    ),
    Operation(
        "GET /payments/smart-accounts/{id}/transfers/{transfer_id}",
        "legacy.smart_account_transfer",
        "",
        lambda p: p.legacy.smart_account_transfer("x", "x"),
    ),
)
