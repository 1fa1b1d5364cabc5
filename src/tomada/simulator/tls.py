"""Certificates of a simulator that speaks TLS: an authority of its own, good ones and bad ones.

Everything is made at start and lives as long as the simulator; whoever is to trust it reads the
authority's certificate from the file that `tls_authority` names.
"""

import ssl
import warnings
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tomada.simulator.faults import HandshakeEffect

if TYPE_CHECKING:
    import trustme

_WRONG_NAME = "somebody-else.example"


class TlsError(Exception):
    """TLS was asked for and cannot be had; the text says what to do."""


@dataclass(frozen=True, slots=True, repr=False)
class Certificates:
    """How each kind of handshake is answered; a reset never comes as far as a certificate."""

    usual: ssl.SSLContext
    spoiled: dict[HandshakeEffect, ssl.SSLContext]


def certificates(names: Iterable[str], authority_file: Path) -> Certificates:
    """Make an authority, write its certificate into *authority_file*, and certify *names*."""
    try:
        import trustme  # noqa: PLC0415  an extra, needed by whoever asks for TLS
    except ImportError as failure:
        raise TlsError("TLS needs the extra 'tls': pip install 'tomada[tls]'") from failure
    known = sorted({"localhost", "127.0.0.1", "::1", *names})
    authority, stranger = trustme.CA(), trustme.CA()
    try:
        authority.cert_pem.write_to_path(authority_file)
    except OSError as failure:
        raise TlsError(
            f"{authority_file} cannot be written: {failure.strerror or failure}"
        ) from failure
    yesterday = datetime.now(UTC) - timedelta(days=1)
    expired = authority.issue_cert(
        *known, not_before=yesterday - timedelta(days=90), not_after=yesterday
    )
    good = authority.issue_cert(*known)
    return Certificates(
        usual=_context(good),
        spoiled={
            "tls_expired": _context(expired),
            "tls_wrong_name": _context(authority.issue_cert(_WRONG_NAME)),
            "tls_self_signed": _self_signed(stranger),
            "tls_1_1": _old(good),
        },
    )


def _context(certificate: "trustme.LeafCert") -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    return context


def _self_signed(authority: "trustme.CA") -> ssl.SSLContext:
    """Show an authority's own certificate, which nobody but itself has signed."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with authority.cert_pem.tempfile() as shown, authority.private_key_pem.tempfile() as key:
        context.load_cert_chain(shown, key)
    return context


def _old(certificate: "trustme.LeafCert") -> ssl.SSLContext:
    """Speak TLS 1.1 and nothing newer, as only a server of the past does."""
    context = _context(certificate)
    with warnings.catch_warnings():
        # Python warns of old protocols, and being old is the point.
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = ssl.TLSVersion.TLSv1_1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("ALL:@SECLEVEL=0")
    return context
