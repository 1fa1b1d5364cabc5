"""The institutions that can hold a recipient's account; all of them are invented."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from tomada.simulator.ids import uuid_of

SINCE = datetime(2022, 5, 10, 12, tzinfo=UTC)

_NAMES = (
    ("Banco Aurora S.A.", "Banco Aurora", "91000613", "913"),
    ("Caixinha Instituição de Pagamento S.A.", "Caixinha", "91000614", "914"),
    ("Banco Jequitibá S.A.", "Banco Jequitibá", "91000615", "915"),
    ("Cooperativa de Crédito Serra Azul", "Cooperativa Serra Azul", "91000616", "916"),
    ("Lume Instituição de Pagamento S.A.", "Lume", "91000617", None),
    ("Banco Maré Alta S.A.", "Banco Maré Alta", "91000618", "918"),
    ("Capivara Pagamentos S.A.", "Capivara", "91000619", None),
    ("Pluggy Bank S.A.", "Pluggy Bank", "91000000", "900"),
)


@dataclass(frozen=True, slots=True)
class Institution:
    """One institution; *compe* is its clearing number, which not all have."""

    id: str
    name: str
    trade_name: str
    ispb: str
    compe: str | None


def institutions() -> Mapping[str, Institution]:
    """Make the list a world starts with, by id."""
    made = (
        Institution(uuid_of("payment institution", ispb), name, trade_name, ispb, compe)
        for name, trade_name, ispb, compe in _NAMES
    )
    return {one.id: one for one in made}
