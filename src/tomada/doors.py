"""From settings to the ways in: what ``bootstrap`` constructs for those who come."""

from dataclasses import dataclass

from tomada.adapters.signing_keys.jwks import JwksKeys
from tomada.domain.clock import Clock
from tomada.services.access import Access
from tomada.services.api_keys import ApiKeys
from tomada.services.audit import Audit
from tomada.services.duties import Duties
from tomada.services.product_tokens import ProductTokens, TokenSettings
from tomada.services.product_users import ProductUsers
from tomada.services.suspensions import Suspensions
from tomada.services.tickets import Tickets
from tomada.services.vault import Vault
from tomada.settings import Settings
from tomada.store.tx import Store


@dataclass(frozen=True, slots=True)
class Doors:
    """The ways in beside signing in, and what stands beside them."""

    duties: Duties
    suspensions: Suspensions
    api_keys: ApiKeys
    tickets: Tickets
    tokens: ProductTokens | None


def open_access(settings: Settings, store: Store, vault: Vault, clock: Clock) -> Access:
    """Make the sign-in."""
    idle, absolute = settings.session_idle, settings.session_absolute
    return Access(store, vault, clock, Audit(clock, vault.system), idle=idle, absolute=absolute)


def open_doors(
    settings: Settings, store: Store, vault: Vault, clock: Clock, access: Access
) -> Doors:
    """Make the other ways in."""
    audit = Audit(clock, vault.system)
    return Doors(
        duties=Duties(store, vault, clock, audit),
        suspensions=Suspensions(store, vault, clock, audit),
        api_keys=ApiKeys(store, vault, clock, audit),
        tickets=Tickets(store, clock, access),
        tokens=_tokens(settings, store, vault, clock),
    )


def _tokens(settings: Settings, store: Store, vault: Vault, clock: Clock) -> ProductTokens | None:
    if not settings.token_issuer:
        return None
    shared = settings.token_secret
    secret = None if shared is None else shared.get_secret_value().encode()
    options = TokenSettings(
        settings.token_issuer, settings.token_audience or settings.origin, secret
    )
    keys = JwksKeys(settings.token_jwks_url, clock) if settings.token_jwks_url else None
    audit = Audit(clock, vault.system)
    users = ProductUsers(store, vault, clock, audit, settings.token_creates)
    return ProductTokens(options, keys, users, clock)
