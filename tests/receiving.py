"""A real mail server of our own, to see what arrives."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

USER, WORD = "knooppunt", "een-los-woord"


@dataclass
class Mailbox:
    """What a server took. It answers `says` to who it is for, and takes nothing where that is no 250."""

    port: int = 0
    says: str = "250 OK"
    letters: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Somebody to whom a letter goes."""
        if self.says.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.says

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """A letter."""
        assert isinstance(envelope.content, bytes)
        letter = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.to += envelope.rcpt_tos
        return "250 OK"


@contextmanager
def receiving(folder: Path, *, starttls: bool = True, port: int = 0) -> Iterator[Mailbox]:
    """A server on this machine, with a certificate that only its mailbox knows and, with TLS, a password."""
    box = Mailbox()
    own = certificate(folder) if starttls else None
    box.tls = ssl.create_default_context(cafile=str(folder / "own.pem")) if own else box.tls
    server = Controller(
        box, hostname="localhost", port=port or _free_port(), tls_context=own, require_starttls=starttls,
        authenticator=_knows, auth_required=starttls,
    )  # fmt: skip
    server.start()
    box.port = server.port
    yield box
    server.stop()


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("localhost", 0))
        port: int = door.getsockname()[1]
    return port


def _knows(_server: object, _session: object, _envelope: object, _mechanism: str, given: LoginPassword) -> AuthResult:
    return AuthResult(success=(given.login, given.password) == (USER.encode(), WORD.encode()))


def certificate(folder: Path) -> ssl.SSLContext:
    """What a server on this machine shows, signed by itself; written in `folder`."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    today = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "own.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(secret)
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "own.pem", folder / "key.pem")
    return context
