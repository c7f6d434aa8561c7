"""The one sender of mail: composes a letter, and hands it to the mail server of the organisation.

It asks for an encrypted connection and holds the server to its certificate. What it says when it fails is a kind of
error: never an address, a name or what the server answered.
"""

import smtplib
import ssl
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from enum import StrEnum
from html import escape
from urllib.parse import urlsplit

from engine import agenda
from engine.agenda import Entry
from engine.definitions.letters import Text, filled, plain

PATIENCE = 10.0
"""Seconds that a server gets for each answer."""


class Security(StrEnum):
    """How a connection is made safe: upgraded once it is there, from its beginning, or not at all, which is for a
    server on the same machine.
    """

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


class UndeliveredError(Exception):
    """A letter did not leave. `away` says that the server is, so that nothing is wrong with this letter; `refused` that
    trying again will not help.
    """

    def __init__(self, kind: str, *, away: bool = False, refused: bool = False) -> None:
        super().__init__(kind)
        self.kind = kind
        self.away = away
        self.refused = refused


@dataclass(frozen=True)
class Server:
    """The mail server of the organisation. `sender` is the address that letters come from; "" as `host` is none."""

    host: str = ""
    port: int = 587
    security: Security = Security.STARTTLS
    user: str = ""
    password: str = field(default="", repr=False)
    sender: str = ""


@dataclass(frozen=True)
class Sender:
    """Sends letters by one server. They lead to pages at `address`; `html` is how Markdown of a region becomes HTML."""

    server: Server
    address: str
    html: Callable[[str], str]
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    def send(
        self,
        mail: str,
        text: Text,
        values: Mapping[str, str],
        mark: str,
        at: datetime,
        entry: Entry | None = None,
        reply: str = "",
    ) -> None:
        """Send one letter to one address, with an entry for the agenda of who gets it; an answer to it goes to `reply`,
        or else to the house. Raises UndeliveredError.
        """
        try:
            letter = self.compose(mail, text, values, mark, at, entry, reply)
        except ValueError as error:
            raise UndeliveredError(type(error).__name__, refused=True) from error
        with self._connected() as server:
            try:
                server.send_message(letter, parseaddr(self.server.sender)[1], [mail])
            except (smtplib.SMTPException, OSError) as error:
                code = _code(error)
                kind = f"{type(error).__name__} {code or ''}".strip()
                raise UndeliveredError(kind, away=code == 0, refused=code >= 500) from error

    def knock(self) -> None:
        """Connect and sign in as for a letter, and send none. Raises UndeliveredError."""
        with self._connected() as server:
            try:
                server.noop()
            except (smtplib.SMTPException, OSError) as error:
                raise UndeliveredError(type(error).__name__, away=True) from error

    def compose(
        self,
        mail: str,
        text: Text,
        values: Mapping[str, str],
        mark: str,
        at: datetime,
        entry: Entry | None = None,
        reply: str = "",
    ) -> EmailMessage:
        """A letter as words and as simple HTML, the same at each attempt."""
        subject = " ".join(filled(text.subject, values, markdown=False).split())
        message = EmailMessage(SMTP)
        message["From"] = self.server.sender
        message["To"] = mail
        if reply:
            message["Reply-To"] = reply
        message["Subject"] = subject
        message["Date"] = format_datetime(at)
        message["Message-ID"] = f"<{mark}@{urlsplit(self.address).hostname}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(filled(plain(text.body), values, markdown=False) + "\n")
        body = self.html(filled(text.body, values, markdown=True))
        page = f'<!doctype html>\n<html lang="nl"><head><meta charset="utf-8"><title>{escape(subject)}</title></head>'
        message.add_alternative(f"{page}\n<body>\n{body}</body></html>\n", subtype="html")
        if entry is not None:
            self._enter(message, mail, entry, at)
        return message

    def _enter(self, message: EmailMessage, mail: str, entry: Entry, at: datetime) -> None:
        """Let a letter bring an entry for an agenda: as another way to read it, which mail programs offer to take over,
        and as a file for those that don't.
        """
        sender = parseaddr(self.server.sender)[1]
        named = replace(entry, uid=f"{entry.uid}@{urlsplit(self.address).hostname}")
        text = agenda.content(named, sender, mail, at)
        message.add_alternative(text, subtype="calendar", params={"method": entry.method.value})
        message.add_attachment(text.encode(), "application", "ics", filename="overleg.ics")

    @contextmanager
    def _connected(self) -> Iterator[smtplib.SMTP]:
        """A connection on which a letter may be sent."""
        there, own = self.server, urlsplit(self.address).hostname
        try:
            server = (
                smtplib.SMTP_SSL(there.host, there.port, own, timeout=PATIENCE, context=self.tls)
                if there.security == Security.TLS
                else smtplib.SMTP(there.host, there.port, own, timeout=PATIENCE)
            )
        except (smtplib.SMTPException, OSError) as error:
            raise UndeliveredError(type(error).__name__, away=True) from error
        try:
            self._greet(server)
            yield server
        finally:
            with suppress(smtplib.SMTPException, OSError):  # what was taken is taken, however they part
                server.quit()
            server.close()

    def _greet(self, server: smtplib.SMTP) -> None:
        try:
            if self.server.security == Security.STARTTLS:
                server.starttls(context=self.tls)
            if self.server.user:
                server.login(self.server.user, self.server.password)
        except (smtplib.SMTPException, OSError) as error:
            raise UndeliveredError(f"{type(error).__name__} {_code(error) or ''}".strip(), away=True) from error


def _code(error: Exception) -> int:
    """What the server answered, as a number; 0 where the connection broke."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return next((code for code, _ in error.recipients.values()), 0)
    return error.smtp_code if isinstance(error, smtplib.SMTPResponseException) else 0
