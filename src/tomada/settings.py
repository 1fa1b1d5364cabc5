"""Every setting, its default and its sentence.

Settings come from the environment: ``TOMADA_<NAME>``, and for a few the names that Pluggy's own
guides use (``PLUGGY_CLIENT_ID``, ``PLUGGY_CLIENT_SECRET``, ``APP_URL``). A secret may come from a
file: the variable with ``_FILE`` behind it names that.
"""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from tomada.domain.controller import TOLD, Controller, controller_of
from tomada.setting_checks import complaints
from tomada.setting_kinds import (
    Networks,
    OriginList,
    Texts,
    config_home,
    data_home,
    with_files,
)


class Settings(BaseSettings):
    """What an installation can be told; read once, at start."""

    model_config = SettingsConfigDict(
        env_prefix="TOMADA_",
        frozen=True,
        populate_by_name=True,
        extra="forbid",
        # What is refused may be a secret, and the refusal is printed.
        hide_input_in_errors=True,
    )

    env: Literal["development", "production"] = Field(
        "production",
        description="production switches sandbox connectors off and refuses unsafe settings",
    )
    data_dir: Path = Field(
        default_factory=data_home, description="where the embedded database lives"
    )
    host: str = Field("127.0.0.1", description="the address to listen on; loopback by default")
    port: int = Field(8600, ge=0, le=65535, description="the port to listen on")
    metrics_host: str = Field(
        "127.0.0.1", description="the address of the monitor's listener; loopback by default"
    )
    metrics_port: int = Field(
        8601,
        ge=0,
        le=65535,
        description="the port of /metrics, /healthz and /readyz, in every process; 0 for none."
        " Where it is taken and was not chosen, the process goes on without",
    )
    app_url: str = Field(
        "",
        validation_alias=AliasChoices("TOMADA_APP_URL", "APP_URL"),
        description="the public origin of this installation; webhooks arrive below it",
    )

    database_url: SecretStr | None = Field(
        None, description="a PostgreSQL of your own, as the serving role that owns nothing"
    )
    database_owner_url: SecretStr | None = Field(
        None, description="the same database, as the role that owns and migrates the schema"
    )
    master_key: str = Field(
        "",
        description="the master key: file:///path, vault://host:8200/mount/key, aws-kms:arn:…,"
        " gcp-kms:projects/…; in development by default a file that the first start makes",
    )
    master_key_token: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("TOMADA_MASTER_KEY_TOKEN", "VAULT_TOKEN"),
        description="the token for a master key in Vault or OpenBao",
    )

    audit_anchor_path: Path | None = Field(
        None, description="a file elsewhere, to which signed checkpoints of the audit are added"
    )
    audit_anchor_url: SecretStr | None = Field(
        None, description="an address to which signed checkpoints of the audit are posted"
    )

    database_backup_url: SecretStr | None = Field(
        None,
        description="the same database, as a role that sees every row; for tomada db only",
    )
    signals_url: SecretStr | None = Field(
        None,
        description="redis://…, to wake readers by Redis and publish to"
        " transactions.new:entity:<id>; by default PostgreSQL does it",
    )

    pluggy_client_id: str = Field(
        "",
        validation_alias=AliasChoices("TOMADA_PLUGGY_CLIENT_ID", "PLUGGY_CLIENT_ID"),
        description="the application's id, from dashboard.pluggy.ai",
    )
    pluggy_client_secret: SecretStr = Field(
        SecretStr(""),
        validation_alias=AliasChoices("TOMADA_PLUGGY_CLIENT_SECRET", "PLUGGY_CLIENT_SECRET"),
        description="the application's secret, from dashboard.pluggy.ai",
    )
    pluggy_url: str = Field("https://api.pluggy.ai", description="the origin of the Pluggy API")
    widget_origin: str = Field(
        "https://connect.pluggy.ai", description="the origin of the Pluggy Connect widget"
    )
    oauth_redirect_uri: str | None = Field(
        None, description="where a bank sends the person back to; by default the dashboard"
    )
    history_days: int = Field(365, ge=1, le=365, description="how far back the first sync reads")

    webhook_header: str = Field(
        "X-Tomada-Webhook-Key",
        description="the header that carries the webhook secret; empty asks for none, which needs"
        " a signature",
    )
    webhook_hmac: Literal["off", "required"] = Field(
        "off", description="whether every delivery must be signed; there is no if-present"
    )
    webhook_hmac_header: str = Field("", description="the header that carries the signature")
    webhook_hmac_secret: SecretStr = Field(
        SecretStr(""), description="the signing secret, from dashboard.pluggy.ai"
    )
    webhook_hmac_previous_secret: SecretStr = Field(
        SecretStr(""), description="the signing secret before, accepted while it is set"
    )
    webhook_hmac_digest: Literal["sha256", "sha384", "sha512"] = Field(
        "sha256", description="the signature's algorithm"
    )
    webhook_hmac_encoding: Literal["hex", "base64"] = Field(
        "hex", description="how the signature is written"
    )
    webhook_hmac_prefix: str = Field("", description="what stands before it, such as sha256=")
    webhook_hmac_signed: str = Field(
        "{body}", description="the signed string, of {body} and perhaps {timestamp}"
    )
    webhook_hmac_timestamp_header: str = Field(
        "", description="the header that carries the signed timestamp"
    )
    webhook_hmac_max_age: timedelta = Field(
        timedelta(minutes=5), description="how old a signed timestamp may be"
    )
    webhook_max_bytes: int = Field(
        4 * 2**20,
        ge=64 * 2**10,
        le=8 * 2**20,
        description="how large a delivery may be that bears the secret; others get 64 KiB",
    )
    webhook_sources: Networks = Field(
        (ip_network("177.71.238.212/32"), ip_network("52.67.145.81/32")),
        description="the networks Pluggy delivers from",
    )
    webhook_source_policy: Literal["observe", "enforce"] = Field(
        "observe", description="whether a delivery from elsewhere is counted or refused"
    )
    register_webhook: bool = Field(
        default=True,
        description="whether the server registers and repairs its webhook at Pluggy",
    )
    trusted_proxies: Networks = Field(
        (), description="the networks of your reverse proxies, whose X-Forwarded-For is believed"
    )

    product_origins: OriginList = Field(
        (),
        description="the origins of your products' pages that may call the API from a browser, with"
        " a token of their own; none by default",
    )

    erasure_ledger: Path | None = Field(
        None,
        description="the file that names who was erased, so that no restored backup brings them"
        " back; by default beside the master key. Every process needs the same one",
    )
    controller_name: str = Field(
        "", description="who answers for the data (LGPD art. 5, VI); required in production"
    )
    controller_cnpj: str = Field(
        "", description="the controller's CNPJ, which may have letters; required in production"
    )
    controller_contact: str = Field(
        "", description="how the controller is reached; required in production"
    )
    dpo_name: str = Field(
        "", description="the data protection officer (encarregado); required in production"
    )
    dpo_contact: str = Field(
        "", description="how the officer is reached by anybody; required in production"
    )
    transfers: Texts = Field(
        (),
        description="who else receives data, with country and reason, parted by semicolons;"
        " required in production",
    )

    product_webhook_url: str = Field(
        "",
        description="the https address of your product's back end that is told every feed entry;"
        " none by default",
    )
    product_webhook_secret: SecretStr = Field(
        SecretStr(""), description="what its messages are signed with, whsec_ and base64"
    )
    product_webhook_previous_secret: SecretStr = Field(
        SecretStr(""), description="the secret before, also signed with while it is set"
    )
    product_webhook_networks: Networks = Field(
        (), description="private networks that address may lie in; none by default"
    )

    smtp_url: SecretStr = Field(
        SecretStr(""),
        description="the mail server, smtp:// (STARTTLS) or smtps://; without one notices are logged",
    )
    mail_from: str = Field("", description="the sender of notices, an e-mail address")
    operator_email: str = Field("", description="who is told what an operator has to do")
    refresh_cooldown: timedelta = Field(
        timedelta(minutes=15),
        description="how long after asking Pluggy to read a bank again a person may ask anew",
    )
    auto_sync_hours: int = Field(
        24, ge=1, le=168, description="how often Pluggy reads each bank by itself, by your plan"
    )
    open_finance_runs: int = Field(
        120,
        ge=1,
        description="how often a month a bank lets a product be read; the numbers are not"
        " published, only that four times a day fit",
    )
    open_finance_quotas: dict[str, int] = Field(
        default_factory=dict,
        description='other limits for single products, as JSON: {"LOANS": 30}',
    )

    connect_tokens: int = Field(
        5, ge=1, description="how many connect tokens one person may ask for in ten minutes"
    )
    session_idle: timedelta = Field(
        timedelta(minutes=30), description="how long an unused sign-in lasts"
    )
    session_absolute: timedelta = Field(
        timedelta(hours=12), description="how long any sign-in lasts"
    )
    token_issuer: str = Field(
        "", description="the iss of tokens your product mints for its users; empty takes none"
    )
    token_audience: str = Field("", description="the aud of those tokens; by default APP_URL")
    token_secret: SecretStr | None = Field(
        None, min_length=32, description="the secret they are signed with (HS256)"
    )
    token_jwks_url: str = Field(
        "", description="or the address of the keys of their signatures (RS256, ES256, Ed25519)"
    )
    token_creates: bool = Field(
        default=True,
        description="whether a user or entity that a token names for the first time is made",
    )
    demo_hint: str | None = Field(None, description="a line shown on the sign-in page")

    @model_validator(mode="before")
    @classmethod
    def _read_files(cls, values: dict[str, Any]) -> dict[str, Any]:
        """Take secrets from files named in the environment."""
        return with_files(values, cls.model_fields)

    @model_validator(mode="after")
    def _check(self) -> "Settings":
        for complaint in complaints(self):
            raise ValueError(complaint)
        return self

    @property
    def erasure_ledger_path(self) -> Path:
        """The file of erasures."""
        key = self.master_key_path
        beside = (
            config_home() / "erasures.jsonl" if key is None else key.with_name("erasures.jsonl")
        )
        return self.erasure_ledger or beside

    @property
    def controller(self) -> Controller:
        """Who answers for the data; in development words that say so."""
        return controller_of({name: getattr(self, name) for name in TOLD})

    @property
    def origin(self) -> str:
        """The public origin, without a slash at the end."""
        return (self.app_url or f"http://localhost:{self.port}").rstrip("/")

    @property
    def webhook_url(self) -> str:
        """Where Pluggy delivers."""
        return f"{self.origin}/api/webhooks/pluggy"

    @property
    def include_sandbox(self) -> bool:
        """Whether test banks may be connected."""
        return self.env == "development"

    @property
    def master_key_url(self) -> str:
        """The address of the master key."""
        return self.master_key or (config_home() / "master.key").as_uri()

    @property
    def master_key_path(self) -> Path | None:
        """The file of the master key; None where it is in a key service."""
        parts = urlsplit(self.master_key_url)
        return Path(unquote(parts.path)) if parts.scheme == "file" else None
