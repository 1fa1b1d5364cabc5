"""Configurations that must not start in production, each with what its message has to name."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from tomada.cli.env_file import read_env_file, take_env_file
from tomada.cli.settings import shown
from tomada.setting_kinds import is_secret, variables_of, with_files
from tomada.settings import Settings

OWNER = "postgresql://tomada_owner:o@db.example/tomada"
SERVING = "postgresql://tomada_app:a@db.example/tomada"
GOOD: dict[str, Any] = {
    "env": "production",
    "app_url": "https://bank.example",
    "data_dir": "/srv/tomada",
    "master_key": "file:///etc/tomada/master.key",
    "pluggy_client_id": "client",
    "pluggy_client_secret": SecretStr("needle-secret"),
    "controller_name": "Exemplo Ltda",
    "controller_cnpj": "11.222.333/0001-81",
    "controller_contact": "privacidade@bank.example",
    "dpo_name": "Ana",
    "dpo_contact": "dpo@bank.example",
    "transfers": ("Pluggy (Brasil)",),
}
BAD: tuple[tuple[str, dict[str, Any]], ...] = (
    ("APP_URL", {"app_url": "http://bank.example"}),
    ("APP_URL", {"app_url": "http://10.0.0.7:8600"}),
    ("APP_URL", {"app_url": "bank.example"}),
    ("APP_URL", {"app_url": "ftp://bank.example"}),
    ("APP_URL", {"app_url": "https://"}),
    ("TOMADA_PLUGGY_URL", {"pluggy_url": "http://api.pluggy.ai"}),
    ("Pluggy address", {"pluggy_url": "api.pluggy.ai"}),
    ("TOMADA_WIDGET_ORIGIN", {"widget_origin": "http://connect.pluggy.ai"}),
    ("TOMADA_OAUTH_REDIRECT_URI", {"oauth_redirect_uri": "http://bank.example/back"}),
    ("TOMADA_TRUSTED_PROXIES", {"trusted_proxies": "0.0.0.0/0"}),
    ("TOMADA_TRUSTED_PROXIES", {"trusted_proxies": "::/0"}),
    ("TOMADA_TRUSTED_PROXIES", {"trusted_proxies": "10.0.0.0/8,0.0.0.0/0"}),
    ("trusted_proxies", {"trusted_proxies": "*"}),
    ("TOMADA_MASTER_KEY", {"master_key": ""}),
    ("TOMADA_MASTER_KEY", {"master_key": "http://kms.example/key"}),
    ("TOMADA_MASTER_KEY", {"master_key": "vault+http://vault.example/transit/tomada"}),
    ("TOMADA_DATA_DIR", {"master_key": "file:///srv/tomada/master.key"}),
    ("TOMADA_DATA_DIR", {"master_key": "file:///srv/tomada/keys/master.key"}),
    ("PLUGGY_CLIENT_ID", {"pluggy_client_id": ""}),
    ("PLUGGY_CLIENT_SECRET", {"pluggy_client_secret": SecretStr("")}),
    ("TOMADA_DATABASE_OWNER_URL", {"database_url": SERVING}),
    ("TOMADA_DATABASE_URL", {"database_owner_url": OWNER}),
    ("another role", {"database_url": OWNER, "database_owner_url": OWNER}),
    ("TLS", {"database_url": f"{SERVING}?sslmode=disable", "database_owner_url": OWNER}),
    ("TLS", {"database_url": SERVING, "database_owner_url": f"{OWNER}?sslmode=allow"}),
    ("TOMADA_SIGNALS_URL", {"signals_url": "http://redis.example"}),
    ("TOMADA_WEBHOOK_HEADER", {"webhook_header": ""}),
    ("TOMADA_WEBHOOK_HMAC", {"webhook_hmac": "required"}),
    ("TOMADA_WEBHOOK_HMAC", {"webhook_hmac": "required", "webhook_hmac_secret": "s"}),
    ("TOMADA_WEBHOOK_HMAC", {"webhook_hmac_secret": "s"}),
    ("TOMADA_WEBHOOK_HMAC_SIGNED", {"webhook_hmac_signed": "nothing"}),
    ("TOMADA_WEBHOOK_HMAC_SIGNED", {"webhook_hmac_signed": "{timestamp}.{body}"}),
    ("webhook_hmac", {"webhook_hmac": "if-present"}),
    ("TOMADA_WEBHOOK_SOURCES", {"webhook_source_policy": "enforce", "webhook_sources": ""}),
    ("TOMADA_PRODUCT_ORIGINS", {"product_origins": "http://shop.example"}),
    ("TOMADA_PRODUCT_ORIGINS", {"product_origins": "https://shop.example/page"}),
    ("TOMADA_TOKEN_ISSUER", {"token_secret": "s" * 40}),
    ("TOMADA_TOKEN_ISSUER", {"token_issuer": "https://shop.example"}),
    ("TOMADA_TOKEN_JWKS_URL", {"token_issuer": "x", "token_jwks_url": "http://shop.example/j"}),
    ("TOMADA_SESSION_IDLE", {"session_idle": "PT13H"}),
    ("TOMADA_SESSION_IDLE", {"session_idle": "PT0S"}),
    ("TOMADA_SESSION_ABSOLUTE", {"session_absolute": "P30D"}),
    ("TOMADA_DEMO_HINT", {"demo_hint": "ana@example.com / correct horse"}),
    *((f"TOMADA_{name.upper()}", {name: ""}) for name in (
        "controller_name", "controller_contact", "dpo_name", "dpo_contact", "transfers",
    )),
    ("CNPJ", {"controller_cnpj": "11.222.333/0001-82"}),
    ("env", {"env": "staging"}),
    ("port", {"port": 70_000}),
    ("history_days", {"history_days": 0}),
)  # fmt: skip


def test_the_good_configuration_starts() -> None:
    told = Settings(**GOOD)
    scaled = Settings(**GOOD, database_url=SERVING, database_owner_url=OWNER)

    assert told.env == scaled.env == "production"


@pytest.mark.parametrize(("named", "changed"), BAD)
def test_an_unsafe_configuration_is_refused_with_its_name(
    named: str, changed: dict[str, Any]
) -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**{**GOOD, **changed})

    (error,) = refused.value.errors()
    text = f"{error['loc']} {error['msg']}"
    assert named in text
    assert len(error["msg"]) > 20
    assert "needle-secret" not in text


def test_there_are_forty_of_them() -> None:
    assert len(BAD) >= 40


def test_settings_are_shown_with_their_source_and_secrets_are_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("needle-secret")
    (tmp_path / ".env").write_text(
        "# ours\nTOMADA_PORT=8700\nexport APP_URL='https://bank.example'\nNODE_ENV=x\n"
        "TOMADA_HOST=0.0.0.0\n"
    )
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOMADA_ENV", "development")
    monkeypatch.setenv("TOMADA_HOST", "127.0.0.1")
    monkeypatch.setenv("PLUGGY_CLIENT_SECRET_FILE", str(secret))
    for name in ("TOMADA_PORT", "APP_URL"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)

    take_env_file(tmp_path / ".env")
    told = {one.name: one for one in shown(Settings())}

    assert set(read_env_file(tmp_path / ".env")) == {"TOMADA_PORT", "APP_URL", "TOMADA_HOST"}
    assert read_env_file(tmp_path / "none") == {}
    assert (told["TOMADA_PORT"].value, told["TOMADA_PORT"].source) == ("8700", ".env: TOMADA_PORT")
    assert told["TOMADA_APP_URL"].source == ".env: APP_URL"
    assert told["TOMADA_HOST"].value == "127.0.0.1"
    assert told["TOMADA_HOST"].source == "environment: TOMADA_HOST"
    assert told["TOMADA_PLUGGY_CLIENT_SECRET"].value == "set, not shown"
    assert told["TOMADA_PLUGGY_CLIENT_SECRET"].source == "environment: PLUGGY_CLIENT_SECRET_FILE"
    assert told["TOMADA_METRICS_PORT"].source == "default"
    assert all(one.effect for one in told.values())
    assert "needle-secret" not in str(told)


def test_every_secret_may_come_from_a_file_and_nothing_else_claims_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fields = Settings.model_fields
    (tmp_path / "secret").write_text("needle\n")
    secrets = [name for name, field in fields.items() if is_secret(field)]
    found = {}
    for name in secrets:
        for variable in variables_of(name, fields[name]):
            with monkeypatch.context() as only:
                only.setenv(f"{variable}_FILE", str(tmp_path / "secret"))
                found[variable] = with_files({}, fields) == {name: "needle"}

    assert {"audit_anchor_url", "smtp_url", "token_secret"} <= set(secrets)
    assert {"VAULT_TOKEN", "PLUGGY_CLIENT_SECRET", "TOMADA_AUDIT_ANCHOR_URL"} <= set(found)
    assert [variable for variable, read in found.items() if not read] == []
    monkeypatch.setenv("TOMADA_ENV", "development")
    monkeypatch.setenv("TOMADA_HOST_FILE", str(tmp_path / "secret"))
    assert {one.name: one for one in shown(Settings())}["TOMADA_HOST"].source == "default"


def test_a_secret_told_twice_is_what_its_source_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "secret").write_text("from-file")
    monkeypatch.setenv("TOMADA_ENV", "development")
    monkeypatch.setenv("VAULT_TOKEN", "vaults")
    monkeypatch.setenv("PLUGGY_CLIENT_SECRET", "from-environment")
    monkeypatch.setenv("PLUGGY_CLIENT_SECRET_FILE", str(tmp_path / "secret"))
    vaults = Settings()
    monkeypatch.setenv("TOMADA_MASTER_KEY_TOKEN_FILE", str(tmp_path / "secret"))
    filed = Settings()
    sources = {one.name: one.source for one in shown(filed)}

    assert vaults.master_key_token.get_secret_value() == "vaults"
    assert filed.master_key_token.get_secret_value() == "from-file"
    assert filed.pluggy_client_secret.get_secret_value() == "from-environment"
    token, secret = "TOMADA_MASTER_KEY_TOKEN", "TOMADA_PLUGGY_CLIENT_SECRET"
    assert sources[token] == f"environment: {token}_FILE"
    assert sources[secret] == "environment: PLUGGY_CLIENT_SECRET"


def test_what_is_refused_is_told_without_what_was_said() -> None:
    with pytest.raises(ValidationError) as refused:
        Settings(**{**GOOD, "token_secret": "needle-too-short", "controller_name": ""})

    assert "needle" not in str(refused.value)


def test_the_file_of_erasures_lies_beside_the_master_key_whatever_its_path() -> None:
    key = Path("/srv/our keys/master.key")
    told = Settings(**{**GOOD, "master_key": key.as_uri()})

    assert told.master_key_path == key
    assert told.erasure_ledger_path == key.with_name("erasures.jsonl")
