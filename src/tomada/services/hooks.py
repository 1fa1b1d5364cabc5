"""Is it Pluggy who delivers? The proofs that are asked for, and nothing of a database while asking.

The secret travels in a header that only a registered webhook can carry; an item-level
``webhookUrl`` cannot, and would deliver everything twice.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from tomada.domain.clock import Clock
from tomada.pluggy.verification import Network, SecretHeader, SignatureScheme, WebhookVerifier
from tomada.services.hook_secrets import Accepted, HookSecrets

Reason = Literal["hook", "source", "secret", "signature"]


@dataclass(frozen=True, slots=True)
class HookSettings:
    """Where Pluggy delivers, and what proves that it is Pluggy.

    *header* names the header of the secret; None asks for none, which needs a *signature*. There
    is no asking for a signature where one is sent: who forges would leave it out.
    """

    url: str
    header: str | None
    networks: tuple[Network, ...]
    enforce_networks: bool
    signature: SignatureScheme | None = None


@dataclass(frozen=True, slots=True)
class Proof:
    """What was found of a delivery; *refused* is None for a genuine one.

    *listed* says that it came from an address of Pluggy's, *first* holds the secrets where it is
    the first to bear the current one.
    """

    refused: Reason | None
    listed: bool
    first: Accepted | None = None


@dataclass(frozen=True, slots=True)
class Hooks:
    """Knows what a genuine delivery looks like."""

    clock: Clock
    secrets: HookSecrets
    settings: HookSettings

    async def prove(
        self,
        headers: Mapping[str, str],
        body: bytes,
        *,
        source: str,
        locator: str | None,
    ) -> Proof:
        """Look at every proof, each time at all of them.

        *headers* holds the headers that came once. An address alone never proves anything, and is
        enforced only where configured so. A *locator* names one of several webhooks; there is
        one, and it has none, so any locator is refused after the same comparisons. Raises
        ``UnavailableError`` where the secrets cannot be had.
        """
        accepted = await self.secrets.accepted()
        current, known = self._bears(headers, accepted)
        signature = self.settings.signature
        signed = signature is None or signature.accepts(headers, body, now=self.clock())
        listed = self._listed(source)
        refused: Reason | None = None
        if locator is not None:
            refused = "hook"
        elif not known:
            refused = "secret"
        elif not signed:
            refused = "signature"
        elif self.settings.enforce_networks and not listed:
            refused = "source"
        first = accepted if current and accepted.new and refused is None else None
        return Proof(refused, listed, first)

    async def known_by_head(self, headers: Mapping[str, str]) -> bool:
        """Tell whether the headers alone can be Pluggy's, before the body is read."""
        return self._bears(headers, await self.secrets.accepted())[1]

    def _bears(self, headers: Mapping[str, str], accepted: Accepted) -> tuple[bool, bool]:
        """Tell whether the current secret is borne, and whether any accepted one is."""
        name = self.settings.header
        if name is None:
            return False, True
        current = SecretHeader(name=name, secrets=(accepted.current,)).accepts(headers)
        # Compared in any case, so that the time does not tell whether there is one.
        before = accepted.previous or accepted.current
        previous = SecretHeader(name=name, secrets=(before,)).accepts(headers)
        return current, current or previous

    def _listed(self, source: str) -> bool:
        if not self.settings.networks:
            return True
        place = WebhookVerifier(clock=self.clock, networks=self.settings.networks)
        return place.refusal({}, b"", source=source) is None
