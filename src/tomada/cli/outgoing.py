"""``tomada outgoing``: what the product's back end is told, and going on after a stop."""

from cyclopts import App as Commands

from tomada.bootstrap import open_app
from tomada.settings import Settings
from tomada.telemetry import set_up

outgoing = Commands(
    name="outgoing", help="The messages to your product's back end: how they stand, going on."
)


@outgoing.command
async def status() -> None:
    """Print whether messages are taken, and how many wait. Changes nothing."""
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        found = await app.telling.product.status()
    if found is None:
        print("no address is set (TOMADA_PRODUCT_WEBHOOK_URL)")
        return
    stopped, failing = found.channel.stopped_at, found.channel.failing_since
    if stopped is not None:
        print(f"stopped since {stopped:%Y-%m-%d %H:%M}; go on with: tomada outgoing resume")
    elif failing is not None:
        print(f"no message was taken since {failing:%Y-%m-%d %H:%M}; it is tried again")
    else:
        print("messages are taken")
    print(f"{found.entries} wait, of {found.entities} entities")


@outgoing.command
async def resume() -> None:
    """Send again, at once, from where it stopped; nothing is left out.

    Safe while the service runs, and safe to repeat.
    """
    set_up(level="WARNING")
    async with open_app(Settings()) as app:
        await app.telling.product.resume()
    print("messages are sent again")
