"""What goes with a copy for people: a summary, and where everything comes from and goes."""

from collections.abc import Mapping
from datetime import datetime

from tomada.domain.controller import Controller
from tomada.domain.purposes import PURPOSES
from tomada.domain.retention import CLASSES
from tomada.store.columns import ColumnMap

COUNTED = (
    ("items", "conexões com bancos", "connections to banks"),
    ("accounts", "contas e cartões", "accounts and cards"),
    ("transactions", "lançamentos", "transactions"),
    ("bills", "faturas", "card bills"),
    ("investments", "investimentos", "investments"),
    ("investment_transactions", "movimentações de investimentos", "investment movements"),
    ("loans", "empréstimos e financiamentos", "loans and financing"),
    ("identities", "dados cadastrais", "personal data at banks"),
    ("annotations", "anotações suas", "notes of yours"),
    ("notifications", "avisos", "notices"),
    ("consents", "consentimentos", "consents"),
    ("audit", "registros de quem fez o quê", "entries of who did what"),
)
"""Tables by the name a person knows them under."""


def summary(locale: str, counts: Mapping[str, int], made_at: datetime) -> str:
    """Write on one page what is in the archive."""
    own, day = locale == "pt-BR", f"{made_at:%d/%m/%Y %H:%M} UTC"
    head = (
        f"Seus dados na Tomada, em {day}\n\nTudo está em data.json; as pastas e arquivos ao lado"
        " dizem o mesmo de outro jeito.\n\n"
        if own
        else f"Your data in Tomada, as of {day}\n\nEverything is in data.json; what lies beside it"
        " says the same in another way.\n\n"
    )
    return head + "".join(
        f"{counts.get(table, 0):>8}  {here if own else there}\n" for table, here, there in COUNTED
    )


def sources(who: Controller, known: ColumnMap) -> str:
    """Write where the data come from, what for, how long they stay, and who receives them."""
    lines = [
        "# De onde vêm, para quê e para onde vão / Where from, what for, where to",
        "",
        f"Controlador / controller: {who.name}, CNPJ {who.cnpj}, {who.contact}",
        f"Encarregado / DPO: {who.dpo_name}, {who.dpo_contact}",
        "",
        "Origem / origin: o banco, por meio da Pluggy / the bank, through Pluggy.",
        "",
        "| Finalidade / purpose | Base legal / legal basis | Produtos / products |",
        "|---|---|---|",
        *(f"| {one.code} | {one.basis} | {', '.join(one.products)} |" for one in PURPOSES),
        "",
        "Compartilhamento / sharing:",
        *(f"- {one}" for one in who.transfers),
        "",
        "| Tabela / table | Contém / holds | Prazo / kept |",
        "|---|---|---|",
        *(
            f"| {name} | {table.holds} | {CLASSES[table.kept_as].words} |"
            for name, table in known.exported().items()
        ),
    ]
    return "\n".join(lines) + "\n"
