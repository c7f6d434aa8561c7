"""Asking a family who may know what, as one talks: each person apart, the Knooppunt team first, then whom they name.

It shows a list of answers of a form otherwise, and changes nothing of it: the same rows are posted under the same
names. A list that lacks one of the four questions is shown as any list.
"""

import hashlib
import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from api.pages import answers, spoken
from api.pages.answers import ADDED, READ, SOUGHT, SPEAKER, TALK_NAMES, TURN, Control, Posted, Row
from engine import consent, forms
from engine.definitions import Element, Settings
from engine.forms import Field, Form, Holds, Option
from engine.words import Purpose, Register

READ_BACK = "Lees eerst terug wat {} zei: het staat onder de vragen. Klopt het? Rond dan de taak af."
CHOOSE = "Je zocht nog een organisatie. Kies haar uit de lijst, of maak het zoekveld leeg."
SHORTEST = 2
MOST = 6

Answers = Mapping[str, Any]


@dataclass(frozen=True)
class Turn:
    """Somebody who is asked: how many answers there are already, and whether it is their turn."""

    id: str
    name: str
    answers: int
    now: bool


@dataclass(frozen=True)
class Asked:
    """One organisation, as the person whose turn it is is asked about it; `said` is the answer as it is read back, ""
    where there is none yet.
    """

    row: Row
    sentence: str
    said: str
    reply: Control
    kinds: Control | None
    hidden: tuple[tuple[str, str], ...]
    error: str
    team: bool

    @property
    def open(self) -> bool:
        """Whether it is still talked about: nothing was said yet, kinds of data are being chosen, or it is wrong."""
        return bool(not self.said or self.kinds or self.error or self.reply.error)


@dataclass(frozen=True)
class Found:
    """An organisation that may be meant by what was looked for, and what it does."""

    id: str
    name: str
    about: str


@dataclass(frozen=True)
class Shown:
    """What the page shows of a talk. `hidden` keeps what the others said, `said` tells whether there is something to
    read back, and `read` what was read back to whom.
    """

    name: str
    speaker: str
    turns: tuple[Turn, ...]
    asked: tuple[Asked, ...]
    hidden: tuple[tuple[str, str], ...]
    sought: str
    found: tuple[Found, ...]
    said: bool
    read: str


@dataclass(frozen=True)
class Talk:
    """The list of answers in a form, and what the page that it came from said beside it. `keys` are the names of its
    questions by the column that they fill; `team` is asked about first, and has to be where the gate of the case
    follows from these answers (`gate`).
    """

    listed: Field
    keys: Mapping[str, str]
    people: tuple[Option, ...]
    organisations: tuple[Option, ...]
    team: tuple[str, ...]
    gate: bool
    settings: Settings
    purpose: str
    said: Mapping[str, str] = field(default_factory=dict)

    # --- what was posted -----------------------------------------------------------------------------------------

    def begun(self, values: Answers) -> dict[str, Any]:
        """The values of a form in which nobody said anything yet: what was answered another time isn't answered now."""
        blank: dict[str, object] = {self.keys["antwoord"]: None, self.keys["soorten"]: []}
        return {**values, self.listed.key: [{**row, **blank} for row in forms.rows_of(values.get(self.listed.key))]}

    def turn(self, rows: Iterable[Mapping[str, Any]], errors: Iterable[str] = ()) -> str:
        """Whose turn it is: who was chosen, or of whom an answer is wrong."""
        wrong = next((name for name in errors if name.startswith(f"{self.listed.key}.")), "")
        place, listed = wrong.removeprefix(f"{self.listed.key}.").partition(".")[0], list(rows)
        if place.isdecimal() and int(place) < len(listed):
            return self._person(listed[int(place)])
        chosen = self.said.get(TURN) or self.said.get(SPEAKER, "")
        ids = [person.value for person in self.people]
        return chosen if chosen in ids else ids[0]

    def prepared(self, values: Answers, errors: Collection[str], *, speaker: str) -> dict[str, Any]:
        """The values with a row for each organisation that is asked about now."""
        rows = forms.rows_of(values.get(self.listed.key))
        kept = [dict(row) for row in rows if errors or self._person(row) == speaker or self._reply(row)]
        mine = {self._organisation(row) for row in kept if self._person(row) == speaker}
        offered = {option.value for option in self.organisations}
        for organisation in dict.fromkeys((*self.team, self.said.get(ADDED, ""))):
            if organisation in offered - mine:
                kept.append({self.keys["persoon"]: speaker, self.keys["organisatie"]: organisation})
        return {**values, self.listed.key: kept}

    def added(self, values: Answers, speaker: str) -> str:
        """The name of the row that was asked for just now; "" where none was."""
        wanted = (speaker, self.said.get(ADDED, ""))
        rows = enumerate(forms.rows_of(values.get(self.listed.key)))
        places = (i for i, row in rows if (self._person(row), self._organisation(row)) == wanted)
        return next((f"{self.listed.key}.{place}" for place in places), "")

    def heard(self, given: Answers) -> dict[str, Any]:
        """What was posted, without the questions to somebody who wasn't asked anything yet, and without those about the
        team where the case doesn't depend on it.
        """
        rows = forms.rows_of(given.get(self.listed.key))
        spoke = {self._person(row) for row in rows if self._reply(row)}
        waits = [row for row in rows if self._person(row) in spoke or not spoke]
        kept = [
            row
            for row in waits
            if self.gate or not spoke or self._reply(row) or self._organisation(row) not in self.team
        ]
        return {**given, self.listed.key: kept} if self.listed.key in given else dict(given)

    def pending(self, given: Answers) -> tuple[str, str]:
        """Why the talk isn't over, with whose turn it is then; "" where it is. A page of which nothing was read back
        didn't ask it as a talk.
        """
        if READ not in self.said:
            return "", ""
        if self._sought:
            return CHOOSE, self.said.get(SPEAKER, "")
        read = self.said[READ].split()
        rows = forms.rows_of(given.get(self.listed.key))
        for person in self.people:
            mine = self._mine(rows, person.value)
            if mine and self._digest(person.value, mine) not in read:
                return READ_BACK.format(person.label), person.value
        return "", ""

    # --- what is shown ---------------------------------------------------------------------------------------------

    def shown(
        self, controls: Iterable[Control], values: Answers, errors: Mapping[str, str], speaker: str
    ) -> Shown | None:
        """The talk on the page; `controls` are those of the whole form, `values` were prepared. None where other
        answers hide the list: then nobody is asked.
        """
        rows = forms.rows_of(values.get(self.listed.key))
        control = next((control for control in _flat(controls) if control.name == self.listed.key), None)
        if control is None:
            return None
        pairs = list(zip(control.rows, rows, strict=False))  # an empty list is shown as one empty row
        mine = [(row, given) for row, given in pairs if self._person(given) == speaker]
        team = [pair for pair in mine if self._organisation(pair[1]) in self.team]
        asked = [*sorted(team, key=self._by_name), *(pair for pair in mine if pair not in team)]
        answered = self._mine(rows, speaker)
        others = [text for text in self.said.get(READ, "").split() if not text.startswith(f"{speaker}:")]
        return Shown(
            name=self.listed.key,
            speaker=speaker,
            turns=tuple(
                Turn(person.value, person.label, len(self._mine(rows, person.value)), person.value == speaker)
                for person in self.people
            ),
            asked=tuple(self._asked(row, given, errors) for row, given in asked),
            hidden=tuple(
                pair for row, given in pairs if self._person(given) != speaker for pair in self._hidden(row, given)
            ),
            sought=self._sought,
            found=self._found({self._organisation(given) for _, given in mine}),
            said=bool(answered),
            read=" ".join([*others, self._digest(speaker, answered)]),
        )

    def worded(self, errors: Mapping[str, str], values: Answers) -> dict[str, str]:
        """What is wrong, with the question as it was asked where one has no answer yet."""
        sentences = dict(errors)
        for place, row in enumerate(forms.rows_of(values.get(self.listed.key))):
            name = f"{self.listed.key}.{place}.{self.keys['antwoord']}"
            if name in errors and not self._reply(row):
                sentences[name] = f"Kies een antwoord: {self._sentence(row)}"
        return sentences

    def _sentence(self, row: Mapping[str, Any]) -> str:
        kinds = consent.needed(self.settings, self._organisation(row), self.purpose)
        return spoken.question(self.settings, self._named(row), kinds, self.purpose)

    def _asked(self, row: Row, given: Mapping[str, Any], errors: Mapping[str, str]) -> Asked:
        controls = {control.field.key: control for control in row.controls}
        wrong = (errors.get(f"{row.name}.{self.keys[column]}", "") for column in ("organisatie", "persoon"))
        return Asked(
            row,
            self._sentence(given),
            self._answer(given) if self._reply(given) else "",
            controls[self.keys["antwoord"]],
            controls.get(self.keys["soorten"]),
            tuple((name, text) for name, text in self._hidden(row, given) if self._stays_hidden(name)),
            next((text for text in wrong if text), ""),
            self._organisation(given) in self.team,
        )

    def _stays_hidden(self, name: str) -> bool:
        return name.rpartition(".")[2] not in (self.keys["antwoord"], self.keys["soorten"])

    def _hidden(self, row: Row, given: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        """A row as names and texts that the page keeps, for what isn't asked on it now."""
        for key in ("id", *self.keys.values()):
            value = given.get(key)
            for text in value if isinstance(value, list) else [value]:
                if text:
                    yield f"{row.name}.{key}", str(text)

    def _answer(self, row: Mapping[str, Any]) -> str:
        yes, no = consent.replied(
            self.settings, self._organisation(row), self.purpose, self._reply(row), row.get(self.keys["soorten"]) or ()
        )
        return spoken.answer(self.settings, self._named(row), yes, no, self.purpose)

    def _found(self, asked: set[str]) -> tuple[Found, ...]:
        """The organisations whose name or kind holds all words that were looked for."""
        words = self._sought.lower().split()
        if len(self._sought) < SHORTEST:
            return ()
        sorts = self.settings.lists.get("soorten_organisaties", {})
        hits = []
        for option in self.organisations:
            described = self.settings.organisations.get(option.value)
            about = sorts.get(described.kind, described.kind) if described else ""
            text = f"{option.label} {about}".lower()
            if option.value not in asked and all(word in text for word in words):
                hits.append(Found(option.value, option.label, about))
        return tuple(sorted(hits, key=lambda hit: hit.name)[:MOST])

    # --- the columns -----------------------------------------------------------------------------------------------

    @property
    def _sought(self) -> str:
        return "" if self.said.get(ADDED) or self.said.get(TURN) else self.said.get(SOUGHT, "").strip()

    def _person(self, row: Mapping[str, Any]) -> str:
        return str(row.get(self.keys["persoon"]) or "")

    def _organisation(self, row: Mapping[str, Any]) -> str:
        return str(row.get(self.keys["organisatie"]) or "")

    def _reply(self, row: Mapping[str, Any]) -> str:
        return str(row.get(self.keys["antwoord"]) or "")

    def _mine(self, rows: Iterable[Mapping[str, Any]], person: str) -> list[Mapping[str, Any]]:
        return [row for row in rows if self._person(row) == person and self._reply(row)]

    def _named(self, row: Mapping[str, Any]) -> str:
        names = {option.value: option.label for option in self.organisations}
        return names.get(self._organisation(row), self._organisation(row))

    def _by_name(self, pair: tuple[Row, Mapping[str, Any]]) -> str:
        return self._named(pair[1])

    def _digest(self, person: str, rows: Iterable[Mapping[str, Any]]) -> str:
        """Names what somebody said, so that it is known whether it changed since it was read back."""
        said = sorted(
            (self._organisation(row), self._reply(row), sorted(row.get(self.keys["soorten"]) or ())) for row in rows
        )
        return f"{person}:{hashlib.sha256(json.dumps(said).encode()).hexdigest()[:12]}"


def begin(
    element: Element, form: Form, context: Answers, settings: Settings, municipality: str, posted: Posted = ()
) -> Talk | None:
    """The talk that a step asks for; None where it asks no consent, where a region asks it otherwise, or where nobody
    of the family can be asked yet.
    """
    if element.properties.get("register") != Register.CONSENT:
        return None
    for listed in form.input_fields():
        parts = {part.properties.get("register", ""): part for part in listed.fields}
        if listed.type.holds is Holds.ROWS and {"persoon", "organisatie", "antwoord", "soorten"} == parts.keys():
            people = forms.options(parts["persoon"], context)
            if not people:
                return None
            purpose = element.properties.get("doel", Purpose.SHARING)
            shared = purpose == Purpose.SHARING
            return Talk(
                listed=listed,
                keys={column: part.key for column, part in parts.items()},
                people=people,
                organisations=forms.options(parts["organisatie"], context),
                team=tuple(sorted(consent.team(settings, municipality))) if shared else (),
                gate=any(part.expression and forms.GATE in part.expression.names for part in form.input_fields()),
                settings=settings,
                purpose=purpose,
                said={name: text for name, text in posted if name in TALK_NAMES},
            )
    return None


def asked(
    talk: Talk | None,
    form: Form,
    values: Answers,
    context: Answers,
    errors: Mapping[str, str] | None = None,
    *,
    speaker: str = "",
    go: str = "",
    **more: Any,
) -> dict[str, Any]:
    """What a template with the fields of a form needs, the talk among it where there is one."""
    if talk is None:
        return answers.asked(form, values, context, errors, go=go, **more)
    speaker = speaker or talk.turn(forms.rows_of(values.get(talk.listed.key)), errors or ())
    prepared = talk.prepared(values, errors or (), speaker=speaker)
    errors = talk.worded(errors or {}, prepared)
    page = answers.asked(form, prepared, context, errors, go=go or talk.added(prepared, speaker), **more)
    shown = talk.shown(page["shown"], prepared, errors, speaker)
    return {**page, "conditional": page["conditional"] or shown is not None, "talk": shown}


def _flat(controls: Iterable[Control]) -> Iterator[Control]:
    for control in controls:
        yield control
        yield from _flat(control.controls)
