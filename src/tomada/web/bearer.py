"""Callers without a cookie: the product's back end with a key of ours, its users with its token."""

from fastapi import Request

from tomada.bootstrap import App
from tomada.domain.access import Bearer
from tomada.domain.api_keys import PREFIX
from tomada.domain.errors import NotFoundError, UnauthenticatedError
from tomada.domain.ids import EntityId, UserId
from tomada.web.paths import own_id

_LONGEST = 4096
_SCHEME = "bearer"


def shows_bearer(request: Request) -> bool:
    """Tell whether the request brings a credential of its own; then no cookie counts."""
    return "authorization" in request.headers


async def current_bearer(request: Request, app: App) -> Bearer | None:
    """Find who the credential of the request stands for; None where it brings none.

    Raises ``UnauthenticatedError`` for a credential that opens nothing, and what ``ApiKeys`` raises
    where the entity cannot be told.
    """
    shown = request.headers.getlist("authorization")
    if not shown:
        return None
    scheme, _, secret = shown[0].partition(" ")
    if len(shown) != 1 or scheme.lower() != _SCHEME or not 0 < len(secret) <= _LONGEST:
        raise UnauthenticatedError("this is no credential")
    if secret.startswith(PREFIX) or app.doors.tokens is None:
        return await _of_key(request, app, secret)
    bearer = await app.doors.tokens.recognise(secret)
    if named_entity(request) not in (None, bearer.entity_id):
        raise NotFoundError("there is no such entity")
    return bearer


async def _of_key(request: Request, app: App, secret: str) -> Bearer:
    named = named_entity(request)
    key = await app.doors.api_keys.recognise(secret, named=named)
    entity = key.entity_id or named
    if entity is None:
        raise NotFoundError("there is no such entity")
    return Bearer("api_key", UserId(key.id), entity, key.scopes, None, key.expires_at)


def named_entity(request: Request) -> EntityId | None:
    """Read ``Tomada-Entity``; raises ``NotFoundError`` for what cannot be an entity's id."""
    named = request.headers.get("tomada-entity")
    return None if named is None else EntityId(own_id(named))
