"""Made-up lines for the redactor: those with something to black out, and those without."""

import base64
import string
from collections.abc import Callable, Iterator
from random import Random
from uuid import UUID

from tomada.telemetry.redaction import is_card, is_cnpj, is_cpf

AREAS = ("11", "21", "31", "41", "51", "61", "71", "81", "85", "98")
WRAPS = (
    "{}", "value={}", "({})", '{{"x": "{}"}}', "see {}, please", "/api/open-finance/{}/rows?x=1",
    "failed: {}", "a {} b", "'{}'", "x:{};", "{}.", "[{}]", "<{}>", "line\n{}\nline",
)  # fmt: skip


def cpf(rng: Random) -> str:
    while True:
        first = f"{rng.randrange(10**9):09}"
        for last in range(100):
            if is_cpf(number := f"{first}{last:02}"):
                return number


def cnpj(rng: Random) -> str:
    alphabet = string.digits + (string.ascii_uppercase if rng.random() < 0.5 else "")
    while True:
        first = "".join(rng.choice(alphabet) for _ in range(12))
        for last in range(100):
            if is_cnpj(number := f"{first}{last:02}"):
                return number


def card(rng: Random) -> str:
    first = rng.choice(("4", "51", "55", "2221", "36", "6062", "5067", "34", "37"))
    length = 15 if first in ("34", "37") else 14 if first == "36" else 16
    body = first + "".join(rng.choice(string.digits) for _ in range(length - len(first) - 1))
    return next(number for last in range(10) if is_card(number := f"{body}{last}"))


def uuid(rng: Random) -> str:
    return str(UUID(int=rng.getrandbits(128), version=4))


def word(rng: Random, *, least: int = 3, most: int = 9) -> str:
    return "".join(rng.choice(string.ascii_lowercase) for _ in range(rng.randint(least, most)))


def secret(rng: Random, length: int) -> str:
    return "".join(rng.choice(string.ascii_letters + string.digits + "_-") for _ in range(length))


def _cpf_masked(rng: Random) -> str:
    n = cpf(rng)
    return f"{n[:3]}.{n[3:6]}.{n[6:9]}-{n[9:]}"


def _cnpj_masked(rng: Random) -> str:
    n = cnpj(rng)
    return f"{n[:2]}.{n[2:5]}.{n[5:8]}/{n[8:12]}-{n[12:]}"


def _card_masked(rng: Random) -> str:
    n, gap = card(rng), rng.choice(" -.")
    if len(n) == 16:
        return gap.join(n[k : k + 4] for k in range(0, 16, 4))
    return gap.join((n[:4], n[4:10], n[10:]))


def _phone(rng: Random) -> str:
    area, number = rng.choice(AREAS), f"9{rng.randrange(10**8):08}"
    return rng.choice(
        (
            f"({area}) {number[:5]}-{number[5:]}", f"+55 {area} {number[:5]}-{number[5:]}",
            f"+55{area}{number}", f"{area}{number}", f"{area} {number[:5]}-{number[5:]}",
            f"({area}) {number[1:5]}-{number[5:]}", f"55{area}{number}",
        )
    )  # fmt: skip


def _account(rng: Random) -> str:
    agency, number = f"{rng.randrange(10**4):04}", f"{rng.randrange(10**5, 10**8)}"
    digit = rng.choice("0123456789X")
    return rng.choice(
        (
            f"conta {number}-{digit}", f"agência {agency}", f"Ag. {agency}", f"C/C: {number}-{digit}",
            f"account number {number}", f"{agency} / {number}-{digit}", f"{agency}/{number}-{digit}",
            f"conta corrente: {number}-{digit}", f"acct={number}",
        )
    )  # fmt: skip


def _email(rng: Random) -> str:
    at = rng.choice(("@", "@", "%40"))
    return f"{word(rng)}{rng.choice(('.', '+', '_', ''))}{word(rng)}{at}{word(rng)}.{rng.choice(('com', 'com.br', 'example'))}"


def _jwt(rng: Random) -> str:
    parts = (b'{"alg":"HS256"}', f'{{"sub":"{word(rng)}"}}'.encode(), rng.randbytes(32))
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts)


def _opens(rng: Random) -> str:
    prefix = rng.choice(("pluggy_sk_", "whsec_", "tomada_key_", "sk_live_", "Bearer "))
    return f"{prefix}{secret(rng, rng.randint(24, 64))}"


def _pix_code(rng: Random) -> str:
    return f"00020126580014br.gov.bcb.pix0136{uuid(rng)}5204000053039865802BR5913{word(rng).upper()}6304{rng.randrange(16**4):04X}"


TRUE: dict[str, Callable[[Random], str]] = {
    "cpf": cpf, "cpf, masked": _cpf_masked, "cnpj": cnpj, "cnpj, masked": _cnpj_masked,
    "card": card, "card, in groups": _card_masked, "phone": _phone, "account": _account,
    "e-mail": _email, "JWT": _jwt, "secret": _opens, "UUID, Pix key": uuid, "Pix code": _pix_code,
}  # fmt: skip


def _wrong(make: Callable[[Random], str], right: Callable[[str], bool], rng: Random) -> str:
    """Give a number of that form whose check digit is another one."""
    while True:
        number = make(rng)
        changed = number[:-1] + str((int(number[-1]) + rng.randint(1, 9)) % 10)
        # Eleven digits may also be a phone.
        if not right(changed) and changed[2] != "9" and changed[4] != "9":
            return changed


FALSE: dict[str, Callable[[Random], str]] = {
    "cpf, wrong digit": lambda rng: _wrong(cpf, is_cpf, rng),
    "cnpj, wrong digit": lambda rng: _wrong(cnpj, is_cnpj, rng),
    "card, wrong digit": lambda rng: _wrong(card, is_card, rng),
    "time": lambda rng: f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:07.{rng.randrange(10**6):06}Z",
    "seconds": lambda rng: f"{rng.randint(1_600_000_000, 1_900_000_000)}",
    "amount": lambda rng: f"{rng.randrange(10**7)}.{rng.randrange(100):02}",
    "digest": lambda rng: rng.randbytes(32).hex(),
    "request id": lambda rng: rng.randbytes(16).hex(),
    "version": lambda rng: f"{rng.randint(0, 40)}.{rng.randint(0, 40)}.{rng.randint(0, 900)}",
    "address": lambda rng: ".".join(str(rng.randint(0, 255)) for _ in range(4)),
    "port": lambda rng: f"localhost:{rng.randint(1024, 65535)}",
    "event": lambda rng: f"{word(rng)}_{word(rng)}_{word(rng)}",
    "route": lambda rng: f"/api/open-finance/{word(rng)}/{{{word(rng)}_id}}",
    "place": lambda rng: f"{word(rng)}.py:{rng.randint(1, 400)} in {word(rng)}",
    "prose": lambda rng: " ".join(word(rng) for _ in range(9)),
    "counts": lambda rng: f"read={rng.randrange(10**4)} added={rng.randrange(10**4)} gone=0",
    "code": lambda rng: f"{word(rng).upper()}_{word(rng).upper()}",
    "accounts": lambda rng: f"accounts: {rng.randint(0, 99)}",
}  # fmt: skip


def samples(kinds: dict[str, Callable[[Random], str]], many: int) -> Iterator[tuple[str, str, str]]:
    """Give kind, value and line, the kinds in turn."""
    rng = Random(4)
    names = list(kinds)
    for n in range(many):
        kind = names[n % len(names)]
        value = kinds[kind](rng)
        yield kind, value, rng.choice(WRAPS).format(value)
