"""Everything the payments side answers, in the order in which paths are tried."""

from starlette.routing import BaseRoute

from tomada.simulator.api.call import Gate
from tomada.simulator.payments.api.automatic_pix import AutomaticPixApi
from tomada.simulator.payments.api.bank_page import BankPage
from tomada.simulator.payments.api.boletos import BoletosApi
from tomada.simulator.payments.api.control import PaymentControl
from tomada.simulator.payments.api.intents import IntentsApi
from tomada.simulator.payments.api.leftovers import LeftoversApi
from tomada.simulator.payments.api.parties import PartiesApi
from tomada.simulator.payments.api.pay_page import PayPage
from tomada.simulator.payments.api.requests import RequestsApi
from tomada.simulator.payments.api.smart_transfers import SmartTransfersApi
from tomada.simulator.payments.api.way import Way


def payment_routes(gate: Gate) -> list[BaseRoute]:
    """List the routes; fixed words in paths come before ids in the same place."""
    way = Way(gate)
    return [
        *AutomaticPixApi(way).routes(),
        *RequestsApi(way).routes(),
        *IntentsApi(way).routes(),
        *PartiesApi(way).routes(),
        *SmartTransfersApi(way).routes(),
        *BoletosApi(way).routes(),
        *LeftoversApi(way).routes(),
        *PaymentControl(way).routes(),
        *BankPage(gate.world.payments).routes(),
        *PayPage(gate.world.payments).routes(),
    ]
