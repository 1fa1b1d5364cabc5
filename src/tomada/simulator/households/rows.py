"""Write one bank-account movement the way a Brazilian bank and the provider would show it."""

import random
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tomada.simulator.households import categories as of
from tomada.simulator.households.categories import Category
from tomada.simulator.households.merchants import merchant_of
from tomada.simulator.households.people import Party, short_name, shout
from tomada.simulator.records import TransactionRecord


def money(cents: int) -> Decimal:
    """Turn cents into the two-place decimal of the API."""
    return Decimal(cents).scaleb(-2)


def movement(
    description: str,
    *,
    cents: int,
    at: datetime,
    category: Category,
    operation: str,
    raw: str | None = None,
    **more: Any,
) -> TransactionRecord:
    """Write a bank-account row; *cents* is negative for money out."""
    return TransactionRecord(
        description=description,
        description_raw=raw or shout(description),
        amount=money(cents),
        date=at,
        type="CREDIT" if cents > 0 else "DEBIT",
        category=category.name,
        category_id=category.id,
        operation_type=operation,
        **more,
    )


def pix(
    owner: Party,
    other: Party,
    *,
    cents: int,
    at: datetime,
    day: date,
    rng: random.Random,
    category: Category = of.PIX,
    reason: str | None = None,
) -> TransactionRecord:
    """Write an instant payment between *owner* and *other*; positive cents come in."""
    incoming = cents > 0
    payer, receiver = (other, owner) if incoming else (owner, other)
    verb, raw_verb = ("recebido", "RECEB") if incoming else ("enviado", "TRANSF")
    return movement(
        f"Pix {verb} - {other.name}",
        raw=f"PIX {raw_verb} {shout(short_name(other.name))} {day:%d/%m}",
        cents=cents,
        at=at,
        category=category,
        operation="PIX",
        payment_data=payment(
            payer,
            receiver,
            method="PIX",
            reason=reason,
            reference=end_to_end(payer, at=at, rng=rng),
        ),
    )


def ted(
    owner: Party, other: Party, *, cents: int, at: datetime, rng: random.Random
) -> TransactionRecord:
    """Write an older-style wire transfer."""
    payer, receiver = (other, owner) if cents > 0 else (owner, other)
    return movement(
        f"TED {'recebida' if cents > 0 else 'enviada'} - {other.name}",
        raw=f"TED {other.routing} {shout(other.name)}",
        cents=cents,
        at=at,
        category=of.TED,
        operation="TED",
        payment_data=payment(
            payer, receiver, method="TED", reason=None, reference=f"{rng.randrange(10**9):09d}"
        ),
    )


def salary(
    owner: Party, employer: Party, *, cents: int, at: datetime, what: str = "Salário"
) -> TransactionRecord:
    """Write the month's pay."""
    return movement(
        f"{what} - {employer.name}",
        raw=f"CRED {shout(what)} {shout(employer.name)}",
        cents=cents,
        at=at,
        category=of.SALARY,
        operation="FOLHA_PAGAMENTO",
        payment_data=payment(employer, owner, method="TEV", reason=what, reference=None),
    )


def boleto(
    owner: Party,
    payee: Party,
    *,
    cents: int,
    at: datetime,
    category: Category,
    rng: random.Random,
    what: str,
) -> TransactionRecord:
    """Write a paid bank slip; *cents* is negative."""
    line, barcode = _slip(payee, cents=-cents, rng=rng)
    data = payment(owner, payee, method="BOLETO", reason=what, reference=None)
    data["boletoMetadata"] = {
        "digitableLine": line,
        "barcode": barcode,
        "baseAmount": money(-cents),
        "interestAmount": Decimal(0),
        "penaltyAmount": Decimal(0),
        "discountAmount": Decimal(0),
    }
    return movement(
        f"Pagamento de boleto - {what}",
        raw=f"PAG BOLETO {shout(payee.name)}",
        cents=cents,
        at=at,
        category=category,
        operation="BOLETO",
        payment_data=data,
    )


def received_slip(
    owner: Party, payer: Party, *, cents: int, at: datetime, what: str
) -> TransactionRecord:
    """Write a bank slip that somebody paid to *owner*."""
    return movement(
        f"{what} - {payer.name}",
        raw=f"LIQ COBRANCA {shout(payer.name)}",
        cents=cents,
        at=at,
        category=of.FREELANCE,
        operation="BOLETO",
        payment_data=payment(payer, owner, method="BOLETO", reason=None, reference=None),
    )


def utility(
    company: str, *, cents: int, at: datetime, category: Category, what: str
) -> TransactionRecord:
    """Write an automatic debit of a utility; *cents* is negative."""
    return movement(
        f"{what} - {company}",
        raw=f"DEB AUTOM {shout(what)} {shout(company)}",
        cents=cents,
        at=at,
        category=category,
        operation="CONVENIO_ARRECADACAO",
        merchant=merchant_of(company, category),
    )


def debit_card(
    name: str, *, cents: int, at: datetime, day: date, category: Category
) -> TransactionRecord:
    """Write a purchase by debit card; *cents* is negative."""
    return movement(
        name,
        raw=f"COMPRA CARTAO DEB {day:%d/%m} {shout(name)}",
        cents=cents,
        at=at,
        category=category,
        operation="CARTAO",
        merchant=merchant_of(name, category),
    )


def own_transfer(what: str, *, cents: int, at: datetime) -> TransactionRecord:
    """Write one side of a transfer between two accounts of the holder at the same bank."""
    return movement(
        what,
        cents=cents,
        at=at,
        category=of.OWN_TRANSFER,
        operation="TRANSFERENCIA_MESMA_INSTITUICAO",
    )


def payment(
    payer: Party, receiver: Party, *, method: str, reason: str | None, reference: str | None
) -> dict[str, Any]:
    """Name both ends of a payment in the API's shape."""
    return {
        "payer": _participant(payer),
        "receiver": _participant(receiver),
        "reason": reason,
        "referenceNumber": reference,
        "receiverReferenceId": None,
        "paymentMethod": method,
        "boletoMetadata": None,
    }


def end_to_end(payer: Party, *, at: datetime, rng: random.Random) -> str:
    """Make a PIX end-to-end id: E, the payer's bank, the minute, eleven letters or digits."""
    tail = "".join(rng.choices("0123456789ABCDEFGHJKLMNPQRSTUVWXYZ", k=11))
    return f"E{payer.ispb}{at:%Y%m%d%H%M}{tail}"


def _participant(party: Party) -> dict[str, Any]:
    return {
        "documentNumber": {"type": party.document_type, "value": party.document},
        "name": shout(party.name),
        "accountNumber": party.account,
        "branchNumber": party.branch,
        "routingNumber": party.routing,
        "routingNumberISPB": party.ispb,
    }


def _slip(payee: Party, *, cents: int, rng: random.Random) -> tuple[str, str]:
    """Make the typed line and the bar code of a bank slip, with their check digits."""
    bank = f"{payee.routing}9"
    rest = f"{rng.randrange(1000, 9999)}{cents:010d}"
    free = "".join(str(rng.randrange(10)) for _ in range(25))
    barcode = bank + _mod11(bank + rest + free) + rest + free
    fields = (bank + free[:5], free[5:15], free[15:])
    return "".join(f + _mod10(f) for f in fields) + barcode[4] + rest, barcode


def _mod10(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        product = int(digit) * (2 - place % 2)
        total += product // 10 + product % 10
    return str(-total % 10)


def _mod11(digits: str) -> str:
    total = sum(int(d) * (2 + place % 8) for place, d in enumerate(reversed(digits)))
    check = 11 - total % 11
    return str(check) if check in range(1, 10) else "1"
