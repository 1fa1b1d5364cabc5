"""Who answers for the data of an installation, as the law wants it said."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Controller:
    """The controller of LGPD art. 5, VI, its data protection officer, and who else receives data.

    *transfers* is the list a person reads: each recipient with country and reason.
    """

    name: str
    cnpj: str
    contact: str
    dpo_name: str
    dpo_contact: str
    transfers: tuple[str, ...]
