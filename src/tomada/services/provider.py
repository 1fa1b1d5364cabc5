"""Pluggy's errors in our words."""

import contextlib
import math
from collections.abc import Iterator

from tomada.domain.errors import NotFoundError, ProviderError
from tomada.pluggy import errors


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn what the client raises in the block into errors of ours.

    What Pluggy does not know becomes ``NotFoundError``; everything else is a ``ProviderError``
    whose ``provider_code`` says what kind, and whose text says what to do.
    """
    try:
        yield
    except errors.NotFoundError as error:
        raise NotFoundError("Pluggy does not know it") from error
    except errors.PluggyError as error:
        raise provider_error(error) from error


def provider_error(error: errors.PluggyError) -> ProviderError:
    """Say in one sentence what happened and what to do."""
    reset: int | None = None
    final = False
    match error:
        case errors.AuthenticationError():
            code, text = "keys_refused", "Pluggy refused our keys; the operator must check them"
        case errors.RateLimitedError():
            reset = None if error.reset is None else math.ceil(error.reset)
            code, text = "rate_limited", "Pluggy is asked too often; it will be tried again"
        case errors.InstitutionLimitError():
            code, text = "institution_limit", "the bank's quota is used up for now"
        case errors.ServerError():
            code, text = "server_error", "Pluggy failed; it will be tried again"
        case errors.TransportError():
            code, text = "unreachable", "Pluggy cannot be reached; it will be tried again"
        case errors.ContractError():
            code, text = "unreadable", "Pluggy's answer could not be read; nothing was changed"
        case _:
            code = error.code_description or error.code
            text = "Pluggy refused the request"
            # A conflict passes with the state it speaks of; everything else was refused for good.
            final = not isinstance(error, errors.ConflictError)
    return ProviderError(text, provider_code=code, retry_after=reset, final=final)
