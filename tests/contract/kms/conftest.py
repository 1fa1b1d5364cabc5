"""Every kind of master key behind the one port, and how each can be out of order."""

import json
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from tests.contract.kms.fakes import ARN, KEY, Aws, Google, Service, Vault, served
from tomada.adapters.kms.choice import open_key_provider
from tomada.adapters.kms.local import open_local, rotate_local
from tomada.domain.clock import utc_now
from tomada.ports import KeyProvider


@dataclass(frozen=True, slots=True)
class Bench:
    """A master key, another one of the same kind, and a hand on what is behind them.

    *close* makes the first version unusable; *break_* puts it out of order, for so many requests
    or for good; *secret* must never be seen.
    """

    kms: KeyProvider
    other: KeyProvider
    bump: Callable[[], None]
    close: Callable[[], None]
    break_: Callable[[str, int | None], None]
    secret: str
    remote: bool


def _file(path: Path) -> Bench:
    kms = open_local(path / "one.key", create=True)
    whole = kms.path.read_text()

    def close() -> None:
        keyset = json.loads(kms.path.read_text())
        keyset["key"] = [one for one in keyset["key"] if one["keyId"] == keyset["primaryKeyId"]]
        kms.path.write_text(json.dumps(keyset))

    def break_(fault: str, times: int | None) -> None:
        if times is not None:
            return
        if fault in ("gone", "silent", "moved"):
            kms.path.unlink()
        elif fault == "forbidden":
            kms.path.chmod(0o644)
        else:
            kms.path.write_text(whole[: len(whole) // 2])

    other = open_local(path / "other.key", create=True)
    secret = json.loads(whole)["key"][0]["keyData"]["value"]
    return Bench(kms, other, lambda: _rotated(kms.path), close, break_, secret, remote=False)


def _rotated(path: Path) -> None:
    rotate_local(path)


async def _no_pause(_: float) -> None:
    return


def _quick(provider: Any) -> KeyProvider:
    """Make it impatient, so that a silent service costs a test little."""
    quick: KeyProvider = replace(
        provider, asking=replace(provider.asking, sleep=_no_pause, seconds=0.3)
    )
    return quick


def _remote(kms: KeyProvider, other: KeyProvider, service: Service, secret: str) -> Bench:
    def break_(fault: str, times: int | None) -> None:
        service.fault, service.times = fault, times

    return Bench(
        _quick(kms), _quick(other), service.safe.bump, lambda: service.safe.closed.add(1), break_,
        secret, remote=True,
    )  # fmt: skip


def _opened(url: str, token: str = "") -> KeyProvider:
    return open_key_provider(url, token=token, clock=utc_now, create=False)


async def _vault(stack: AsyncExitStack) -> Bench:
    one, two = Vault(), Vault()
    for service in (one, two):
        await stack.enter_async_context(served(service))
    kms, other = (
        _opened(f"vault+http://{service.url.removeprefix('http://')}/transit/tomada", service.token)
        for service in (one, two)
    )
    return _remote(kms, other, one, one.token)


async def _aws(stack: AsyncExitStack, patch: pytest.MonkeyPatch) -> Bench:
    one, two = Aws(), Aws()
    patch.setenv("AWS_ACCESS_KEY_ID", one.access)
    patch.setenv("AWS_SECRET_ACCESS_KEY", one.secret)
    kms = []
    for service in (one, two):
        await stack.enter_async_context(served(service))
        patch.setenv("AWS_ENDPOINT_URL_KMS", service.url)
        kms.append(_opened(f"aws-kms:{ARN}alias/tomada"))
    return _remote(kms[0], kms[1], one, one.secret)


async def _google(stack: AsyncExitStack, patch: pytest.MonkeyPatch, path: Path) -> Bench:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    kms = []
    one, two = Google(certificate=public.decode()), Google(certificate=public.decode())
    for service in (one, two):
        await stack.enter_async_context(served(service))
        account = path / "account.json"
        account.write_text(
            json.dumps(
                {"type": "service_account", "client_email": "tomada@p.iam.example",
                 "private_key": private, "private_key_id": "1", "token_uri": f"{service.url}/token"}
            )
        )  # fmt: skip
        patch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(account))
        patch.setenv("CLOUDSDK_API_ENDPOINT_OVERRIDES_CLOUDKMS", service.url)
        kms.append(_opened(f"gcp-kms:{KEY}"))
    return _remote(kms[0], kms[1], one, private.splitlines()[1])


@pytest.fixture(params=["file", "vault", "aws", "google"])
async def bench(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> AsyncIterator[Bench]:
    for name in [one for one in os.environ if one.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    async with AsyncExitStack() as stack:
        match request.param:
            case "file":
                yield _file(tmp_path)
            case "vault":
                yield await _vault(stack)
            case "aws":
                yield await _aws(stack, monkeypatch)
            case _:
                yield await _google(stack, monkeypatch, tmp_path)
