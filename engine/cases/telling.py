"""What is asked before something is told to a case: who told it, when it happened, and for whom.

Danger is told without a question, and withdrawing has a page of its own that names who takes what back.
"""

from collections.abc import Mapping
from typing import Any

from engine import deadlines, forms, store
from engine.access import CaseFacts
from engine.cases.asking import ABOUT, DAY, TELLER
from engine.cases.context import Context
from engine.cases.reading import relatives_known
from engine.cases.views import MessageOption
from engine.errors import InvalidDataError
from engine.forms import Field, FieldKind, Form, Option
from engine.words import Message, Relation, Teller

UNASKED = frozenset(Message)
"""What is told without these questions."""

TELLERS: Mapping[str, str] = {
    Teller.SELF: "Ik zag of merkte het zelf",
    Teller.ORGANISATION: "Iemand van een andere organisatie",
    Teller.OTHER: "Iemand anders",
}


def questions(ctx: Context, case_id: int, option: MessageOption) -> Form:
    """What is asked before this is told to a case that the actor may see."""
    case = store.case_files.read(ctx.tx, case_id, ctx.sight)
    return asked(ctx, case_id, ctx.facts(case), option)


def asked(ctx: Context, case_id: int, facts: CaseFacts, option: MessageOption) -> Form:
    """What is asked before this is told; an empty form where nothing is."""
    if option.name in UNASKED:
        return Form(option.name, ())
    known = relatives_known(ctx, case_id, facts)
    spoke = _people(known, ",".join(relation for relation in Relation if relation != Relation.CHILD))
    others = tuple(Option(value, label) for value, label in TELLERS.items())
    day = "Weet je het niet precies? Vul dan de dag in waarop je het hoorde."
    fields = [
        Field(TELLER, TELLER, FieldKind.RADIO, "Wie vertelde dit?", required=True, options=spoke + others),
        Field(DAY, DAY, FieldKind.DATE, "Wanneer gebeurde het?", day, required=True),
    ]
    if about := _people(known, option.element.properties.get("voor_wie", "")):
        fields.append(Field(ABOUT, ABOUT, FieldKind.CHECKLIST, "Voor wie geldt dit?", required=True, options=about))
    return Form(option.name, tuple(fields))


def _people(known: Mapping[str, Any], relations: str) -> tuple[Option, ...]:
    choice = Field("", "", FieldKind.SELECT, properties={"kies_betrokkene": relations})
    return forms.options(choice, known)


def answered(ctx: Context, form: Form, answers: Mapping[str, Any]) -> dict[str, Any]:
    """The answers, clean. Raises InvalidDataError with all that is missing or wrong, and where the day is to come."""
    clean: dict[str, Any] = {}
    wrong: dict[str, str] = {}
    try:
        clean = forms.validate(form, answers, {})
    except InvalidDataError as error:
        wrong |= error.fields
    day = answers.get(DAY)
    if DAY not in wrong and isinstance(day, str) and day > ctx.now.astimezone(deadlines.ZONE).date().isoformat():
        wrong[DAY] = "Deze dag moet nog komen. Vul de dag in waarop het gebeurde: vandaag of eerder."
    if wrong:
        raise InvalidDataError("Vul eerst in wie dit vertelde, wanneer het gebeurde en voor wie het geldt.", wrong)
    return clean
