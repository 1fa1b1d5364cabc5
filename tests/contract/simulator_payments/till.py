"""A shop that takes payments: a simulator, its clock, and the few calls every story begins with."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from tests.contract.simulator.driver import Driver, driving
from tomada.simulator.payments.settings import PaymentSettings

CPF = "52998224725"
OTHER_CPF = "39053344705"
CNPJ = "11222333000181"
BANK = 613
BUSINESS_BANK = 620
NOBODY = "00000000-0000-4000-8000-000000000000"


@dataclass(slots=True)
class Clock:
    """A clock that stands still until it is moved; it begins on a Monday at noon in Brazil."""

    now: datetime = datetime(2026, 11, 23, 15, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)

    def day(self, ahead: int = 0) -> date:
        return (self.now - timedelta(hours=3)).date() + timedelta(days=ahead)


@dataclass(slots=True)
class Till:
    """A driver with the words of payments."""

    driver: Driver
    clock: Clock

    async def get(self, path: str, **params: Any) -> Any:
        return await self.driver.get(path, **params)

    async def post(self, path: str, body: Any = None) -> Any:
        answer = await self.driver.call("POST", path, json=body)
        assert answer.status_code == 200, answer.text
        return answer.json() if answer.content else None

    async def recipient(self, *, tax_number: str = CNPJ, **fields: Any) -> Any:
        institutions = (await self.get("/payments/recipients/institutions"))["results"]
        body = {
            "name": "Padaria Boa Hora",
            "taxNumber": tax_number,
            "paymentInstitutionId": institutions[0]["id"],
            "account": {"branch": "0001", "number": "123456-7", "type": "CHECKING_ACCOUNT"},
        }
        return await self.post("/payments/recipients", body | fields)

    async def request(self, **fields: Any) -> Any:
        body = {"amount": 49.9, "recipientId": (await self.recipient())["id"]}
        return await self.post("/payments/requests", body | fields)

    async def authorisation(self, **fields: Any) -> Any:
        body = {
            "fixedAmount": 30,
            "interval": "MONTHLY",
            "startDate": self.clock.day(5).isoformat(),
            "recipientId": (await self.recipient())["id"],
            "isRetryAccepted": True,
        }
        return await self.post("/payments/requests/automatic-pix", body | fields)

    async def intent(self, request_id: str, **fields: Any) -> Any:
        body = {"paymentRequestId": request_id, "connectorId": BANK, "parameters": {"cpf": CPF}}
        return await self.post("/payments/intents", body | fields)

    async def decide(self, intent_id: str, decision: str = "approve", **fields: Any) -> Any:
        body = {"decision": decision} | fields
        return await self.post(f"/_simulator/payments/intents/{intent_id}/decision", body)

    async def paid(self, request_id: str, **fields: Any) -> Any:
        """Begin to pay, let the payer approve, and give the intent as it is then."""
        intent = await self.intent(request_id)
        await self.decide(intent["id"], **fields)
        return await self.get(f"/payments/intents/{intent['id']}")

    async def preauthorization(self, *, decision: str | None = "approve", **fields: Any) -> Any:
        body = {
            "connectorId": BANK,
            "parameters": {"cpf": CPF},
            "recipientIds": [(await self.recipient())["id"]],
        }
        made = await self.post("/smart-transfers/preauthorizations", body | fields)
        if decision is None:
            return made
        path = f"/_simulator/payments/preauthorizations/{made['id']}/decision"
        return await self.post(path, {"decision": decision})

    async def transfer(self, given: Any, **fields: Any) -> Any:
        body = {
            "preauthorizationId": given["id"],
            "recipientId": given["recipients"][0]["id"],
            "amount": 10,
        }
        made = await self.post("/smart-transfers/payments", body | fields)
        return await self.get(f"/smart-transfers/payments/{made['id']}")

    async def boleto(self, **fields: Any) -> Any:
        credentials = dict.fromkeys(("clientId", "clientSecret", "certificate", "privateKey"), "x")
        asked = {"connectorId": BUSINESS_BANK, "credentials": credentials}
        connection = await self.post("/boleto-connections", asked)
        boleto = {
            "seuNumero": "0001",
            "amount": 120.5,
            "dueDate": self.clock.day(10).isoformat(),
            "payer": {
                "taxNumber": CPF,
                "name": "Ana Teste",
                "addressState": "SP",
                "addressZipCode": "01001000",
            },
        }
        body = {"boletoConnectionId": connection["id"], "boleto": boleto | fields}
        return await self.post("/boletos", body)

    async def next_ends(self, kind: str, outcome: str, *, count: int = 1) -> None:
        body = {"kind": kind, "outcome": outcome, "count": count}
        await self.post("/_simulator/payments/outcomes", body)

    async def status(self, path: str) -> str:
        found: str = (await self.get(path))["status"]
        return found


@asynccontextmanager
async def tills(**payments: Any) -> AsyncIterator[Till]:
    """Open a shop whose simulator has *payments* as settings."""
    clock = Clock()
    async with driving(
        clock=clock,
        api_key_ttl=timedelta(days=2000),
        requests_per_minute=None,
        payments=PaymentSettings(**payments),
    ) as driver:
        yield Till(driver, clock)
