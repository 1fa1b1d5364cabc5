"""A server that would accept deliveries of everybody, or ask for proofs in vain, does not start."""

from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from tomada.settings import Settings

KEYS: dict[str, Any] = {
    "pluggy_client_id": "id",
    "pluggy_client_secret": SecretStr("secret"),
    "app_url": "https://bank.example",
    "master_key": "file:///srv/master.key",
    "controller_name": "Exemplo S.A.",
    "controller_cnpj": "12.ABC.345/01DE-35",
    "controller_contact": "privacidade@bank.example",
    "dpo_name": "Ana Exemplo",
    "dpo_contact": "encarregado@bank.example",
    "transfers": ("Pluggy (Brasil)",),
}
SIGNED: dict[str, Any] = {
    "webhook_hmac": "required",
    "webhook_hmac_header": "X-Sig",
    "webhook_hmac_secret": SecretStr("s"),
}


@pytest.mark.parametrize("env", ["production", "development"])
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"webhook_header": ""}, "accepted from everybody"),
        ({"webhook_hmac": "required"}, "needs"),
        (SIGNED | {"webhook_hmac_header": ""}, "needs"),
        (SIGNED | {"webhook_hmac_secret": SecretStr("")}, "needs"),
        (SIGNED | {"webhook_hmac": "off"}, "leave the"),
        (SIGNED | {"webhook_hmac_signed": "{timestamp}"}, "contains"),
        (SIGNED | {"webhook_hmac_signed": "{timestamp}.{body}"}, "contains"),
        (SIGNED | {"webhook_hmac_timestamp_header": "X-Time"}, "contains"),
    ],
)
def test_proofs_that_prove_nothing_are_refused(
    env: Any, wrong: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValidationError, match=sentence):
        Settings(env=env, **(KEYS | wrong))


@pytest.mark.parametrize(
    "right", [{}, SIGNED, SIGNED | {"webhook_header": ""}], ids=["secret", "both", "signature"]
)
def test_a_secret_a_signature_or_both_are_proofs(right: dict[str, Any]) -> None:
    assert Settings(env="production", **(KEYS | right)).webhook_url.endswith("/api/webhooks/pluggy")
