"""The institutions of the simulated Brazil: the sandbox ones and eight invented banks."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from tomada.simulator.refusals import Detail

PRODUCTS = (
    "ACCOUNTS",
    "CREDIT_CARDS",
    "TRANSACTIONS",
    "PAYMENT_DATA",
    "INVESTMENTS",
    "INVESTMENTS_TRANSACTIONS",
    "IDENTITY",
    "BROKERAGE_NOTE",
    "MOVE_SECURITY",
    "LOANS",
)
_DAILY = ("ACCOUNTS", "CREDIT_CARDS", "TRANSACTIONS", "PAYMENT_DATA", "IDENTITY")
_ALL = (*_DAILY[:4], "INVESTMENTS", "INVESTMENTS_TRANSACTIONS", "IDENTITY", "LOANS")
SANDBOX_OPEN_FINANCE = 600
MEU_PLUGGY = 200
# The invented banks that also show investments and loans.
_FULL_BANKS = frozenset({615, 618, 620})


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """One field of a login form."""

    name: str
    label: str
    type: str
    validation: str
    message: str
    mfa: bool = False
    optional: bool = False
    placeholder: str = ""


USER = Credential(
    name="user",
    label="Usuário",
    type="text",
    validation=r"^user-.{2,50}$",
    message="O usuário deve começar com user-",
    placeholder="user-ok",
)
PASSWORD = Credential(
    name="password",
    label="Senha",
    type="password",
    validation=r"^.{6,20}$",
    message="A senha deve ter entre 6 e 20 caracteres",
)
TOKEN = Credential(
    name="token",
    label="Token",
    type="number",
    validation=r"^\d{6}$",
    message="O token deve ter 6 dígitos",
    mfa=True,
)
CPF = Credential(
    name="cpf",
    label="CPF",
    type="number",
    validation=r"^\d{3}\.?\d{3}\.?\d{3}-?\d{2}$",
    message="CPF deve ter 11 números.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Connector:
    """One way into one institution."""

    id: int
    name: str
    color: str
    type: str = "PERSONAL_BANK"
    credentials: tuple[Credential, ...] = (USER, PASSWORD)
    products: tuple[str, ...] = _DAILY
    has_mfa: bool = False
    oauth: bool = False
    is_open_finance: bool = False
    is_sandbox: bool = False

    @property
    def initials(self) -> str:
        """Name it in at most two letters, for its logo."""
        words = [word for word in self.name.split() if word[0].isupper()]
        significant = [word for word in words if word not in {"Banco", "Pluggy"}] or words
        return "".join(word[0] for word in significant[:2])

    @property
    def needs_fresh_mfa(self) -> bool:
        """Say whether each run needs a new one-time value, so that none runs by itself."""
        return self.has_mfa or any(credential.mfa for credential in self.credentials)

    def check(self, parameters: Mapping[str, str], *, only_given: bool = False) -> list[Detail]:
        """List what is wrong with *parameters*; *only_given* lets stored ones be left out."""
        found = []
        for rule in self.credentials:
            value = parameters.get(rule.name)
            if value is None or value == "":
                if not rule.optional and not only_given:
                    found.append(Detail(rule.name, f"{rule.name} is required"))
            elif not re.fullmatch(rule.validation, value):
                found.append(Detail(rule.name, rule.message))
        return found


def _sandbox() -> Iterable[Connector]:
    red = "ef294b"
    yield Connector(id=0, name="Pluggy Bank", color=red, products=_ALL, is_sandbox=True)
    yield Connector(
        id=1,
        name="Pluggy Bank Business",
        color="0f4c81",
        type="BUSINESS_BANK",
        products=_ALL,
        is_sandbox=True,
    )
    yield Connector(id=2, name="Pluggy Bank 2", color=red, products=_ALL, is_sandbox=True)
    yield Connector(
        id=3,
        name="Pluggy Bank MFA 1-step",
        color="7b2cbf",
        credentials=(USER, PASSWORD, TOKEN),
        is_sandbox=True,
    )
    yield Connector(
        id=4, name="Pluggy Bank MFA 2-step", color="3a0ca3", has_mfa=True, is_sandbox=True
    )
    yield Connector(id=5, name="Pluggy Bank QR", color="1b4332", has_mfa=True, is_sandbox=True)
    yield Connector(id=6, name="Pluggy Bank Joint Accounts", color="9d0208", is_sandbox=True)
    yield Connector(
        id=SANDBOX_OPEN_FINANCE,
        name="Sandbox Open Finance",
        color="2a6f97",
        credentials=(CPF,),
        products=_ALL,
        oauth=True,
        is_open_finance=True,
        is_sandbox=True,
    )


def _invented() -> Iterable[Connector]:
    def bank(number: int, name: str, color: str, kind: str = "PERSONAL_BANK") -> Connector:
        products = _ALL if number in _FULL_BANKS else _DAILY
        return Connector(
            id=number, name=name, color=color, type=kind, products=products, is_open_finance=True
        )

    yield bank(613, "Banco Aurora", "d9480f")
    yield bank(614, "Caixinha", "0b7285")
    yield bank(615, "Banco Jequitibá", "2b8a3e")
    yield bank(616, "Cooperativa Serra Azul", "1864ab")
    yield bank(617, "Lume", "862e9c")
    yield bank(618, "Banco Maré Alta", "087f5b")
    yield bank(619, "Capivara", "a61e4d")
    yield bank(620, "Jequitibá Empresas", "5c940d", "BUSINESS_BANK")


@dataclass(frozen=True, slots=True, repr=False)
class Catalogue:
    """All connectors by id, and how their health stands."""

    by_id: Mapping[int, Connector]
    # ONLINE unless named here: OFFLINE refuses item calls, UNSTABLE is shown only.
    health: dict[int, str] = field(default_factory=dict)

    def get(self, connector_id: int) -> Connector | None:
        """Find one by id."""
        return self.by_id.get(connector_id)

    def status(self, connector_id: int) -> str:
        """Tell the health of one."""
        return self.health.get(connector_id, "ONLINE")


def catalogue(*, meu_pluggy: bool = False) -> Catalogue:
    """Make the catalogue a world starts with, in the order of the list endpoint."""
    own = Connector(id=MEU_PLUGGY, name="MeuPluggy", color="ef294b", credentials=(CPF,), oauth=True)
    further = (own,) if meu_pluggy else ()
    return Catalogue({one.id: one for one in (*_sandbox(), *_invented(), *further)})
