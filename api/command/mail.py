"""`knooppunt mail try ADRES`: one mail to see whether mail arrives; and what the worker sends with."""

import argparse
import secrets
from datetime import UTC, datetime

from api.command import WORKFLOWS
from api.command.migrate import configured
from api.configuration import Configuration
from api.pages import render
from engine.definitions import letters
from engine.errors import InvalidDataError
from engine.mail import Sender, UndeliveredError
from engine.worker import Post

TEXT = letters.Text(
    "Proef: mail van Knooppunt",
    "Dag {naam},\n\nDeze mail is een proef. Komt zij aan, dan werkt het versturen. Je hoeft niets te doen.",
)


def run(chosen: argparse.Namespace) -> int:
    """Send it now, without the outbox."""
    sender = sender_of(configured(chosen))
    if sender is None:
        raise InvalidDataError("Er is nog geen mailserver. Vul die in onder [mail], met host en sender.")
    try:
        sender.send(chosen.mail, TEXT, {"naam": "collega"}, secrets.token_hex(16), datetime.now(UTC))
    except UndeliveredError as error:
        raise InvalidDataError(
            f"De mail is niet verstuurd ({error.kind}). Kijk de instellingen onder [mail] na."
        ) from error
    print("De mailserver nam de mail aan. Kijk of zij aankomt, ook bij het ongewenste.")
    return 0


def sender_of(configuration: Configuration) -> Sender | None:
    """What mail leaves by; None where there is no server."""
    server = configuration.mail.server
    return Sender(server, configuration.web.address, lambda text: str(render.markdown(text))) if server else None


def post_of(configuration: Configuration) -> Post | None:
    """What the worker lets mail leave by; the texts of this installation are for regions without any of their own."""
    sender = sender_of(configuration)
    return Post(sender, letters.read_folder(WORKFLOWS), configuration.web.secret) if sender else None
