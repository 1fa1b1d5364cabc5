"""Whose AWS credentials: from the environment, or what ECS and EKS give to a container."""

import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from tomada.adapters.kms.asking import Asking
from tomada.adapters.kms.sigv4 import Credentials
from tomada.domain.clock import Clock
from tomada.domain.errors import KeyUnavailableError

_ECS = "http://169.254.170.2"
_BEFORE = timedelta(minutes=5)
"""New ones are fetched so long before the old ones end."""
_OK = 200


@dataclass(frozen=True, slots=True)
class AwsCredentials:
    """Fetches them when they are needed."""

    clock: Clock
    asking: Asking
    _kept: list[Credentials] = field(default_factory=list, repr=False)

    async def get(self) -> Credentials:
        """Give credentials in force; raises ``KeyUnavailableError`` where there are none."""
        key, secret = os.environ.get("AWS_ACCESS_KEY_ID"), os.environ.get("AWS_SECRET_ACCESS_KEY")
        if key and secret:
            return Credentials(key, secret, os.environ.get("AWS_SESSION_TOKEN"))
        for one in self._kept:
            if one.expires_at is None or self.clock() < one.expires_at - _BEFORE:
                return one
        self._kept[:] = [await self._fetch()]
        return self._kept[0]

    async def _fetch(self) -> Credentials:
        url = os.environ.get("AWS_CONTAINER_CREDENTIALS_FULL_URI")
        relative = os.environ.get("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI")
        if not url and not relative:
            raise KeyUnavailableError("there are no AWS credentials in the environment")
        told = await self.asking.ask("GET", url or f"{_ECS}{relative}", headers=_authorization())
        said = told.said
        try:
            if told.status != _OK:
                raise KeyUnavailableError(f"the container's credentials answered {told.status}")
            return Credentials(
                said["AccessKeyId"], said["SecretAccessKey"], said["Token"],
                datetime.fromisoformat(said["Expiration"]),
            )  # fmt: skip
        except (KeyError, TypeError, ValueError) as error:
            raise KeyUnavailableError("the container's credentials cannot be read") from error


def _authorization() -> dict[str, str]:
    path = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE")
    token = os.environ.get("AWS_CONTAINER_AUTHORIZATION_TOKEN")
    if path:
        token = Path(path).read_text("utf-8").strip()
    return {"Authorization": token} if token else {}
