"""Who answers for the data of an installation, as the law wants it said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tomada.domain.documents import clean_cnpj, written_cnpj

TOLD = (
    "controller_name", "controller_cnpj", "controller_contact", "dpo_name", "dpo_contact",
    "transfers",
)  # fmt: skip
"""The settings without which nobody would know who holds their data."""
_TRIAL = "instalação de teste"
_PLUGGY = "Pluggy (Brasil), que faz a conexão com o banco"


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

    @property
    def cnpj_written(self) -> str:
        """The CNPJ as people write it."""
        return written_cnpj(self.cnpj)


def controller_of(told: Mapping[str, Any]) -> Controller:
    """Make it of the settings named ``TOLD``; what is missing is a trial and says so."""
    return Controller(
        name=told["controller_name"] or _TRIAL,
        cnpj=clean_cnpj(told["controller_cnpj"]) or _TRIAL,
        contact=told["controller_contact"] or _TRIAL,
        dpo_name=told["dpo_name"] or _TRIAL,
        dpo_contact=told["dpo_contact"] or _TRIAL,
        transfers=told["transfers"] or (_PLUGGY,),
    )
