"""Letters by SMTP, from the standard library; without a server a letter is a line in the log."""

import asyncio
import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import format_datetime
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

from tomada.domain.clock import utc_now
from tomada.domain.errors import InvalidInputError
from tomada.domain.outgoing import UndeliveredError
from tomada.ports import Mailer
from tomada.telemetry import log

TIMEOUT_SECONDS = 20
_PORTS = {"smtp": 587, "smtps": 465}
_REPLY_OF_A_PERSON = "auto-generated"


def open_mailer(url: str, sender: str) -> Mailer:
    """Make the way to the mail server of *url*; raises ``InvalidInputError``."""
    if not url:
        return Logged()
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        raise InvalidInputError("TOMADA_SMTP_URL must be smtp://… or smtps://…")
    if "@" not in sender:
        raise InvalidInputError("TOMADA_MAIL_FROM must be an e-mail address")
    return Smtp(
        host=parts.hostname,
        port=parts.port or _PORTS[parts.scheme],
        sender=sender,
        user=unquote(parts.username or ""),
        password=unquote(parts.password or ""),
        tls=parts.scheme == "smtps",
    )


@dataclass(frozen=True, slots=True)
class Logged:
    """Notes that there was something to tell, and nothing of it."""

    async def mail(self, to: str, subject: str, text: str, *, message_id: str) -> None:
        """Note it."""
        del to, subject, message_id
        log.info("letter_not_sent", characters=len(text))


@dataclass(frozen=True, slots=True)
class Smtp:
    """A mail server: TLS from the first byte, or STARTTLS, or plain to this machine itself."""

    host: str
    port: int
    sender: str
    user: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    tls: bool = False
    trust: ssl.SSLContext | None = None

    async def mail(self, to: str, subject: str, text: str, *, message_id: str) -> None:
        """Hand the letter over, in a thread: the library waits for the server."""
        letter = EmailMessage()
        letter["From"] = self.sender
        letter["To"] = to
        letter["Subject"] = subject
        letter["Date"] = format_datetime(utc_now())
        letter["Message-ID"] = f"<{message_id}@{self.sender.rpartition('@')[2]}>"
        letter["Auto-Submitted"] = _REPLY_OF_A_PERSON
        letter.set_content(text, cte="quoted-printable")
        try:
            await asyncio.to_thread(self._send, letter)
        except smtplib.SMTPResponseException as error:
            raise UndeliveredError(f"smtp_{error.smtp_code}") from error
        except (smtplib.SMTPException, OSError) as error:
            raise UndeliveredError("no_mail_server") from error

    def _send(self, letter: EmailMessage) -> None:
        context = self.trust or ssl.create_default_context()
        if self.tls:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                self.host, self.port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT_SECONDS)
        with server:
            server.ehlo()
            plain = _here(self.host) and not server.has_extn("starttls")
            if not self.tls and not plain:
                # Raises where the server cannot: no password and no letter goes out in the clear.
                server.starttls(context=context)
            if self.user:
                server.login(self.user, self.password)
            server.send_message(letter)


def _here(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
