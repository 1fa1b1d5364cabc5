"""From settings to whatever tells somebody outside: the part of ``bootstrap`` for the ways out."""

from tomada.adapters.channels.email import open_mailer
from tomada.adapters.channels.webhook import open_webhook
from tomada.domain.clock import Clock
from tomada.services.mailing import Mailing
from tomada.services.outgoing import Outgoing
from tomada.services.preferences import Preferences
from tomada.services.telling import Telling
from tomada.services.vault import Vault
from tomada.settings import Settings
from tomada.store.tx import Store


def open_telling(settings: Settings, store: Store, vault: Vault, clock: Clock) -> Telling:
    """Make what tells the product, the persons and the operator; raises ``InvalidInputError``."""
    url, networks = settings.product_webhook_url, settings.product_webhook_networks
    secrets = (settings.product_webhook_secret, settings.product_webhook_previous_secret)
    channel = open_webhook(
        url, [one.get_secret_value() for one in secrets], clock=clock, networks=networks
    )
    mailer = open_mailer(settings.smtp_url.get_secret_value(), settings.mail_from)
    mailing = Mailing(store, vault, clock, mailer, settings.origin, settings.operator_email)
    return Telling(Outgoing(store, clock, channel, url), mailing, Preferences(store, clock))
