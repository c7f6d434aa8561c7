"""Answering by a link, without signing in: what a link is for, and what answering an agreement by one does.

A link is worth what the person for whom it was made may do at that moment, and no more: it lets nobody do or read what
this person couldn't. What it shows names no family, for whoever reads somebody's mail can open it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from engine import store
from engine.access import Person
from engine.cases.context import Context
from engine.cases.library import Library
from engine.cases.looking import Looks
from engine.cases.moves import complete
from engine.cases.reading import task as read_task
from engine.cases.views import TaskView
from engine.definitions import Element
from engine.definitions.registers import AgreementRow
from engine.errors import ConflictError, NotAllowedError, NotFoundError
from engine.forms import Form
from engine.store.links import Link
from engine.words import Audience, LinkKind, Register, Relation, Verb

PAST = (
    "Deze link werkt niet meer. Hij is al gebruikt, te oud of niet volledig. Gaf je al antwoord, dan is dat bewaard. "
    "Je kunt ook antwoorden als je je aanmeldt."
)
"""One sentence for each reason, so that who guesses learns nothing."""

UNSAID = "…"
"""What stands where a name or a number stood."""

_PLAIN = frozenset({"baby", "andere", Audience.PARENT, *Register, *Relation})
"""Words in the name of a family that name nobody."""

_NUMBER = re.compile(r"\+?\d(?:[ \-./()]*\d){5,}")
_WORD = re.compile(r"[^\W\d_]+")


def make(ctx: Context, kind: LinkKind, subject: str, case_id: int, person_id: str, expires: datetime) -> str:
    """Make a link for somebody ("" for who has no account) about something in a case, once and until a moment. Gives
    what stands in it, which is kept nowhere: `address` is its page.
    """
    return store.links.add(ctx.tx, kind, subject, case_id, person_id, ctx.now, expires)


def address(token: str) -> str:
    """The page of a link."""
    return f"/antwoord/{token}"


def opened(tx: store.Transaction, token: str, now: datetime) -> Link:
    """What a link is for; nothing changes by looking. Raises NotFoundError where it is unknown, used or too old."""
    link = store.links.one(tx, token, now)
    if link is None:
        raise NotFoundError(PAST)
    return link


def use(tx: store.Transaction, link: Link, now: datetime) -> None:
    """Let a link work no more, since it is answered by. Raises NotFoundError where another was first."""
    if not store.links.use(tx, link, now):
        raise NotFoundError(PAST)


# --- an agreement ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Asked:
    """An agreement of which somebody is asked how it stands: what was agreed and by which day, with no name in it, and
    the questions. `person` is who answers, in the appointment in which that person may.
    """

    person: Person
    task: TaskView
    form: Form
    what: str
    by_date: date | None
    organisation: str


def answerable(element: Element, form: Form) -> bool:
    """Whether a step can be answered by a link: an organisation tells of its own agreement, and the questions choose
    nobody by name.
    """
    own = element.properties.get("register") == Register.AGREEMENT and "organisatie" in element.properties
    fields = form.input_fields()
    says = any(field.properties.get("register") == "status" for field in fields)
    return own and says and not any(field.people or "kies_betrokkene" in field.properties for field in fields)


def acting(tx: store.Transaction, library: Library, link: Link, now: datetime, looks: Looks) -> Context:
    """The context of whoever has a link: as the person for whom it was made. Raises NotFoundError where that is nobody
    who works here.
    """
    if not link.person:
        raise NotFoundError(PAST)
    return Context(tx, library, store.people.one(tx, link.person), now, looks)


def asked(ctx: Context, link: Link) -> Asked:
    """What the link of an agreement shows, to the person for whom it was made, as far as that person may answer it now.
    Raises NotFoundError where that is over.
    """
    for worn in (*ctx.library.hats(ctx.tx, ctx.actor).values(), ctx.actor):
        try:
            view = read_task(replace(ctx, actor=worn), int(link.subject))
        except (NotFoundError, ConflictError, NotAllowedError):
            continue
        if Verb.COMPLETE in view.may and answerable(view.element, view.form):
            return _asked(ctx, link, worn, view)
    raise NotFoundError(PAST)


def _asked(ctx: Context, link: Link, person: Person, view: TaskView) -> Asked:
    item = store.tasks.one(ctx.tx, view.id).item
    rows = store.registers.rows(ctx.tx, link.case_id, AgreementRow)
    agreement = next((row for row in rows if row.item == item), None)
    if agreement is None:
        raise NotFoundError(PAST)
    organisation = view.settings.organisations.get(agreement.organisation)
    return Asked(
        person=person,
        task=view,
        form=Form(view.form.id, tuple(view.form.input_fields())),  # its texts tell more than what was agreed
        what=unnamed(agreement.what, names_of(ctx, link.case_id)),
        by_date=agreement.by_date,
        organisation=organisation.name if organisation else "",
    )


def answer(ctx: Context, link: Link, answers: Mapping[str, Any]) -> None:
    """Answer how an agreement stands, by the person for whom the link was made, which is over by that. Raises
    NotFoundError where this person may not any more, InvalidDataError where the answers don't fit.
    """
    use(ctx.tx, link, ctx.now)
    put = asked(ctx, link)
    complete(replace(ctx, actor=put.person), put.task.id, answers)


def names_of(ctx: Context, case_id: int) -> frozenset[str]:
    """The words of the names by which the family of a case is known, as they are compared."""
    case = store.case_files.read(ctx.tx, case_id, None)
    names = (case.title, *(relative.name for relative in store.registers.family(ctx.tx, case_id)))
    words = (word for name in names for word in _WORD.findall(name) if word[0].isupper() or len(word) > 3)
    return frozenset(word.casefold() for word in words) - _PLAIN


def unnamed(text: str, names: frozenset[str]) -> str:
    """A text without these names, and without what may be a number of somebody."""

    def said(word: re.Match[str]) -> str:
        return UNSAID if word[0].casefold() in names else word[0]

    return _NUMBER.sub(UNSAID, _WORD.sub(said, text))
