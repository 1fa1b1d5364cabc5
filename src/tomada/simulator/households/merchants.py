"""Invented shops: what they sell, how often a household goes there and what it leaves there."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tomada.simulator.households import categories as of
from tomada.simulator.households.categories import Category
from tomada.simulator.households.people import a_cnpj, shout

_ENDS_IN_90 = 0.35
"""Share of Brazilian shelf prices that end in 90 cents."""


@dataclass(frozen=True, slots=True)
class Habit:
    """A kind of spending: prices in cents, visits a month, hours of the day, most instalments."""

    names: tuple[str, ...]
    category: Category
    mcc: int
    cents: tuple[int, int]
    card_visits: float
    debit_visits: float = 0.0
    hours: tuple[int, int] = (9, 21)
    instalments: int = 1
    with_car: bool = False
    with_child: bool = False


HABITS = (
    Habit(("Mercado Bom Preço", "Supermercado Três Irmãos", "Empório da Vila"), of.GROCERIES, 5411,
          (3500, 42000), 4.5, 2.5, (9, 21)),
    Habit(("Hortifruti Sítio Novo", "Quitanda da Praça"), of.GROCERIES, 5499, (1500, 9000), 1.5, 2.0,
          (8, 19)),
    Habit(("Padaria Pão Dourado", "Padaria Estrela do Bairro", "Confeitaria Doce Lar"),
          of.EATING_OUT, 5462, (600, 4800), 5.0, 4.5, (6, 11)),
    Habit(("Restaurante Panela de Barro", "Cantina da Nonna Rita", "Bar do Seu Zeca",
           "Lanchonete Ponto Certo", "Sushi Kazan"), of.EATING_OUT, 5812, (2200, 18000), 5.0, 1.5,
          (11, 23)),
    Habit(("Chega Já Delivery", "Rango Fácil"), of.DELIVERY, 5814, (2800, 11500), 4.5, 0.0, (18, 23)),
    Habit(("Farmácia Vida Plena", "Drogaria Bem Cuidar"), of.PHARMACY, 5912, (1200, 16000), 2.0, 0.6,
          (8, 21)),
    Habit(("Vai de Carro App", "Corrida Certa"), of.RIDES, 4121, (990, 5200), 5.5, 0.0, (6, 23)),
    Habit(("Bilhete Integrado", "Metrô Cidade Nova"), of.TRANSIT, 4111, (2000, 10000), 0.0, 2.2,
          (6, 20)),
    Habit(("Posto Rota Azul", "Posto Três Marias"), of.FUEL, 5541, (9000, 32000), 2.8, 0.3, (7, 22),
          with_car=True),
    Habit(("Estaciona Fácil", "Garagem Central"), of.PARKING, 7523, (800, 4500), 1.6, 0.0, (9, 22),
          with_car=True),
    Habit(("Passe Livre Pedágios",), of.TOLLS, 4784, (1200, 6400), 0.8, 0.0, (7, 20), with_car=True),
    Habit(("Loja Tecelã", "Moda Aurora", "Calçados Passo Leve"), of.CLOTHING, 5651, (7900, 69000),
          0.9, 0.1, (10, 21), instalments=6),
    Habit(("Casa & Cor Utilidades", "Móveis Bela Madeira"), of.HOUSEWARE, 5719, (5900, 189000), 0.4,
          0.1, (10, 20), instalments=10),
    Habit(("Eletro Mais", "Mundo Digital Eletrônicos"), of.ELECTRONICS, 5732, (19900, 420000), 0.25,
          0.0, (10, 21), instalments=12),
    Habit(("Feira Online", "Compra Certa Marketplace"), of.ONLINE_SHOPPING, 5399, (2500, 38000), 2.4,
          0.0, (8, 23), instalments=4),
    Habit(("Pet Patas Felizes",), of.PETS, 5995, (4500, 26000), 0.8, 0.1, (9, 19)),
    Habit(("Livraria Folha Solta",), of.BOOKS, 5942, (3500, 16000), 0.5, 0.0, (10, 21)),
    Habit(("Brinquedos Pirlimpim", "Espaço Infantil Ciranda"), of.TOYS, 5945, (4500, 28000), 0.7, 0.2,
          (10, 20), with_child=True),
    Habit(("Cine Avenida", "Teatro do Largo"), of.SHOWS, 7832, (3200, 16000), 0.7, 0.0, (14, 22)),
    Habit(("Clínica Bem-Te-Vi", "Laboratório Análise Clara"), of.CLINICS, 8099, (12000, 68000), 0.25,
          0.1, (8, 18), instalments=3),
    Habit(("Voa Brasil Linhas Aéreas",), of.AIRLINES, 4511, (38000, 240000), 0.12, 0.0, (8, 23),
          instalments=10),
    Habit(("Pousada Recanto do Mar", "Hotel Serra Azul"), of.LODGING, 7011, (28000, 190000), 0.14,
          0.0, (9, 22), instalments=6),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Subscription:
    """A monthly charge on the card."""

    name: str
    category: Category
    mcc: int
    cents: int


SUBSCRIPTIONS = (
    Subscription("Telinha Streaming", of.VIDEO, 4899, 3990),
    Subscription("Cinemateca Mais", of.VIDEO, 4899, 2790),
    Subscription("Som Livre Leve Música", of.MUSIC, 4899, 2190),
    Subscription("Nuvem Guarda Tudo", of.DIGITAL, 5734, 990),
    Subscription("Academia Corpo Ativo", of.GYM, 7997, 11990),
    Subscription("Jornal da Manhã Digital", of.DIGITAL, 5968, 2490),
    Subscription("Aprende Já Cursos", of.ONLINE_COURSES, 8299, 5990),
    Subscription("Arena Jogos Online", of.GAMING, 5816, 4490),
    Subscription("Celular Fala Mais Controle", of.MOBILE, 4814, 6490),
)

BUSINESS_HABITS = (
    Habit(("Papelaria Ponto e Vírgula", "Gráfica Boa Impressão"), of.OFFICE, 5943,
          (2500, 42000), 3.0, 1.0, (8, 18)),
    Habit(("Posto Rota Azul", "Posto Três Marias"), of.FUEL, 5541, (12000, 48000), 6.0, 0.5, (6, 21)),
    Habit(("Restaurante Panela de Barro", "Churrascaria Brasa Nova"), of.EATING_OUT, 5812,
          (6000, 48000), 6.0, 1.0, (11, 22)),
    Habit(("Vai de Carro App", "Corrida Certa"), of.RIDES, 4121, (1200, 8800), 9.0, 0.0, (6, 23)),
    Habit(("Eletro Mais", "Mundo Digital Eletrônicos"), of.ELECTRONICS, 5732, (29900, 690000), 0.6,
          0.0, (9, 18), instalments=10),
    Habit(("Voa Brasil Linhas Aéreas",), of.AIRLINES, 4511, (42000, 280000), 0.8, 0.0, (7, 22),
          instalments=6),
    Habit(("Hotel Serra Azul", "Hotel Centro Executivo"), of.LODGING, 7011, (24000, 140000), 0.8,
          0.0, (8, 22)),
    Habit(("Distribuidora Grão e Cia", "Atacado Boa Compra"), of.ONLINE_SHOPPING, 5199,
          (18000, 380000), 3.0, 1.5, (8, 18), instalments=3),
)  # fmt: skip

BUSINESS_SUBSCRIPTIONS = (
    Subscription("Nuvem Guarda Tudo Empresas", of.DIGITAL, 5734, 18990),
    Subscription("Contábil na Mão Sistemas", of.SERVICES, 7372, 24900),
    Subscription("Agenda Certa Software", of.DIGITAL, 7372, 8990),
    Subscription("Anúncio Fácil", of.DIGITAL, 7311, 45000),
    Subscription("Celular Fala Mais Empresas", of.MOBILE, 4814, 21990),
    Subscription("Rastreia Frota", of.SERVICES, 7399, 15900),
)

FOREIGN = (
    ("CLOUDFORGE HOSTING", of.DIGITAL, 5734, (600, 3900)),
    ("PIXELNEST STUDIO", of.DIGITAL, 5734, (900, 5800)),
    ("NORTHWIND BOOKS", of.BOOKS, 5942, (1100, 4200)),
)


def merchant_of(name: str, category: Category) -> dict[str, Any]:
    """Describe the company behind a shop sign; the same sign is always the same company."""
    rng = random.Random(f"merchant:{name}")  # noqa: S311  invented companies need no secrecy
    digits = "".join(filter(str.isdigit, a_cnpj(rng)))
    return {
        "name": name,
        "businessName": f"{shout(name)} LTDA",
        "cnpj": digits,
        "cnae": f"{rng.randrange(4_700_000, 9_600_000)}",
        "category": category.name,
    }


def known_merchants() -> Mapping[str, dict[str, Any]]:
    """Describe every shop that households go to, by the fourteen digits of its CNPJ."""
    signs: dict[str, Category] = {}
    for habit in (*HABITS, *BUSINESS_HABITS):
        signs |= dict.fromkeys(habit.names, habit.category)
    signs |= {one.name: one.category for one in (*SUBSCRIPTIONS, *BUSINESS_SUBSCRIPTIONS)}
    shops = (merchant_of(name, category) for name, category in signs.items())
    return {shop["cnpj"]: shop for shop in shops}


def price(rng: random.Random, cents: tuple[int, int]) -> int:
    """Draw a price: small ones are more frequent, and many end in 90."""
    low, high = cents
    drawn = int(low + (high - low) * rng.betavariate(1.4, 3.6))
    if rng.random() < _ENDS_IN_90:
        drawn = max(low, drawn // 100 * 100 - 10)
    return drawn
