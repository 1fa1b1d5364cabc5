"""The published schemas with their alternatives written out, so that all of them are checked.

The document says "one of" by a discriminator and "all of" by lists; the checker reads neither.
"""

from collections.abc import Mapping
from typing import Any

from tests.contract.simulator.contract import Contract


def written_out() -> Contract:
    """Give the contract whose every part can be held against an answer."""
    contract = Contract.load()
    schemas = {name: _whole(schema, contract.schemas) for name, schema in contract.schemas.items()}
    return Contract(contract.paths, schemas)


def alternative(contract: Contract, value: Any) -> list[str]:
    """List what is wrong with a recipient or a schedule, by the name in its `type`."""
    names = {
        "BANK_ACCOUNT": "PaymentRecipient",
        "PIX_QR_CODE": "PixQrPaymentRecipient",
        "BOLETO": "BoletoPaymentRecipient",
    }
    name = names.get(value["type"], value["type"])
    return list(contract.violations(value, {"ref": name}, name))


def _whole(schema: Any, schemas: Mapping[str, Any]) -> Any:
    if isinstance(schema, list):
        return [_whole(one, schemas) for one in schema]
    if not isinstance(schema, dict):
        return schema
    parts = schema.get("allOf")
    if parts is None:
        whole = {name: _whole(one, schemas) for name, one in schema.items()}
        if isinstance(schema.get("required"), list):
            # What must be there and may be null; the checker takes null for absent.
            nullable = {name for name, one in schema["fields"].items() if one.get("nullable")}
            whole["required"] = [name for name in schema["required"] if name not in nullable]
        return whole
    if len(parts) == 1:
        return parts[0]
    merged: dict[str, Any] = {"type": "object", "fields": {}, "required": []}
    for part in parts:
        found = schemas[part["ref"]] if "ref" in part else part
        merged["fields"] |= _whole(found["fields"], schemas)
        merged["required"] += found.get("required", [])
    return merged
