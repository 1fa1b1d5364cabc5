"""Write docs/reference/ropa.md from the code: `python scripts/ropa_page.py`."""

from pathlib import Path

from tomada.domain.controller import Controller
from tomada.services.ropa import ropa
from tomada.store.columns import column_map

PAGE = Path(__file__).resolve().parent.parent / "docs" / "reference" / "ropa.md"
_WHO = Controller(
    name="`TOMADA_CONTROLLER_NAME`",
    cnpj="`TOMADA_CONTROLLER_CNPJ`",
    contact="`TOMADA_CONTROLLER_CONTACT`",
    dpo_name="`TOMADA_DPO_NAME`",
    dpo_contact="`TOMADA_DPO_CONTACT`",
    transfers=("`TOMADA_TRANSFERS`",),
)


def page() -> str:
    """Write the page; an installation prints its own by `tomada privacy ropa`."""
    return ropa(_WHO, column_map())


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
