"""What a text says by a sign, because a region decides it: `{rol:kernpartner}` is what it calls that role.

Terms, roles and kinds of data are those of the version that a case runs on, and stand in every text that a definition
holds. How long something is kept is asked when a text is shown: it counts for what was closed long ago too.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace

from engine import deadlines
from engine.definitions.model import DataKind, Element, Process, Role, Settings
from engine.forms import Field, Form
from engine.words import Kept

_KEPT = re.compile(r"\{bewaren:([^{}\n]*)\}")
_NAMES = "[Rr]ol|termijn|[Gg]egevenssoort|tekst"
_SIGN = re.compile(rf"\{{(?:bewaren|{_NAMES}):[^{{}}\n]*\}}")
_NAMED = re.compile(rf"\{{({_NAMES}):([^{{}}\n]*)\}}")


def filled(text: str, settings: Settings) -> str:
    """A text with how long this region keeps things in it; it says so where a region chose no term, or one that counts
    in a demo alone.
    """
    return _KEPT.sub(lambda sign: _kept(sign[1], settings), text)


def named(text: str, settings: Settings) -> str:
    """A text with the terms, names of roles and kinds of data, and `teksten` of this region. `{Rol:…}` begins with
    a capital. A sign behind which nothing is known stays as it is.
    """
    return _NAMED.sub(lambda sign: _name(sign[1], sign[2], settings) or sign[0], text) if "{" in text else text


def unfilled(text: str) -> tuple[str, ...]:
    """The signs that a text still has."""
    return tuple(_SIGN.findall(text))


def nameless(text: str) -> tuple[str, ...]:
    """The signs in a text of a step behind which nothing is known."""
    return tuple(sign for sign in unfilled(text) if sign.strip("{}") not in {f"bewaren:{kept}" for kept in Kept})


def process_named(process: Process, settings: Settings) -> Process:
    """A diagram whose names and texts are those of the region."""

    def own(text: str) -> str:
        return named(text, settings)

    return replace(
        process,
        name=own(process.name),
        documentation=own(process.documentation),
        pool=own(process.pool),
        elements={id_: _element(element, own) for id_, element in process.elements.items()},
        flows={id_: replace(flow, name=own(flow.name)) for id_, flow in process.flows.items()},
        lanes=tuple(replace(lane, name=own(lane.name)) for lane in process.lanes),
        notes=tuple(replace(note, text=own(note.text)) for note in process.notes),
    )


def form_named(form: Form, settings: Settings) -> Form:
    """A form whose questions, texts and answers are those of the region."""
    return replace(form, fields=_fields(form.fields, lambda text: named(text, settings)))


def settings_named(settings: Settings) -> Settings:
    """Settings whose own explanations say the terms and names that they hold."""

    def own(text: str) -> str:
        return named(text, settings)

    return replace(
        settings,
        roles={id_: replace(role, summary=own(role.summary)) for id_, role in settings.roles.items()},
        deadlines={id_: replace(term, explanation=own(term.explanation)) for id_, term in settings.deadlines.items()},
        data_kinds={id_: replace(kind, explanation=own(kind.explanation)) for id_, kind in settings.data_kinds.items()},
        texts={id_: own(text) for id_, text in settings.texts.items()},
    )


def _element(element: Element, own: Callable[[str], str]) -> Element:
    name, documentation = own(element.name), own(element.documentation)
    if (name, documentation) == (element.name, element.documentation):
        return element
    return replace(element, name=name, documentation=documentation)


def _fields(fields: Iterable[Field], own: Callable[[str], str]) -> tuple[Field, ...]:
    return tuple(
        replace(
            field,
            label=own(field.label),
            description=own(field.description),
            text=own(field.text),
            options=tuple(replace(option, label=own(option.label)) for option in field.options),
            demands=tuple(replace(demand, sentence=own(demand.sentence)) for demand in field.demands),
            fields=_fields(field.fields, own),
        )
        for field in fields
    )


def _name(what: str, id_: str, settings: Settings) -> str:
    if what == "termijn":
        term = settings.deadlines.get(id_)
        return deadlines.spoken(term.duration) if term else ""
    if what == "tekst":
        return settings.texts.get(id_, "")
    holders: Mapping[str, Role | DataKind] = settings.roles if what.lower() == "rol" else settings.data_kinds
    name = holders[id_].name if id_ in holders else ""
    return name if what[0].isupper() else _in_a_sentence(name)


def _in_a_sentence(name: str) -> str:
    """A name with a small letter where it begins as a sentence does: `Kernpartner`, and not `JGZ`."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _kept(what: str, settings: Settings) -> str:
    term = settings.retention.get(what)
    if term is None:
        return "nog niet gekozen"
    return f"{deadlines.spoken(term.duration)}{' (een voorbeeld)' if term.example else ''}"
