"""What an installation is told: read from one TOML file and checked, so that a slip is told before anybody works.

A section is a frozen dataclass, and what may stand in the file follows from its fields. Each is explained in
docs/instellingen.md.
"""

import re
import tomllib
import typing
from collections.abc import Callable, Mapping
from dataclasses import Field, dataclass, field, fields
from datetime import timedelta
from difflib import get_close_matches
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from api import SMALLEST_QUEUE
from engine import deadlines
from engine.errors import InvalidDataError
from engine.mail import Security, Server

QUEUE = 400
LONG_ENOUGH = 32
"""How many letters a secret has at least by which links are sealed."""

TAKEN = ("terug", "sleutel", "code")
"""What stands in an address where the name of a provider would."""


def setting(default: Any = "", *, fits: Callable[[Any], str] = lambda _: "", needed: bool = False) -> Any:
    """A setting with what holds where it is left out, which it may not be where it is `needed`; `fits` gives a sentence
    about a value that can't be, else "".
    """
    return field(default=default, metadata={"fits": fits, "needed": needed})


def secret() -> Any:
    """A secret, "" where there is none: `name` stands in the file as `name_file`, the path of a file that holds it."""
    return field(default="", repr=False, metadata={"secret": True})


def _enough(number: int) -> str:
    return "" if number >= SMALLEST_QUEUE else f"moet {SMALLEST_QUEUE} zijn of meer"


def _some(number: int) -> str:
    return "" if number > 0 else "moet 1 zijn of meer"


def _hour(number: int) -> str:
    return "" if 0 <= number <= 24 else "moet een uur van de dag zijn, van 0 tot en met 24"


def _some_time(span: timedelta) -> str:
    return "" if span > timedelta() else "moet langer duren dan niets"


def _safe_address(address: str) -> str:
    parts = urlsplit(address)
    if (parts.scheme == "https" and parts.hostname) or (parts.scheme == "http" and parts.hostname == "localhost"):
        return ""
    return "moet met https:// beginnen, of met http://localhost om het op je eigen machine te proberen"


def _security(word: str) -> str:
    return "" if word in tuple(Security) else f"moet een van deze zijn: {', '.join(Security)}"


def _address(mail: str) -> str:
    return "" if "@" in parseaddr(mail)[1] else "moet een mailadres zijn, zoals knooppunt@gemeente.example"


def _short_name(id: str) -> str:
    fits = re.fullmatch(r"[a-z][a-z0-9-]*", id) and id not in TAKEN
    return (
        "" if fits else f"moet uit kleine letters, cijfers en streepjes bestaan, en mag niet zijn: {', '.join(TAKEN)}"
    )


@dataclass(frozen=True)
class DatabaseSettings:
    """Where everything is kept."""

    url: str = setting("sqlite:///knooppunt.sqlite")
    password: str = secret()


@dataclass(frozen=True)
class WebSettings:
    """How pages and API are served."""

    queue: int = setting(QUEUE, fits=_enough)
    proxies: str = setting("127.0.0.1")
    address: str = setting("http://localhost:8000", fits=_safe_address)
    secret: str = secret()
    help: str = setting("wie bij jullie Knooppunt over aanmelden gaat")


@dataclass(frozen=True)
class MetricsSettings:
    """Who may read the figures of a running house: whoever knows the token; without one nobody."""

    token: str = secret()


@dataclass(frozen=True)
class SessionSettings:
    """How long somebody stays signed in."""

    idle: timedelta = setting(timedelta(minutes=30), fits=_some_time)
    absolute: timedelta = setting(timedelta(hours=12), fits=_some_time)


@dataclass(frozen=True)
class LimitSettings:
    """How often something may be tried."""

    sign_in: int = setting(60, fits=_some)
    codes: int = setting(10, fits=_some)
    reading: int = setting(120, fits=_some)


@dataclass(frozen=True)
class MailSettings:
    """The mail server of the organisation, by which mail leaves. Without a `host` none does."""

    host: str = setting()
    port: int = setting(587, fits=_some)
    security: str = setting(Security.STARTTLS.value, fits=_security)
    user: str = setting()
    password: str = secret()
    sender: str = setting(fits=_address)

    @property
    def server(self) -> Server | None:
        """The server, None where there is none."""
        security = Security(self.security)
        return Server(self.host, self.port, security, self.user, self.password, self.sender) if self.host else None


@dataclass(frozen=True)
class AlarmSettings:
    """What stands out in who looked, so that the functionaris is told of it."""

    families: int = setting(40, fits=_some)
    begins: int = setting(6, fits=_hour)
    ends: int = setting(23, fits=_hour)


@dataclass(frozen=True)
class ClaimSettings:
    """What a provider calls what it says of somebody."""

    mail: str = setting("email")


@dataclass(frozen=True)
class ProviderSettings:
    """One provider of OpenID Connect, by which people sign in."""

    id: str = setting(fits=_short_name, needed=True)
    name: str = setting(needed=True)
    issuer: str = setting(fits=_safe_address, needed=True)
    client_id: str = setting(needed=True)
    client_secret: str = secret()
    scopes: str = setting("openid email")
    claims: ClaimSettings = ClaimSettings()


@dataclass(frozen=True)
class Configuration:
    """Everything that an installation is told."""

    database: DatabaseSettings = DatabaseSettings()
    web: WebSettings = WebSettings()
    session: SessionSettings = SessionSettings()
    metrics: MetricsSettings = MetricsSettings()
    limits: LimitSettings = LimitSettings()
    alarms: AlarmSettings = AlarmSettings()
    mail: MailSettings = MailSettings()
    provider: tuple[ProviderSettings, ...] = ()


def load(path: Path | None) -> Configuration:
    """The configuration in a file, or what holds where nothing is said.

    Raises InvalidDataError with a sentence for each thing that is wrong.
    """
    if path is None:
        return Configuration()
    try:
        raw = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidDataError(f"De instellingen in {path} zijn niet te lezen. Klopt het pad?") from error
    except tomllib.TOMLDecodeError as error:
        raise InvalidDataError(f"In {path} klopt de schrijfwijze niet ({error}). Kijk die regel na.") from error
    reader = _Reader(path.parent)
    read = reader.section(Configuration, raw, "")
    if read.web.secret and len(read.web.secret) < LONG_ENOUGH:
        reader.wrong.append(f"- web.secret_file: dit geheim moet ten minste {LONG_ENOUGH} tekens lang zijn.")
    if read.mail.host and not read.mail.sender:
        reader.wrong.append("- mail.sender: deze instelling is nodig, want er is een mailserver.")
    if reader.wrong:
        raise InvalidDataError("\n".join([f"De instellingen in {path} kloppen niet:", *reader.wrong]))
    configuration: Configuration = read
    return configuration


class _Reader:
    """Reads sections by the types of their fields, and gathers in `wrong` what can't be; paths begin at `folder`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wrong: list[str] = []

    def section(self, kind: Any, raw: Mapping[str, Any], place: str) -> Any:
        """An instance of the dataclass `kind`; what is wrong in it holds its default."""
        types = typing.get_type_hints(kind)
        known = {name_in_file(each): each for each in fields(kind)}
        for name in raw.keys() - known.keys():
            near = get_close_matches(name, known, 1, 0.6)
            meant = f"Bedoelde je '{near[0]}'?" if near else f"Er zijn: {', '.join(known)}."
            self.wrong.append(f"- {place}{name}: deze instelling bestaat niet. {meant}")
        needed = [name for name, each in known.items() if each.metadata.get("needed") and not raw.get(name)]
        self.wrong += [f"- {place}{name}: deze instelling is nodig." for name in needed]
        given: dict[str, Any] = {}
        for name in raw.keys() & known.keys():
            each = known[name]
            count = len(self.wrong)
            value = self._value(each, types[each.name], raw[name], f"{place}{name}")
            if len(self.wrong) == count:
                given[each.name] = value
        return kind(**given)

    def _value(self, each: Field[Any], kind: Any, raw: Any, place: str) -> Any:
        if hasattr(kind, "__dataclass_fields__"):
            if isinstance(raw, dict):
                return self.section(kind, raw, f"{place}.")
            self.wrong.append(f"- {place}: dit is een groep. Schrijf [{place}] op een eigen regel.")
            return None
        if (several := typing.get_args(kind)) and isinstance(raw, list):
            return tuple(self.section(several[0], entry, f"{place}.") for entry in raw if isinstance(entry, dict))
        if several:
            self.wrong.append(f"- {place}: hiervan kunnen er meer zijn. Schrijf [[{place}]] op een eigen regel.")
            return None
        if each.metadata.get("secret"):
            return self._secret(raw, place)
        value, must = _read(kind, raw)
        if must or (must := each.metadata["fits"](value)):
            self.wrong.append(f"- {place}: {must}.")
        return value

    def _secret(self, raw: Any, place: str) -> str:
        try:
            text = (self.folder / str(raw)).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            text = ""
        if not text:
            self.wrong.append(f"- {place}: in {self.folder / str(raw)} staat geen geheim. Klopt het pad?")
        return text


def name_in_file(each: Field[Any]) -> str:
    """What a field is called in the file."""
    return f"{each.name}_file" if each.metadata.get("secret") else each.name


def _read(kind: Any, raw: Any) -> tuple[Any, str]:
    """A value as its field holds it, and what it must be where it can't be that."""
    if kind is timedelta:
        try:
            return deadlines.roughly(str(raw)), ""
        except ValueError:
            return timedelta(), 'moet een duur zijn, zoals "PT30M" of "P7D"'
    if kind is int:
        return raw, "" if isinstance(raw, int) and not isinstance(raw, bool) else "moet een heel getal zijn"
    return raw, "" if isinstance(raw, str) else "moet een tekst zijn, tussen aanhalingstekens"
