"""`/merchants`: companies by their tax number."""

from dataclasses import dataclass
from typing import Any

from starlette.routing import Route

from tomada.simulator.api.call import Call, Gate
from tomada.simulator.households import is_cnpj, known_merchants


@dataclass(frozen=True, slots=True, repr=False)
class MerchantsApi:
    """Look up the shops that the simulated households go to."""

    def routes(self, gate: Gate) -> list[Route]:
        """List the routes."""
        return [Route("/merchants", gate.key(self.find), methods=["GET"])]

    def find(self, call: Call) -> Any:
        """Sort the numbers asked for into known, unknown and malformed; dots may be in them."""
        known = known_merchants()
        found, missing, wrong = [], [], []
        for text in (call.query("cnpjs") or "").split(","):
            given = text.strip()
            digits = given.translate(str.maketrans("", "", "./-"))
            if not given:
                continue
            if not is_cnpj(digits):
                wrong.append(given)
            elif digits in known:
                found.append(known[digits])
            else:
                missing.append(given)
        return {"foundMerchants": found, "notFoundMerchants": missing, "invalidCnpjs": wrong}
