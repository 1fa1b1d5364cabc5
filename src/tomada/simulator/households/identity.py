"""Tell who the customer is: documents, addresses, family, work, income, ties to the bank."""

import random
from datetime import date
from decimal import Decimal
from typing import Any

from tomada.simulator.households.bank_days import add_months
from tomada.simulator.households.people import a_cnpj, a_relative, is_woman, shout
from tomada.simulator.households.profile import Relationship, stream
from tomada.simulator.households.rows import money

# Town, state, area code, first digits of its postal codes, code of the statistics office, place.
_TOWNS = (
    ("São Paulo", "SP", "11", "040", "3550308", ("-23.55", "-46.63")),
    ("Rio de Janeiro", "RJ", "21", "222", "3304557", ("-22.91", "-43.20")),
    ("Belo Horizonte", "MG", "31", "301", "3106200", ("-19.92", "-43.94")),
    ("Curitiba", "PR", "41", "802", "4106902", ("-25.43", "-49.27")),
    ("Porto Alegre", "RS", "51", "902", "4314902", ("-30.03", "-51.22")),
    ("Salvador", "BA", "71", "401", "2927408", ("-12.97", "-38.50")),
    ("Recife", "PE", "81", "500", "2611606", ("-8.05", "-34.88")),
    ("Fortaleza", "CE", "85", "601", "2304400", ("-3.73", "-38.53")),
)
_STREETS = (
    "Rua das Acácias", "Avenida dos Jacarandás", "Rua Sete Quedas", "Alameda das Palmeiras",
    "Rua do Sabiá", "Avenida Beira-Rio", "Travessa das Flores", "Rua Pedra Branca",
)  # fmt: skip
_DISTRICTS = ("Centro", "Vila Aurora", "Jardim das Oliveiras", "Bela Vista", "Alto da Serra")
_JOBS = (
    ("Analista de Sistemas", "212405"), ("Jornalista", "261125"), ("Dentista", "223208"),
    ("Gerente Comercial", "142305"), ("Fisioterapeuta", "223605"), ("Economista", "251205"),
    ("Recepcionista", "422105"), ("Nutricionista", "223710"),
)  # fmt: skip
_PROFILES = ("Conservative", "Moderate", "Aggressive")
_SERVICES = (
    "CONTA_DEPOSITO_A_VISTA", "CONTA_POUPANCA", "CARTAO_CREDITO", "OPERACAO_CREDITO",
    "INVESTIMENTO",
)  # fmt: skip


def identity_of(bank: Relationship, *, today: date) -> dict[str, Any]:
    """Describe the customer of *bank* in the API's words; ids and times are the world's."""
    return _company(bank, today) if bank.business else _person(bank, today)


def _person(bank: Relationship, today: date) -> dict[str, Any]:
    # The same person has the same papers at every bank.
    home = bank.household
    rng = stream("identity", home.holder.document, home.holder.name)
    job, occupation = rng.choice(_JOBS)
    family = home.holder.name.split()[-1]
    couple = home.partner is not None
    born = date(rng.randint(1962, 2001), rng.randint(1, 12), rng.randint(1, 28))
    parents = [
        {"type": kind, "name": a_relative(rng, family, woman=kind == "Mother")}
        for kind in ("Mother", "Father")
    ]
    spouse = (
        [{"type": "Spouse", "name": home.partner.name, "document": home.partner.document}]
        if home.partner is not None
        else []
    )
    town = rng.choice(_TOWNS)
    return {
        "fullName": home.holder.name,
        "socialName": None,
        "birthDate": born,
        "document": home.holder.document,
        "documentType": "CPF",
        "taxNumber": None,
        "sex": "FEMALE" if is_woman(home.holder.name) else "MALE",
        "jobTitle": job,
        "companyName": None if bank.freelance else bank.employer.name,
        "establishmentCode": None,
        "establishmentName": None,
        "maritalStatus": {"code": "MARRIED" if couple else "SINGLE"},
        "nationality": {"hasBrazilianNationality": True, "otherNationalities": []},
        "phoneNumbers": [_phone(rng, town[2], "Personal"), _phone(rng, town[2], "Work")],
        "emails": [{"type": "Personal", "value": _mail(home.holder.name)}],
        "addresses": [_address(rng, town, "Personal")],
        "relations": [*parents, *spouse],
        "investorProfile": rng.choice(_PROFILES),
        "otherDocuments": [
            {
                "type": "RG",
                "number": f"{rng.randrange(10**7, 10**8)}",
                "checkDigit": str(rng.randrange(10)),
                "additionalInfo": f"SSP-{town[1]}",
            },
            {
                "type": "CNH",
                "number": f"{rng.randrange(10**10, 10**11)}",
                "expirationDate": add_months(today.replace(day=1), rng.randint(4, 100)),
            },
        ],
        "passport": None,
        "qualifications": _means(bank, rng, today, occupation=occupation),
        "financialRelationships": _ties(bank, paid_here=not bank.freelance),
    }


def _means(
    bank: Relationship, rng: random.Random, today: date, *, occupation: str
) -> dict[str, Any]:
    """Tell what the person does, earns and owns."""
    return {
        "companyCnpj": bank.employer.document,
        "occupationCode": "CBO",
        "occupationDescription": occupation,
        "informedIncome": {
            "frequency": "MENSAL",
            "amount": money(bank.income),
            "date": today.replace(month=1, day=1),
        },
        "informedPatrimony": {
            "amount": money(bank.income * rng.randint(20, 70) // 100_000 * 100_000),
            "year": today.year - 1,
        },
    }


def _company(bank: Relationship, today: date) -> dict[str, Any]:
    rng = stream("identity", bank.holder.document)
    owner = bank.household.holder
    town = rng.choice(_TOWNS)
    name = bank.holder.name.removesuffix(" Ltda")
    begun = date(rng.randint(2004, 2020), rng.randint(1, 12), rng.randint(1, 28))
    return {
        "fullName": bank.holder.name,
        "companyName": bank.holder.name,
        "establishmentName": name,
        "establishmentCode": "0001",
        "document": bank.holder.document,
        "documentType": "CNPJ",
        "taxNumber": bank.holder.document,
        "birthDate": None,
        "jobTitle": None,
        "phoneNumbers": [_phone(rng, town[2], "Work")],
        "emails": [{"type": "Work", "value": _mail(f"contato {name.split()[-1]}")}],
        "addresses": [_address(rng, town, "Work")],
        "relations": [],
        "incorporationDate": begun,
        "parties": [
            {
                "type": "PARTNER",
                "personType": "NATURAL_PERSON",
                "documentType": "CPF",
                "documentNumber": _digits(owner.document),
                "civilName": owner.name,
                "startDate": begun,
                "shareholding": Decimal("0.9"),
            }
        ],
        "businessOtherDocuments": [],
        "companiesCnpj": [_digits(bank.holder.document)],
        "qualifications": {
            "companyCnpj": bank.holder.document,
            "economicActivities": [
                {"code": f"{rng.randrange(4_700_000, 9_600_000)}", "isMain": True},
                {"code": f"{rng.randrange(4_700_000, 9_600_000)}", "isMain": False},
            ],
            "informedRevenue": {
                "amount": money(bank.income * 12),
                "frequency": "ANNUAL",
                "year": today.year - 1,
            },
        },
        "financialRelationships": _ties(bank, paid_here=False),
    }


def _ties(bank: Relationship, *, paid_here: bool) -> dict[str, Any]:
    rng = bank.rng("ties")
    since = date(rng.randint(2009, 2022), rng.randint(1, 12), rng.randint(1, 28))
    number, _, check = bank.holder.account.partition("-")
    procurator = bank.household.holder
    ties: dict[str, Any] = {
        "startDate": since,
        "productsServicesType": list(_SERVICES),
        "procurators": [
            {
                "type": "REPRESENTANTE_LEGAL",
                "cpfNumber": _digits(procurator.document),
                "civilName": procurator.name,
            }
        ]
        if bank.business
        else [],
        "accounts": [
            {
                "compeCode": bank.holder.routing,
                "branchCode": bank.holder.branch,
                "number": number,
                "checkDigit": check,
                "type": kind,
                "subtype": "INDIVIDUAL",
            }
            for kind in ("CONTA_DEPOSITO_A_VISTA", "CONTA_POUPANCA")[: 1 if bank.business else 2]
        ],
        "portabilitiesReceived": [],
        "paychecksBankLink": [],
    }
    if paid_here:
        ties["paychecksBankLink"] = [
            {
                "employerName": bank.employer.name,
                "employerDocument": _digits(bank.employer.document),
                "paycheckBankCnpj": _digits(a_cnpj(stream("bank", bank.holder.routing))),
                "paycheckBankIspb": bank.holder.ispb,
                "accountOpeningDate": since,
            }
        ]
    return ties


def _address(rng: random.Random, town: tuple[Any, ...], kind: str) -> dict[str, Any]:
    city, state, _, code, ibge, (latitude, longitude) = town
    street = f"{rng.choice(_STREETS)}, {rng.randrange(10, 1900)}"
    district, flat = rng.choice(_DISTRICTS), f"Apto {rng.randrange(1, 18)}{rng.randrange(1, 5)}"
    postal = f"{code}{rng.randrange(10, 99)}-{rng.randrange(100):03d}"
    near = Decimal(rng.randrange(-400, 400)).scaleb(-4)
    return {
        "type": kind,
        "fullAddress": f"{street}, {flat}, {district}, {city} - {state}, {postal}",
        "primaryAddress": street,
        "additionalInfo": flat,
        "district": district,
        "city": city,
        "state": state,
        "postalCode": postal,
        "ibgeTownCode": ibge,
        "country": "Brasil",
        "countryCode": "BRA",
        "geographicCoordinates": {
            "latitude": Decimal(latitude) + near,
            "longitude": Decimal(longitude) - near,
        },
    }


def _phone(rng: random.Random, area: str, kind: str) -> dict[str, Any]:
    # Numbers that begin with 90000 are given to nobody.
    number = f"90000-{rng.randrange(10_000):04d}"
    return {
        "type": kind,
        "value": f"+55 {area} {number}",
        "countryCallingCode": "55",
        "areaCode": area,
    }


def _mail(name: str) -> str:
    words = shout(name).lower().split()
    return f"{words[0]}.{words[-1]}@exemplo.com.br"


def _digits(document: str) -> str:
    return "".join(filter(str.isdigit, document))
