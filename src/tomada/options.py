"""What the settings say, in the words of the services, which never see the settings."""

from tomada.pluggy.verification import SignatureScheme
from tomada.services.connect import ConnectSettings
from tomada.services.hooks import HookSettings
from tomada.settings import Settings


def hook_settings(settings: Settings) -> HookSettings:
    """Say where Pluggy delivers, and what proves that it is Pluggy."""
    secrets = (settings.webhook_hmac_secret, settings.webhook_hmac_previous_secret)
    signature = None
    if settings.webhook_hmac == "required":
        signature = SignatureScheme(
            header=settings.webhook_hmac_header,
            secrets=tuple(filter(None, (one.get_secret_value() for one in secrets))),
            digest=settings.webhook_hmac_digest,
            encoding=settings.webhook_hmac_encoding,
            prefix=settings.webhook_hmac_prefix,
            signed=settings.webhook_hmac_signed,
            timestamp_header=settings.webhook_hmac_timestamp_header or None,
            tolerance=settings.webhook_hmac_max_age,
        )
    return HookSettings(
        settings.webhook_url,
        settings.webhook_header or None,
        settings.webhook_sources,
        enforce_networks=settings.webhook_source_policy == "enforce",
        signature=signature,
    )


def connect_settings(settings: Settings) -> ConnectSettings:
    """Say how the widget is opened."""
    return ConnectSettings(
        settings.widget_origin, settings.oauth_redirect_uri or f"{settings.origin}/",
        settings.include_sandbox, settings.connect_tokens,
    )  # fmt: skip
