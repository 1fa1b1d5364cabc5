"""Which master key an address means; what one kind needs is imported for that kind alone."""

from pathlib import Path
from urllib.parse import unquote, urlsplit

from tomada.domain.clock import Clock
from tomada.domain.errors import InvalidInputError
from tomada.ports import KeyProvider


def open_key_provider(url: str, *, token: str, clock: Clock, create: bool) -> KeyProvider:
    """Open the master key at *url*; *token* is Vault's, *create* allows to make a missing file.

    Raises ``KeyUnavailableError`` where it cannot be used, ``InvalidInputError`` for an address that
    names no key.
    """
    try:
        return _opened(url, token=token, clock=clock, create=create)
    except ValueError as error:
        raise InvalidInputError(str(error), field="TOMADA_MASTER_KEY") from error
    except ModuleNotFoundError as error:
        raise InvalidInputError(
            "a master key in Google Cloud needs more: pip install 'tomada[gcp]'",
            field="TOMADA_MASTER_KEY",
        ) from error


def _opened(url: str, *, token: str, clock: Clock, create: bool) -> KeyProvider:
    match urlsplit(url).scheme:
        case "file":
            from tomada.adapters.kms.local import open_local  # noqa: PLC0415  (only this kind needs it)

            return open_local(Path(unquote(urlsplit(url).path)), create=create)
        case "vault" | "vault+https" | "vault+http":
            from tomada.adapters.kms.hashicorp import open_transit  # noqa: PLC0415  (only this kind needs it)

            return open_transit(url, token)
        case "aws-kms":
            from tomada.adapters.kms.aws import open_aws  # noqa: PLC0415  (only this kind needs it)

            return open_aws(url, clock)
        case "gcp-kms":
            from tomada.adapters.kms.gcp import open_gcp  # noqa: PLC0415  (only this kind needs it)

            return open_gcp(url)
        case _:
            raise ValueError("this is no address of a master key")
