"""``tomada privacy``: papers that the law asks for, written from the code and the settings."""

from cyclopts import App as Commands

from tomada.services.ropa import ropa as written
from tomada.settings import Settings
from tomada.store.columns import column_map

privacy = Commands(name="privacy", help="Papers that the law asks for.")


@privacy.command
def ropa() -> None:
    """Print the record of processing (LGPD, art. 37) of this installation. Changes nothing."""
    print(written(Settings().controller, column_map()), end="")
