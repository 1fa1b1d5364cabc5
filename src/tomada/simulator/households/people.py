"""Invented people and companies with documents that pass their check digits."""

import random
import re
import unicodedata
from dataclasses import dataclass

_GIVEN = (
    "Ana Clara", "Beatriz", "Camila", "Débora", "Elisa", "Fernanda", "Helena", "Isabela", "Júlia",
    "Larissa", "Mariana", "Natália", "Patrícia", "Renata", "Sofia", "Tainá", "Vanessa", "Yasmin",
    "André", "Bruno", "Caio", "Diego", "Eduardo", "Felipe", "Gustavo", "Heitor", "Igor", "João",
    "Leandro", "Marcelo", "Otávio", "Paulo", "Rafael", "Samuel", "Thiago", "Vinícius",
)  # fmt: skip
_WOMEN = 18
"""How many of the given names, from the first, are women's."""
_SURNAMES = (
    "Almeida", "Araújo", "Barbosa", "Barros", "Cardoso", "Carvalho", "Correia", "Dias", "Duarte",
    "Farias", "Fernandes", "Freitas", "Gomes", "Lacerda", "Leal", "Lima", "Macedo", "Martins",
    "Melo", "Mendes", "Moraes", "Moreira", "Nogueira", "Paiva", "Peixoto", "Queiroz", "Ramos",
    "Ribeiro", "Rocha", "Sampaio", "Souza", "Tavares", "Teixeira", "Vasconcelos", "Xavier",
)  # fmt: skip
_TRADES = (
    "Logística", "Engenharia", "Editora", "Consultoria", "Sistemas", "Têxtil", "Alimentos",
    "Laboratório", "Arquitetura", "Comércio", "Educação", "Comunicação",
)  # fmt: skip
_BRANDS = (
    "Vento Sul", "Pedra Clara", "Ipê Roxo", "Maré Alta", "Serra Verde", "Aroeira", "Sabiá",
    "Quatro Rios", "Horizonte Novo", "Caraíba", "Jequitibá", "Lua Cheia",
)  # fmt: skip
# Clearing codes that belong to no institution.
_BANKS = (("901", "90100001"), ("902", "90200002"), ("903", "90300003"), ("904", "90400004"))


@dataclass(frozen=True, slots=True)
class Party:
    """Somebody who pays or is paid: a person or a company with an account somewhere."""

    name: str
    document: str
    branch: str
    account: str
    routing: str
    ispb: str

    @property
    def document_type(self) -> str:
        """Say which of the two Brazilian tax numbers the document is."""
        return "CNPJ" if "/" in self.document else "CPF"


def a_person(rng: random.Random) -> Party:
    """Invent a person."""
    given, (first, second) = rng.choice(_GIVEN), rng.sample(_SURNAMES, 2)
    return _party(f"{given} {first} {second}", a_cpf(rng), rng)


def a_relative(rng: random.Random, surname: str, *, woman: bool) -> str:
    """Invent the name of somebody's mother or father."""
    given = rng.choice(_GIVEN[:_WOMEN] if woman else _GIVEN[_WOMEN:])
    return f"{given} {rng.choice(_SURNAMES)} {surname}"


def is_woman(name: str) -> bool:
    """Tell whether an invented person has a woman's name."""
    return any(name.startswith(f"{given} ") for given in _GIVEN[:_WOMEN])


def a_company(rng: random.Random, name: str | None = None) -> Party:
    """Invent a company, or the legal person behind the shop sign *name*."""
    legal = name or f"{rng.choice(_TRADES)} {rng.choice(_BRANDS)}"
    return _party(legal, a_cnpj(rng), rng)


def a_cpf(rng: random.Random) -> str:
    """Invent a personal tax number with right check digits."""
    digits = [rng.randrange(10) for _ in range(9)]
    digits[8] = (digits[7] + 1 + digits[8] % 9) % 10  # eleven equal digits are no CPF
    return write_cpf("".join(map(str, digits + _cpf_checks(digits))))


def is_cpf(text: str) -> bool:
    """Tell whether *text* is eleven digits with right check digits."""
    if not re.fullmatch("[0-9]{11}", text) or len(set(text)) == 1:
        return False
    digits = list(map(int, text))
    return _cpf_checks(digits[:9]) == digits[9:]


def write_cpf(digits: str) -> str:
    """Write the eleven digits of a CPF as people do: 123.456.789-09."""
    return f"{digits[:3]}.{digits[3:6]}.{digits[6:9]}-{digits[9:]}"


def a_cnpj(rng: random.Random) -> str:
    """Invent a company tax number with right check digits."""
    digits = [rng.randrange(10) for _ in range(8)] + [0, 0, 0, 1]
    text = "".join(map(str, digits + _cnpj_checks(digits)))
    return f"{text[:2]}.{text[2:5]}.{text[5:8]}/{text[8:12]}-{text[12:]}"


def is_cnpj(text: str) -> bool:
    """Tell whether *text* is fourteen digits with right check digits."""
    if not re.fullmatch("[0-9]{14}", text) or len(set(text)) == 1:
        return False
    digits = list(map(int, text))
    return _cnpj_checks(digits[:12]) == digits[12:]


def shout(text: str) -> str:
    """Write *text* as bank systems do: capitals, no accents."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return plain.upper()


def short_name(name: str) -> str:
    """Cut a name as statements do: the first name and one initial."""
    first, *rest = name.split()
    return f"{first} {rest[-1][0]}" if rest else first


def _cpf_checks(nine: list[int]) -> list[int]:
    digits = list(nine)
    for length in (10, 11):
        weighted = sum(d * w for d, w in zip(digits, range(length, 1, -1), strict=True))
        digits.append(weighted * 10 % 11 % 10)
    return digits[9:]


def _cnpj_checks(twelve: list[int]) -> list[int]:
    digits = list(twelve)
    for weights in ((5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2), (6, 5, 4, 3, 2, 9, 8, 7, 6, 5, 4, 3, 2)):
        rest = sum(d * w for d, w in zip(digits, weights, strict=True)) % 11
        digits.append((11 - rest) % 11 % 10)
    return digits[12:]


def _party(name: str, document: str, rng: random.Random) -> Party:
    routing, ispb = rng.choice(_BANKS)
    return Party(
        name=name,
        document=document,
        branch=f"{rng.randrange(1, 3000):04d}",
        account=f"{rng.randrange(10_000, 999_999)}-{rng.randrange(10)}",
        routing=routing,
        ispb=ispb,
    )
