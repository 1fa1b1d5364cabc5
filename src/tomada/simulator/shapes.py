"""The JSON shapes of items, accounts, transactions, bills, consents and webhooks."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tomada.simulator.connectors import Catalogue, Connector, Credential
from tomada.simulator.encoding import day_instant, instant, number
from tomada.simulator.payments.abilities import abilities
from tomada.simulator.records import AccountRecord, BillRecord, TransactionRecord
from tomada.simulator.state import ConsentRecord, ItemRecord, WebhookRecord

Shape = dict[str, Any]

_SINCE = "2020-09-07T00:08:06.588Z"


def credential_shape(rule: Credential) -> Shape:
    """Show one field of a login form."""
    shape: Shape = {
        "name": rule.name,
        "label": rule.label,
        "type": rule.type,
        "placeholder": rule.placeholder,
        "validation": rule.validation,
        "validationMessage": rule.message,
        "optional": rule.optional,
    }
    return shape | {"mfa": True} if rule.mfa else shape


@dataclass(frozen=True, slots=True, repr=False)
class ConnectorShapes:
    """Show connectors; logos are served by the simulator, at the address it is called by."""

    catalogue: Catalogue

    def of(self, connector: Connector, *, origin: str, details: bool = False) -> Shape:
        """Show one connector; *details* adds its connection rates."""
        health: Shape = {"status": self.catalogue.status(connector.id), "stage": None}
        if details:
            health["details"] = {"connectionRateLast6Hours": 0.98, "connectionsLast6Hours": 120}
        return {
            "id": connector.id,
            "name": connector.name,
            "primaryColor": connector.color,
            "institutionUrl": f"{origin}/_bank/{connector.id}",
            "imageUrl": f"{origin}/_simulator/logo/{connector.id}.svg",
            "country": "BR",
            "type": connector.type,
            "credentials": [credential_shape(rule) for rule in connector.credentials],
            "hasMFA": connector.has_mfa,
            "oauth": connector.oauth,
            "health": health,
            "products": list(connector.products),
            "createdAt": _SINCE,
            "updatedAt": _SINCE,
            "isSandbox": connector.is_sandbox,
            "isOpenFinance": connector.is_open_finance,
            **abilities(connector).shape(),
        }


def item_shape(
    item: ItemRecord,
    *,
    connector: Shape,
    show_client_user_id: bool,
    consent_expires_at: datetime | None = None,
) -> Shape:
    """Show an item with its whole connector inside, as the API does."""
    shape: Shape = {
        "id": item.id,
        "connector": connector,
        "createdAt": instant(item.created_at),
        "updatedAt": instant(item.updated_at),
        "lastUpdatedAt": instant(item.last_updated_at),
        "status": item.status,
        "executionStatus": item.execution_status,
        "error": item.error,
        "parameter": item.parameter,
        "userAction": item.user_action,
        "statusDetail": item.status_detail,
        "webhookUrl": item.webhook_url,
        "consecutiveFailedLoginAttempts": item.failed_logins,
        "nextAutoSyncAt": instant(item.next_auto_sync_at),
        "consentExpiresAt": instant(consent_expires_at),
        "products": item.products,
        "resourcesCollectedAt": instant(item.resources_collected_at),
        "hasResourcesPendingAuthorization": item.resources_pending,
    }
    return shape | {"clientUserId": item.client_user_id} if show_client_user_id else shape


def account_shape(account: AccountRecord, *, reduced: bool = False) -> Shape:
    """Show an account; *reduced* leaves out what a connect token may not see."""
    shape: Shape = {
        "id": account.id,
        "itemId": account.item_id,
        "type": account.type,
        "subtype": account.subtype,
        "number": account.number,
        "name": account.name,
        "balance": number(account.balance),
        "currencyCode": account.currency_code,
        "createdAt": instant(account.created_at),
        "updatedAt": instant(account.updated_at),
    }
    if reduced:
        return shape
    return shape | {
        "marketingName": account.marketing_name,
        "owner": account.owner,
        "taxNumber": account.tax_number,
        "bankData": account.bank_data,
        "creditData": account.credit_data,
    }


def transaction_shape(row: TransactionRecord) -> Shape:
    """Show a transaction; its amounts have been tidied when it was collected."""
    return {
        "id": row.id,
        "accountId": row.account_id,
        "description": row.description,
        "descriptionRaw": row.description_raw,
        "currencyCode": row.currency_code,
        "amount": row.amount,
        "amountInAccountCurrency": row.amount_in_account_currency,
        "date": instant(row.date),
        "type": row.type,
        "status": row.status,
        "balance": row.balance,
        "order": row.order,
        "category": row.category,
        "categoryId": row.category_id,
        "providerCode": row.provider_code,
        "providerId": row.provider_id,
        "operationType": row.operation_type,
        "operationTypeAdditionalInfo": None,
        "paymentData": row.payment_data,
        "creditCardMetadata": row.credit_card_metadata,
        "merchant": row.merchant,
        "createdAt": instant(row.created_at),
        "updatedAt": instant(row.updated_at),
    }


def bill_shape(bill: BillRecord, account: AccountRecord) -> Shape:
    """Show a closed bill."""
    return {
        "id": bill.id,
        "accountId": account.id,
        "dueDate": day_instant(bill.due_date),
        "billClosingDate": day_instant(bill.closing_date),
        "totalAmount": number(bill.total_amount),
        "totalAmountCurrencyCode": bill.currency_code,
        "minimumPaymentAmount": number(bill.minimum_payment_amount),
        "allowsInstallments": True,
        "financeCharges": bill.finance_charges,
        "payments": bill.payments,
        "createdAt": instant(account.created_at),
        "updatedAt": instant(account.updated_at),
    }


def consent_shape(consent: ConsentRecord) -> Shape:
    """Show a bank consent."""
    return {
        "id": consent.id,
        "itemId": consent.item_id,
        "products": consent.products,
        "openFinancePermissionsGranted": consent.permissions,
        "createdAt": instant(consent.created_at),
        "expiresAt": instant(consent.expires_at),
        "revokedAt": instant(consent.revoked_at),
    }


def webhook_shape(hook: WebhookRecord) -> Shape:
    """Show a subscription."""
    return {
        "id": hook.id,
        "event": hook.event,
        "url": hook.url,
        "headers": hook.headers,
        "disabledAt": instant(hook.disabled_at),
        "createdAt": instant(hook.created_at),
        "updatedAt": instant(hook.updated_at),
    }


def page_shape(results: list[Shape], *, page: int = 1, size: int | None = None) -> Shape:
    """Wrap *results* as one page; with *size* cut the page out of them."""
    if size is None:
        return {"results": results, "page": 1, "total": len(results), "totalPages": 1}
    start = (page - 1) * size
    return {
        "results": results[start : start + size],
        "page": page,
        "total": len(results),
        "totalPages": max(1, -(-len(results) // size)),
    }
