"""A mail server in this process, which keeps what it is given."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session

from tomada.cli.serve import take_port


@dataclass(slots=True)
class PostOffice:
    """Takes letters, or answers what the test says."""

    port: int = 0
    letters: list[EmailMessage] = field(default_factory=list)
    answer: str = "250 OK"
    over_tls: bool = False

    async def handle_DATA(  # noqa: N802  (aiosmtpd's word)
        self, _: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.answer.startswith("250"):
            letter: Any = message_from_bytes(
                envelope.original_content or b"", policy=policy.default
            )
            self.letters.append(letter)
            self.over_tls = session.ssl is not None
        return self.answer

    def to(self, address: str) -> list[EmailMessage]:
        return [one for one in self.letters if one["To"] == address]


@asynccontextmanager
async def post_office(tls: ssl.SSLContext | None = None) -> AsyncIterator[PostOffice]:
    """Run one on loopback until the block is left; with *tls* it asks for STARTTLS."""
    office = PostOffice()
    listener = take_port("127.0.0.1", 0)
    office.port = listener.getsockname()[1]

    def speaker() -> SMTP:
        return SMTP(office, hostname="mail.example", tls_context=tls, require_starttls=bool(tls))

    server = await asyncio.get_running_loop().create_server(speaker, sock=listener)
    try:
        yield office
    finally:
        server.close()
