"""Tomada's own client and the simulator understand each other about payments."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from tests.contract.client.opened import opened
from tests.contract.simulator_payments.till import BANK, BUSINESS_BANK, CNPJ, CPF
from tomada.pluggy import PlainDate, PluggyClient
from tomada.pluggy.models.automatic_pix import (
    CreateAutomaticPixPaymentRequest,
    ScheduleAutomaticPixPaymentRequest,
)
from tomada.pluggy.models.boletos import CreateBoleto, NewBoleto, NewBoletoPayer
from tomada.pluggy.models.payment_parties import (
    CreateOrUpdatePaymentCustomer,
    CreatePaymentCustomerRequestBody,
    CreatePaymentRecipient,
    PaymentRecipient,
    PaymentRecipientAccount,
)
from tomada.pluggy.models.payments import (
    CreatePaymentIntent,
    CreatePaymentRequest,
    PaymentIntentParameter,
    Schedule,
    UpdatePaymentRequest,
)
from tomada.pluggy.models.smart_transfers import (
    CreateSmartTransferPayment,
    CreateSmartTransferPreauthorization,
    SmartTransferPreauthorizationParameter,
)
from tomada.simulator import Simulator


def _day(ahead: int) -> PlainDate:
    return PlainDate.of((datetime.now(UTC) - timedelta(hours=3)).date() + timedelta(days=ahead))


async def _recipient(pluggy: PluggyClient) -> PaymentRecipient:
    institutions = [one async for one in pluggy.payment_recipients.list_institutions(name="Aurora")]
    return await pluggy.payment_recipients.create(
        CreatePaymentRecipient(
            tax_number=CNPJ,
            name="Padaria Boa Hora",
            payment_institution_id=institutions[0].id,
            account=PaymentRecipientAccount(branch="1", number="2-3", type="CHECKING_ACCOUNT"),
        )
    )


async def _paid(simulator: Simulator, pluggy: PluggyClient, request_id: str) -> str:
    intent = await pluggy.payments.create_intent(
        CreatePaymentIntent(
            payment_request_id=request_id,
            connector_id=BANK,
            parameters=PaymentIntentParameter(cpf=CPF),
        )
    )
    simulator.world.payments.intents.decide(intent.id, "approve")
    return (await pluggy.payments.get_intent(intent.id)).status


async def test_a_request_is_made_changed_paid_and_another_forgotten() -> None:
    async with opened() as (simulator, pluggy):
        recipient = await _recipient(pluggy)
        wish = CreatePaymentRequest(amount=Decimal("49.90"), recipient_id=recipient.id)
        request = await pluggy.payments.create_request(wish)
        change = UpdatePaymentRequest(amount=Decimal("50.05"), description="Pães")
        changed = await pluggy.payments.update_request(request.id, change)
        ended = await _paid(simulator, pluggy, request.id)
        other = await pluggy.payments.create_request(wish)
        await pluggy.payments.delete_request(other.id)
        left = [one async for one in pluggy.payments.list_requests()]

    assert changed.amount == Decimal("50.05")
    assert ended == "PAYMENT_COMPLETED"
    assert [(one.id, one.status) for one in left] == [(request.id, "COMPLETED")]


async def test_a_schedule_is_planned_and_taken_back() -> None:
    async with opened() as (simulator, pluggy):
        await _recipient(pluggy)
        rule = Schedule(type="DAILY", start_date=_day(2), occurrences=3)
        wish = CreatePaymentRequest(amount=Decimal(1), schedule=rule)
        request = await pluggy.payments.create_request(wish)
        await _paid(simulator, pluggy, request.id)
        rows = await pluggy.payments.list_scheduled(request.id)
        await pluggy.payments.cancel_scheduled(request.id, rows[0].id)
        await pluggy.payments.cancel_all_scheduled(request.id)
        ended = await pluggy.payments.get_request(request.id)

    assert [row.scheduled_date for row in rows] == [_day(2), _day(3), _day(4)]
    assert ended.status == "CANCELED"


async def test_automatic_pix_is_authorised_charged_and_ended() -> None:
    async with opened() as (simulator, pluggy):
        recipient = await _recipient(pluggy)
        request = await pluggy.automatic_pix.create(
            CreateAutomaticPixPaymentRequest(
                start_date=_day(5),
                interval="MONTHLY",
                recipient_id=recipient.id,
                maximum_variable_amount=Decimal(90),
            )
        )
        await _paid(simulator, pluggy, request.id)
        wish = ScheduleAutomaticPixPaymentRequest(amount=Decimal("12.5"), date=_day(4))
        charge = await pluggy.automatic_pix.schedule(request.id, wish)
        planned = await pluggy.automatic_pix.get_charge(request.id, charge.id)
        await pluggy.automatic_pix.cancel_charge(request.id, charge.id)
        await pluggy.automatic_pix.cancel(request.id)
        charges = await pluggy.automatic_pix.list_charges(request.id)

    assert (planned.amount, planned.date, planned.status) == (
        Decimal("12.5"),
        _day(4),
        "SCHEDULED",
    )
    assert [one.status for one in charges] == ["CANCELED"]


async def test_a_smart_transfer_reads_the_balance_and_pays() -> None:
    async with opened() as (simulator, pluggy):
        recipient = await _recipient(pluggy)
        asked = await pluggy.smart_transfers.create_preauthorization(
            CreateSmartTransferPreauthorization(
                connector_id=BANK,
                parameters=SmartTransferPreauthorizationParameter(cpf=CPF),
                recipient_ids=[recipient.id],
                linked_journey=True,
            )
        )
        simulator.world.payments.smart_transfers.decide(asked.id, approved=True)
        before = await pluggy.smart_transfers.balance(asked.id)
        payment = await pluggy.smart_transfers.create_payment(
            CreateSmartTransferPayment(
                preauthorization_id=asked.id, recipient_id=recipient.id, amount=Decimal("0.1")
            )
        )
        paid = await pluggy.smart_transfers.get_payment(payment.id)
        after = await pluggy.smart_transfers.balance(asked.id)
        dropped = await pluggy.smart_transfers.drop_data_consent(asked.id)

    assert paid.status == "PAYMENT_COMPLETED"
    assert before.balance - after.balance == Decimal("0.1")
    assert dropped.data_consent is not None
    assert dropped.data_consent.status == "REJECTED"


async def test_a_boleto_is_issued_and_cancelled_and_a_customer_changed() -> None:
    keys = dict.fromkeys(("clientId", "clientSecret", "certificate", "privateKey"), "x")
    async with opened() as (_, pluggy):
        connection = await pluggy.boletos.connect(BUSINESS_BANK, keys)
        payer = NewBoletoPayer(
            address_state="SP", address_zip_code="01001000", name="Ana Teste", tax_number=CPF
        )
        boleto = await pluggy.boletos.issue(
            CreateBoleto(
                boleto_connection_id=connection.id,
                boleto=NewBoleto(
                    amount=Decimal("2.50"), due_date=_day(3), payer=payer, seu_numero="1"
                ),
            )
        )
        cancelled = await pluggy.boletos.cancel(boleto.id)
        customer = await pluggy.payment_customers.create(
            CreatePaymentCustomerRequestBody(type="INDIVIDUAL", name="Ana", cpf=CPF)
        )
        change = CreateOrUpdatePaymentCustomer(name="Ana Teste")
        renamed = await pluggy.payment_customers.update(customer.id, change)
        await pluggy.payment_customers.delete(customer.id)
        left = [one async for one in pluggy.payment_customers.list()]

    assert (boleto.amount, boleto.status) == (Decimal("2.5"), "OPEN")
    assert boleto.due_date.day == _day(3).day
    assert cancelled.status == "CANCELLED"
    assert (renamed.name, left) == ("Ana Teste", [])
