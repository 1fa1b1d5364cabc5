"""Whoever is told of what happened: the product, the persons, the operator."""

from dataclasses import dataclass

from tomada.services.mailing import Mailing
from tomada.services.outgoing import Outgoing
from tomada.services.preferences import Preferences


@dataclass(frozen=True, slots=True)
class Telling:
    """The ways out."""

    product: Outgoing
    mail: Mailing
    preferences: Preferences
