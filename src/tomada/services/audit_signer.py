"""The key that signs checkpoints: made at the first start, kept wrapped by the master key."""

import io
from dataclasses import dataclass, field

import tink
from tink import cleartext_keyset_handle, signature
from tink.proto import ed25519_pb2, tink_pb2

from tomada.domain.checkpoints import Checkpoint, origin_of, read, signed
from tomada.services.vault import Vault

_NAME = "audit"
_TYPE = "type.googleapis.com/google.crypto.tink.Ed25519PrivateKey"


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs with Ed25519 and verifies what was signed; *key* is the public one, 32 bytes."""

    key: bytes
    _sign: signature.PublicKeySign = field(repr=False)
    _verify: signature.PublicKeyVerify = field(repr=False)

    @property
    def origin(self) -> str:
        """Name the log."""
        return origin_of(self.key)

    def sign(self, size: int, root: bytes, at: int) -> bytes:
        """Give a signed note."""
        checkpoint = Checkpoint(self.origin, size, root, at)
        return signed(checkpoint, key=self.key, signature=self._sign.sign(checkpoint.text))

    def verify(self, note: bytes) -> Checkpoint:
        """Read a note of this log; raises ``ValueError`` for any other."""
        checkpoint, signature_ = read(note, key=self.key)
        try:
            self._verify.verify(signature_, checkpoint.text)
        except tink.TinkError as error:
            raise ValueError("the signature is wrong") from error
        return checkpoint


async def open_signer(vault: Vault) -> Signer:
    """Open the installation's signing key."""
    return signer_of(await vault.system_key(_NAME, make=make_key))


def signer_of(kept: bytes) -> Signer:
    """Read a key that ``make_key`` made."""
    signature.register()
    handle = cleartext_keyset_handle.read(tink.BinaryKeysetReader(kept))
    keyset = tink_pb2.Keyset.FromString(kept)
    private = ed25519_pb2.Ed25519PrivateKey.FromString(keyset.key[0].key_data.value)
    return Signer(
        private.public_key.key_value,
        handle.primitive(signature.PublicKeySign),
        handle.public_keyset_handle().primitive(signature.PublicKeyVerify),
    )


def make_key() -> bytes:
    """Make a key to be kept."""
    signature.register()
    # Without tink's prefix the signature is what every other verifier expects.
    template = tink_pb2.KeyTemplate(
        type_url=_TYPE, output_prefix_type=tink_pb2.OutputPrefixType.RAW
    )
    out = io.BytesIO()
    cleartext_keyset_handle.write(tink.BinaryKeysetWriter(out), tink.new_keyset_handle(template))
    return out.getvalue()
