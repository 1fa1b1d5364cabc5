"""The master key in AWS KMS.

``aws-kms:arn:aws:kms:sa-east-1:123456789012:key/<id>``, or an alias by its ARN. The role needs
``kms:Encrypt``, ``kms:Decrypt`` and ``kms:DescribeKey``. When AWS rotates a key it keeps the id and
opens old texts by itself; what `tomada keys rewrap` follows is an alias that points to another key.
"""

import os
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import msgspec

from tomada.adapters.kms.asking import Asking, Told, packed, unpacked, unreadable
from tomada.adapters.kms.aws_credentials import AwsCredentials
from tomada.adapters.kms.sigv4 import Request, signed
from tomada.domain.clock import Clock
from tomada.domain.errors import KeyRefusedError, KeyUnavailableError

_OK = 200
_BUSY = ("ThrottlingException", "LimitExceededException", "DependencyTimeoutException",
         "KMSInternalException", "RequestLimitExceeded")  # fmt: skip
_REFUSED = ("InvalidCiphertextException", "IncorrectKeyException", "ValidationException")
_ARN_PARTS = 6


@dataclass(frozen=True, slots=True)
class AwsKeyProvider:
    """One key or alias of one region."""

    key: str
    region: str
    endpoint: str
    clock: Clock
    credentials: AwsCredentials
    asking: Asking

    async def describe(self) -> str:
        """Name the key that the address stands for now."""
        found = (await self._ask("DescribeKey", {"KeyId": self.key})).get("KeyMetadata")
        arn = found.get("Arn") if isinstance(found, dict) else None
        if not isinstance(arn, str):
            raise unreadable()
        return f"aws-kms:{arn}"

    async def wrap(self, plaintext: bytes, *, context: bytes) -> bytes:
        """Encrypt; the context is the encryption context."""
        said = {"KeyId": self.key, "Plaintext": packed(plaintext), **_context(context)}
        return unpacked(await self._ask("Encrypt", said), "CiphertextBlob")

    async def unwrap(self, wrapped: bytes, *, context: bytes) -> bytes:
        """Decrypt with the key that the text names."""
        if not wrapped:
            raise KeyRefusedError("this was not wrapped by the key service")
        said = {"CiphertextBlob": packed(wrapped), **_context(context)}
        return unpacked(await self._ask("Decrypt", said), "Plaintext")

    async def _ask(self, operation: str, said: dict[str, Any]) -> dict[str, Any]:
        body = msgspec.json.encode(said)
        headers = {
            "Host": urlsplit(self.endpoint).netloc,
            "Content-Type": "application/x-amz-json-1.1",
            "X-Amz-Target": f"TrentService.{operation}",
        }
        given = signed(
            Request("POST", headers, body), await self.credentials.get(),
            region=self.region, service="kms", at=self.clock(),
        )  # fmt: skip
        told = await self.asking.ask("POST", f"{self.endpoint}/", headers=given, body=body)
        if told.status == _OK:
            return told.said
        kind = _kind(told)
        if kind in _REFUSED:
            raise KeyRefusedError(f"the key service does not open this: {kind}")
        raise KeyUnavailableError(f"the key service answered {told.status} {kind}".rstrip())


def open_aws(url: str, clock: Clock) -> AwsKeyProvider:
    """Read an address; raises ``ValueError`` where it names no key.

    ``AWS_ENDPOINT_URL_KMS`` is another place to ask, as AWS's own programs have it.
    """
    key = url.removeprefix("aws-kms:").removeprefix("//")
    parts = key.split(":", _ARN_PARTS - 1)
    if len(parts) != _ARN_PARTS or parts[2] != "kms" or not parts[3]:
        raise ValueError("write the master key as aws-kms:<ARN of the key or of its alias>")
    region = parts[3]
    endpoint = os.environ.get("AWS_ENDPOINT_URL_KMS") or f"https://kms.{region}.amazonaws.com"
    asking = Asking(lambda told: _kind(told) in _BUSY)
    return AwsKeyProvider(
        key, region, endpoint.rstrip("/"), clock, AwsCredentials(clock, asking), asking
    )


def _kind(told: Told) -> str:
    """Name an error of AWS, which may stand behind the name of its package."""
    return str(told.said.get("__type", "")).rpartition("#")[2]


def _context(context: bytes) -> dict[str, dict[str, str]]:
    return {"EncryptionContext": {"tomada": packed(context)}}
