"""What an item shows while it waits and after it ended: prompts, actions, errors, details."""

from datetime import datetime
from typing import Any, Literal

from tomada.simulator.encoding import instant
from tomada.simulator.picture import picture_of
from tomada.simulator.sandbox import MESSAGES, MFA_TOKEN, SELECT_OPTIONS, Prompt, Script
from tomada.simulator.state import ItemRecord

# The keys of `statusDetail` and the product each one stands for.
_DETAILS = {
    "accounts": "ACCOUNTS",
    "creditCards": "CREDIT_CARDS",
    "transactions": "TRANSACTIONS",
    "investments": "INVESTMENTS",
    "investmentsTransactions": "INVESTMENTS_TRANSACTIONS",
    "identity": "IDENTITY",
    "paymentData": "PAYMENT_DATA",
    "loans": "LOANS",
    "accountStatements": "ACCOUNT_STATEMENTS",
}


def prompt_parameter(
    prompt: Prompt | Literal["oauth"], *, expires: datetime, url: str | None = None
) -> dict[str, Any]:
    """Describe the field a person must fill, as a connector credential."""
    field: dict[str, Any] = {
        "name": "token",
        "label": "Token",
        "type": "number",
        "mfa": True,
        "optional": False,
        "validation": r"^\d{6}$",
        "validationMessage": "O token deve ter 6 dígitos",
        "expiresAt": instant(expires),
    }
    match prompt:
        case "token":
            return field | {"instructions": "Digite o código enviado por SMS"}
        case "phone":
            text = "Digite o código enviado ao celular com final 1234"
            return field | {"label": "Código", "instructions": text}
        case "image":
            return field | {
                "label": "Código da imagem",
                "type": "image",
                "data": picture_of(MFA_TOKEN),
                "instructions": "Digite o código mostrado na imagem",
            }
        case "select":
            options = [{"value": value, "label": label} for value, label in SELECT_OPTIONS]
            del field["validation"], field["validationMessage"]
            return field | {
                "label": "Onde receber o código",
                "type": "select",
                "options": options,
                "instructions": "Escolha onde receber o código",
            }
        case "oauth":
            # Integrators read the bank's address from here, newer ones from the user action.
            return {
                "name": "oauth",
                "label": "Autorização",
                "type": "text",
                "optional": True,
                "data": url,
                "expiresAt": instant(expires),
            }


def user_action(
    kind: Literal["authorize-access", "qr", "device"], *, url: str, expires: datetime
) -> dict[str, Any]:
    """Describe what a person must do at the bank."""
    text = {
        "qr": "Leia o QR code com o aplicativo do banco.",
        "authorize-access": "Autorize o acesso na página do banco.",
        "device": "Autorize o dispositivo no aplicativo do banco.",
    }
    return {
        "type": "qr" if kind == "qr" else "authorize-access",
        "instructions": text[kind],
        "attributes": {"url": url},
        "expiresAt": instant(expires),
    }


def failure(code: str, provider_message: str | None) -> dict[str, Any]:
    """Describe a failed execution."""
    error: dict[str, Any] = {"code": code, "message": MESSAGES.get(code, code)}
    return error if provider_message is None else error | {"providerMessage": provider_message}


def status_detail(item: ItemRecord, script: Script, *, now: datetime) -> dict[str, Any] | None:
    """Tell product by product how a run went; null when all went well without warnings."""
    if not script.failed and not script.warned:
        return None
    before = item.status_detail or {}
    detail: dict[str, Any] = {}
    for key, product in _DETAILS.items():
        if product not in item.products:
            detail[key] = None
            continue
        failed = key in script.failed
        warnings = []
        if failed or key in script.warned:
            text = "The product could not be collected" if failed else "Some data may be missing"
            if key in script.limited:
                text = "The monthly Open Finance limit of the product is reached"
            note = "Produto indisponível no banco" if failed else "Dados parciais no banco"
            warnings = [{"code": "001", "message": text, "providerMessage": note}]
        old = (before.get(key) or {}).get("lastUpdatedAt")
        detail[key] = {
            "isUpdated": not failed,
            "lastUpdatedAt": old if failed else instant(now),
            "warnings": warnings,
        }
    return detail
