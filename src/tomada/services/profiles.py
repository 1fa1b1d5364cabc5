"""Who a user is: the sealed name and e-mail, and the spelling under which an e-mail is found."""

import unicodedata
from dataclasses import dataclass
from uuid import UUID

import msgspec

from tomada.domain.errors import InvalidInputError
from tomada.domain.ids import UserId
from tomada.services.vault import Vault

LONGEST_NAME = 200
_LONGEST_EMAIL = 254


class Profile(msgspec.Struct, frozen=True):
    """What is sealed in a user's row."""

    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Profiles:
    """Seals, opens and finds."""

    vault: Vault

    def seal(self, user_id: UserId, profile: Profile) -> bytes:
        """Seal under the system keyset, for this user's row alone."""
        return self.vault.system.seal("users", user_id, msgspec.json.encode(profile))

    def open(self, user_id: UUID, sealed: bytes) -> Profile:
        """Open what ``seal`` made."""
        plain = self.vault.system.open("users", user_id, sealed)
        return msgspec.json.decode(plain, type=Profile)

    def email_digest(self, email: str) -> bytes:
        """Give what an e-mail is found by."""
        return self.vault.system.digest("users email", email.encode("utf-8", "surrogatepass"))


def fold(email: str) -> str:
    """Write an e-mail the way it is compared."""
    return unicodedata.normalize("NFKC", email.strip()).casefold()


def clean_email(email: str) -> str:
    """Fold an e-mail that is to be kept; raises ``InvalidInputError`` for what is none."""
    folded = fold(email)
    local, at, domain = folded.rpartition("@")
    strange = any(c.isspace() or unicodedata.category(c).startswith("C") for c in folded)
    if not (local and at and "." in domain) or strange or len(folded) > _LONGEST_EMAIL:
        raise InvalidInputError("this is not an e-mail address", field="email")
    return folded
