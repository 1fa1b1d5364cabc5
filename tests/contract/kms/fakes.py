"""Key services that speak their real protocols over HTTP, with keys, versions and bad days.

Each holds one tink keyset per version, so that what it gives is really encrypted, and checks who
asks: Vault's token, AWS's signature (computed here in another way), Google's signed assertion.
"""

import asyncio
import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

import tink
from aiohttp import web
from google.auth import jwt
from tink import aead

Answer = tuple[int, dict[str, Any]]
FAULTS = ("silent", "throttled", "broken", "forbidden", "garbled", "moved", "gone")


class RefusedError(Exception):
    """What was sent does not open."""


@dataclass(slots=True)
class Safe:
    """The keys of a service: versions from 1, each of which may be closed."""

    versions: list[aead.Aead] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.bump()

    def bump(self) -> None:
        """Make a new version the one that encrypts."""
        aead.register()
        handle = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM)
        self.versions.append(handle.primitive(aead.Aead))

    def encrypt(self, plain: bytes, context: bytes) -> tuple[int, bytes]:
        return len(self.versions), self.versions[-1].encrypt(plain, context)

    def decrypt(self, version: int, sealed: bytes, context: bytes) -> bytes:
        if not 1 <= version <= len(self.versions) or version in self.closed:
            raise RefusedError
        try:
            plain: bytes = self.versions[version - 1].decrypt(sealed, context)
        except tink.TinkError as error:
            raise RefusedError from error
        return plain


@dataclass(slots=True)
class Service:
    """One of the three; subclasses know the protocol."""

    safe: Safe = field(default_factory=Safe)
    url: str = ""
    fault: str | None = None
    """What is wrong, for the next *times* requests; None for as long as it is set."""
    times: int | None = None
    asked: int = 0

    async def handle(self, request: web.Request) -> web.StreamResponse:
        self.asked += 1
        body = await request.read()
        fault = self._fault()
        if fault == "silent":
            await asyncio.sleep(30)
        if fault == "garbled":
            return web.Response(text="<html>maintenance</html>")
        if fault == "moved":
            return web.Response(status=302, headers={"Location": f"{self.url}/elsewhere"})
        if fault is not None:
            status, said = self.fails(fault)
        else:
            try:
                status, said = self.answer(request, body)
            except (RefusedError, ValueError, KeyError, TypeError, binascii.Error):
                status, said = self.refuses()
        return web.json_response(said, status=status)

    def _fault(self) -> str | None:
        if self.fault is None or self.times == 0:
            return None
        if self.times is not None:
            self.times -= 1
        return self.fault

    def answer(self, request: web.Request, body: bytes) -> Answer:
        raise NotImplementedError

    def fails(self, fault: str) -> Answer:
        return {"throttled": 429, "broken": 500, "forbidden": 403, "gone": 404}[fault], {}

    def refuses(self) -> Answer:
        return 400, {}


@dataclass(slots=True)
class Vault(Service):
    """The transit engine at ``transit``, key ``tomada``."""

    token: str = "hvs.test"

    def answer(self, request: web.Request, body: bytes) -> Answer:
        if request.headers.get("X-Vault-Token") != self.token:
            return 403, {"errors": ["permission denied"]}
        match request.method, request.path:
            case "GET", "/v1/transit/keys/tomada":
                latest = len(self.safe.versions)
                return 200, {"data": {"latest_version": latest, "type": "aes256-gcm96"}}
            case "POST", "/v1/transit/encrypt/tomada":
                said = json.loads(body)
                version, sealed = self.safe.encrypt(
                    _raw(said["plaintext"]), _raw(said["associated_data"])
                )
                text = f"vault:v{version}:{_text(sealed)}"
                return 200, {"data": {"ciphertext": text, "key_version": version}}
            case "POST", "/v1/transit/decrypt/tomada":
                said = json.loads(body)
                found = re.fullmatch(r"vault:v(\d+):([A-Za-z0-9+/=]+)", said["ciphertext"])
                if found is None:
                    raise RefusedError
                plain = self.safe.decrypt(
                    int(found[1]), _raw(found[2]), _raw(said["associated_data"])
                )
                return 200, {"data": {"plaintext": _text(plain)}}
        return 404, {"errors": []}

    def refuses(self) -> Answer:
        return 400, {"errors": ["cipher: message authentication failed"]}


ARN = "arn:aws:kms:sa-east-1:123456789012:"


@dataclass(slots=True)
class Aws(Service):
    """An alias that stands for the newest key."""

    access: str = "AKIATEST"
    secret: str = "test-secret"

    def answer(self, request: web.Request, body: bytes) -> Answer:
        if not self._signed(request, body):
            return 400, {"__type": "IncompleteSignatureException"}
        said = json.loads(body)
        context = json.dumps(said.get("EncryptionContext", {}), sort_keys=True).encode()
        match request.headers["X-Amz-Target"].partition(".")[2]:
            case "DescribeKey":
                number = len(self.safe.versions)
                return 200, {"KeyMetadata": {"Arn": f"{ARN}key/{number}", "Enabled": True}}
            case "Encrypt":
                plain = _raw(said["Plaintext"])
                if not 1 <= len(plain) <= 4096:
                    return 400, {"__type": "ValidationException"}
                version, sealed = self.safe.encrypt(plain, context)
                return 200, {"CiphertextBlob": _text(version.to_bytes(2, "big") + sealed)}
            case "Decrypt":
                blob = _raw(said["CiphertextBlob"])
                plain = self.safe.decrypt(int.from_bytes(blob[:2], "big"), blob[2:], context)
                return 200, {"Plaintext": _text(plain)}
        return 400, {"__type": "UnknownOperationException"}

    def fails(self, fault: str) -> Answer:
        kinds = {"throttled": "ThrottlingException", "forbidden": "AccessDeniedException",
                 "gone": "com.amazonaws.kms#NotFoundException"}  # fmt: skip
        return (400, {"__type": kinds[fault]}) if fault in kinds else (500, {})

    def refuses(self) -> Answer:
        return 400, {"__type": "InvalidCiphertextException"}

    def _signed(self, request: web.Request, body: bytes) -> bool:
        given = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=(\w+)/(\d{8}/[\w-]+/kms/aws4_request),"
            r" SignedHeaders=([\w;-]+), Signature=([0-9a-f]{64})",
            request.headers.get("Authorization", ""),
        )
        if given is None or given[1] != self.access or "host" not in given[3].split(";"):
            return False
        headers = "".join(f"{name}:{request.headers[name]}\n" for name in given[3].split(";"))
        canonical = f"POST\n/\n\n{headers}\n{given[3]}\n{hashlib.sha256(body).hexdigest()}"
        hashed = hashlib.sha256(canonical.encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{request.headers['X-Amz-Date']}\n{given[2]}\n{hashed}"
        key = b"AWS4" + self.secret.encode()
        for part in given[2].split("/"):
            key = hmac.digest(key, part.encode(), "sha256")
        return hmac.compare_digest(given[4], hmac.digest(key, text.encode(), "sha256").hex())


# Whom a service account speaks to, wherever its file says that tokens are.
_TOKENS = "https://oauth2.googleapis.com/token"
KEY = "projects/p/locations/southamerica-east1/keyRings/r/cryptoKeys/tomada"


@dataclass(slots=True)
class Google(Service):
    """A key with versions, and the place that gives tokens to a service account."""

    certificate: str = ""
    token: str = "ya29.test"

    def answer(self, request: web.Request, body: bytes) -> Answer:
        if request.path == "/token":
            return self._token(body)
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return 401, {"error": {"status": "UNAUTHENTICATED"}}
        version = len(self.safe.versions)
        match request.method, request.path.removeprefix(f"/v1/{KEY}"):
            case "GET", "":
                return 200, {"primary": {"name": f"{KEY}/cryptoKeyVersions/{version}"}}
            case "POST", ":encrypt":
                said = json.loads(body)
                version, sealed = self.safe.encrypt(_raw(said["plaintext"]), _context(said))
                return 200, {"ciphertext": _text(version.to_bytes(2, "big") + sealed)}
            case "POST", ":decrypt":
                said = json.loads(body)
                blob = _raw(said["ciphertext"])
                number = int.from_bytes(blob[:2], "big")
                plain = self.safe.decrypt(number, blob[2:], _context(said))
                return 200, {"plaintext": _text(plain)}
        return 404, {}

    def _token(self, body: bytes) -> Answer:
        (assertion,) = parse_qs(body.decode())["assertion"]
        claims = jwt.decode(assertion, certs=self.certificate, audience=_TOKENS)
        if claims["scope"] != "https://www.googleapis.com/auth/cloudkms":
            return 403, {}
        return 200, {"access_token": self.token, "expires_in": 3600, "token_type": "Bearer"}

    def refuses(self) -> Answer:
        return 400, {"error": {"status": "INVALID_ARGUMENT"}}


@asynccontextmanager
async def served(service: Service) -> AsyncIterator[Service]:
    """Serve on a port of this machine."""
    app = web.Application()
    app.router.add_route("*", "/{anything:.*}", service.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    service.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield service
    finally:
        await runner.cleanup()


def _context(said: dict[str, str]) -> bytes:
    return _raw(said.get("additionalAuthenticatedData", ""))


def _raw(text: str) -> bytes:
    return base64.b64decode(text, validate=True)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
