"""form-js JSON → a form; refuses by name what form-js offers beyond this profile."""

import json
import re
from pathlib import PurePosixPath
from typing import Any

from engine import feel
from engine.errors import DefinitionError, Problem
from engine.feel.patterns import PatternError, compile_pattern
from engine.forms.kinds import FIELD_TYPES, FORM_JS, MAX_TEXT, Demand, Field, FieldKind, FieldType, Holds, Option
from engine.forms.model import CHOOSES_PLACE, CHOOSES_TEAM, CHOOSES_TOPIC, MISSED, Form, inputs, read_options
from engine.likeness import likely
from engine.markdown import acting

MAX_FILE = 300_000
CONDITION = "controle"
SENTENCE = "melding"
"""The properties by which a question says what its answer must meet (FEEL), and what is told where it doesn't."""


def read(content: bytes, file: str) -> Form:
    """Read a form-js file; DefinitionError with every problem where it is outside the profile."""
    reader = _Reader(file)
    form = reader.form(content)
    if reader.problems or form is None:
        raise DefinitionError(reader.problems)
    return form


_ALLOWED = ", ".join(FORM_JS)
_KEY = re.compile(r"[a-z][a-z0-9_]{0,62}")
_TAKEN = {
    "regio",
    "item",
    "id",
    "true",
    "false",
    "null",
    "and",
    "or",
    "not",
    "in",
    "if",
    "then",
    "else",
    "for",
    "return",
}
_TAKEN |= {"some", "every", "satisfies", "between", "instance", "function"}
_TEMPLATE = re.compile(r"\{\{(.*?)\}\}", re.S)


_FAULTS = {
    "Expecting ',' delimiter": "ontbreekt een komma of haakje. Zet tussen twee delen een komma, en sluit elk haakje.",
    "Expecting ':' delimiter": "ontbreekt een dubbele punt. Schrijf “naam”, een dubbele punt, en dan de waarde.",
    "Expecting property name": "staat een komma te veel, of een naam zonder aanhalingstekens. Haal de komma weg, of "
    'zet rechte aanhalingstekens (") om de naam.',
    "Illegal trailing comma": "staat een komma te veel. Haal haar weg: na het laatste deel komt geen komma.",
    "Invalid control character": "staat een tab of een nieuwe regel midden in een tekst. Schrijf daar een spatie.",
    "Unterminated string": "begint een tekst met een aanhalingsteken dat nergens sluit. Zet er een achter.",
    "Invalid \\": "staat een \\ met een teken dat er niet bij kan. Schrijf \\\\ voor een \\.",
    "Expecting value": "ontbreekt een waarde, of staat een tekst zonder aanhalingstekens. Zet rechte aanhalingstekens "
    '(") om elke tekst.',
    "Extra data": "staat iets achter het laatste haakje. Haal het weg, of sluit het haakje verderop.",
}
"""How Python begins to say what is wrong with JSON → what is told."""


def _fault(error: Exception, content: bytes) -> str:
    """Where a form is no JSON, what is wrong there, and what to do."""
    if isinstance(error, UnicodeDecodeError):
        number = content[: error.start].count(b"\n") + 1
        return f"Op regel {number} van dit formulier staat een letter die niet te lezen is. Sla het op als UTF-8."
    if not isinstance(error, json.JSONDecodeError):
        return "Dit bestand is geen leesbare JSON: het zit te diep in elkaar. Open het in Camunda Modeler."
    if not content.strip():
        return "Dit formulier is leeg. Maak het opnieuw in Camunda Modeler."
    said = next((said for begin, said in _FAULTS.items() if error.msg.startswith(begin)), "klopt iets niet.")
    written = error.doc.splitlines() or [""]
    line = written[min(error.lineno, len(written)) - 1]
    near = line[max(0, error.colno - 21) : error.colno + 19].strip()
    where, advice = said.split(". ", 1) if ". " in said else (said.removesuffix("."), "Kijk die regel na.")
    return f"Op regel {error.lineno} van dit formulier, bij teken {error.colno}, {where}: “{near}”. {advice}"


class _Reader:
    """Reads one file and collects what is wrong with it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self.ids: set[str] = set()

    def problem(self, element: str, rule: str, message: str) -> None:
        self.problems.append(Problem(self.file, element, rule, message))

    def form(self, content: bytes) -> Form | None:
        raw = self._json(content)
        if raw is None:
            return None
        name = raw.get("id")
        if not isinstance(name, str) or name != PurePosixPath(self.file).stem:
            self.problem(
                "",
                "formulier_id",
                "De id van het formulier is niet de naam van het bestand. Geef beide dezelfde naam, zonder “.form”.",
            )
        if raw.get("type", "default") != "default":
            self.problem("", "formulier_soort", "Dit is geen formulier van form-js: “type” moet “default” zijn.")
        fields = self._fields(raw.get("components"), set(), depth=0)
        if not any(True for _ in inputs(fields)) and not self.problems:
            self.problem("", "formulier_leeg", "In dit formulier staat geen enkele vraag. Voeg er minstens één toe.")
        return Form(str(name), fields)

    def _json(self, content: bytes) -> dict[str, Any] | None:
        if len(content) > MAX_FILE:
            self.problem(
                "",
                "formulier_groot",
                "Dit bestand is te groot voor een formulier. Verdeel het over meer stappen.",
            )
            return None
        try:
            raw = json.loads(content.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            self.problem("", "formulier_json", _fault(error, content))
            return None
        if not isinstance(raw, dict):
            self.problem("", "formulier_json", "Dit bestand is geen formulier van form-js.")
            return None
        return raw

    def _fields(self, components: object, keys: set[str], depth: int) -> tuple[Field, ...]:
        if not isinstance(components, list):
            self.problem(
                "",
                "formulier_vorm",
                "Hier ontbreekt “components”: de lijst met onderdelen van het formulier.",
            )
            return ()
        if depth > 5:
            self.problem("", "formulier_diep", "Groepen zitten te diep in elkaar. Houd het bij een paar lagen.")
            return ()
        fields = (self._field(component, keys, depth) for component in components)
        return tuple(field for field in fields if field is not None)

    def _field(self, raw: object, keys: set[str], depth: int) -> Field | None:
        if not isinstance(raw, dict) or not isinstance(raw.get("id"), str) or not raw["id"]:
            self.problem(
                "",
                "onderdeel_id",
                "Een onderdeel van dit formulier heeft geen id. Geef elk onderdeel een eigen id.",
            )
            return None
        name, kind = raw["id"], raw.get("type")
        if name in self.ids:
            self.problem(name, "onderdeel_id", f"Het id “{name}” komt twee keer voor. Geef elk onderdeel een eigen id.")
        self.ids.add(name)
        record = FORM_JS.get(kind) if isinstance(kind, str) else None
        if record is None:
            self.problem(
                name,
                "onderdeel_soort",
                f"Knooppunt kent het onderdeel “{kind}” van form-js niet. Kies uit: {_ALLOWED}.",
            )
            return None
        self._refuse_properties(raw, name, record)
        rules = self._rules(raw, name, record)
        kind = self._subtype(raw, name) if record.form_js == FieldKind.DATETIME else record.kind
        key, label = self._key(raw, name, record, keys), self._label(raw, name, record)
        return Field(
            id=name,
            key=key,
            kind=kind,
            label=label,
            description=self._plain_text(raw, name, "description"),
            text="" if record.asks else self._markdown(raw, name),
            required=rules.get("required") is True,
            minimum=self._amount(rules, "min", name),
            maximum=self._amount(rules, "max", name),
            min_length=self._length(rules, "minLength", name),
            max_length=self._length(rules, "maxLength", name),
            pattern=self._pattern(rules, name),
            demands=(*self._not_passed(raw, name, kind, key, label), *self._demand(raw, name, record)),
            options=self._static_options(raw, name),
            options_expression=self._options_expression(raw, name, record),
            hide=self._hide(raw, name),
            expression=self._computation(raw, name) if record.computed else None,
            default=self._default(raw, name, record),
            fields=self._parts(raw, record, keys, depth),
            properties=self._properties(raw, name),
        )

    def _parts(self, raw: dict[str, Any], record: FieldType, keys: set[str], depth: int) -> tuple[Field, ...]:
        if record.holds not in (Holds.PARTS, Holds.ROWS):
            return ()
        inside = keys if record.holds is Holds.PARTS else set()  # a row has names of its own
        return self._fields(raw.get("components"), inside, depth + 1)

    def _refuse_properties(self, raw: dict[str, Any], name: str, record: FieldType) -> None:
        for key in sorted(set(raw) - record.properties):
            near = likely(key, record.properties, 0.7)
            advice = f"Bedoelde je “{near}”? Verander de naam, of haal haar weg." if near else "Haal haar weg."
            self.problem(
                name,
                "onderdeel_eigenschap",
                f"Knooppunt kent bij “{record.form_js}” de eigenschap “{key}” niet. {advice}",
            )
        if raw.get("allowAddRemove") is False or raw.get("isRepeating") is False:
            self.problem(name, "onderdeel_eigenschap", "In een lijst moet je regels kunnen toevoegen en weghalen.")

    def _rules(self, raw: dict[str, Any], name: str, record: FieldType) -> dict[str, Any]:
        rules = raw.get("validate", {})
        if not isinstance(rules, dict):
            self.problem(name, "controle", "“validate” moet een groep met controles zijn.")
            return {}
        for key in sorted(set(rules) - record.validations):
            self.problem(
                name, "controle", f"Knooppunt kent bij “{record.form_js}” de controle “{key}” niet. Haal haar weg."
            )
        if not isinstance(rules.get("required", False), bool):
            self.problem(name, "controle", "“required” is true of false.")
        return rules

    def _amount(self, rules: dict[str, Any], key: str, name: str) -> float | None:
        value = rules.get(key)
        if value is None or (isinstance(value, (int, float)) and not isinstance(value, bool)):
            return value
        self.problem(name, "controle", f"Bij de controle “{key}” hoort een getal.")
        return None

    def _length(self, rules: dict[str, Any], key: str, name: str) -> int | None:
        value = rules.get(key)
        if value is None or (type(value) is int and 0 <= value <= MAX_TEXT):
            return value
        self.problem(name, "controle", f"Bij de controle “{key}” hoort een heel getal van 0 tot {MAX_TEXT}.")
        return None

    def _pattern(self, rules: dict[str, Any], name: str) -> str:
        pattern = rules.get("pattern") or ""
        try:
            compile_pattern(str(pattern))
        except PatternError:
            self.problem(
                name,
                "controle",
                "Dit patroon is niet te lezen of kan te lang duren. Schrijf het eenvoudiger,"
                " zonder herhaling of keuze binnen een herhaling.",
            )
            return ""
        return str(pattern)

    def _not_passed(self, raw: dict[str, Any], name: str, kind: FieldKind, key: str, label: str) -> tuple[Demand, ...]:
        """What form-js calls `disallowPassedDates`."""
        asked = raw.get("disallowPassedDates", False)
        if not isinstance(asked, bool) or (asked and not FIELD_TYPES[kind].days):
            self.problem(name, "controle", "“disallowPassedDates” is true of false, bij een vraag naar een dag.")
            return ()
        if not asked:
            return ()
        sentence = f"Deze dag is al voorbij. Kies bij “{label}” vandaag of een dag die nog komt."
        return (Demand(feel.parse(f"date(substring({key}, 1, 10)) >= today()"), sentence),)

    def _demand(self, raw: dict[str, Any], name: str, record: FieldType) -> tuple[Demand, ...]:
        """What a region asks of an answer, and the sentence that tells it at the question."""
        properties = raw.get("properties")
        given = properties if isinstance(properties, dict) else {}
        text, sentence = (str(given.get(key, "")).strip() for key in (CONDITION, SENTENCE))
        if not text and not sentence:
            return ()
        if not text or not sentence:
            self.problem(name, "controle", f"“{CONDITION}” en “{SENTENCE}” horen bij elkaar, maar een ontbreekt.")
            return ()
        if record.holds in (Holds.NOTHING, Holds.PARTS, Holds.ROWS, Holds.COMPUTED):
            self.problem(name, "controle", f"Een “{CONDITION}” hoort bij een vraag waar iemand een antwoord op geeft.")
            return ()
        condition = self._expression(text, name, "controle")
        return (Demand(condition, sentence),) if condition is not None else ()

    def _subtype(self, raw: dict[str, Any], name: str) -> FieldKind:
        subtype = raw.get("subtype")
        for kind in (FieldKind.DATE, FieldKind.TIME, FieldKind.DATETIME):
            if subtype == kind:
                return kind
        self.problem(name, "onderdeel_soort", "Bij “subtype” staat geen soort tijd. Kies date, time of datetime.")
        return FieldKind.DATE

    def _key(self, raw: dict[str, Any], name: str, record: FieldType, keys: set[str]) -> str:
        if not record.asks:
            return ""
        key = raw.get("path" if record.holds is Holds.ROWS else "key")
        if not isinstance(key, str) or not _KEY.fullmatch(key):
            self.problem(
                name,
                "veldnaam",
                f"{f'De veldnaam “{key}” kan zo niet' if key else 'De veldnaam ontbreekt'}. "
                "Gebruik kleine letters, cijfers en _, zoals gezin_naam.",
            )
            return name
        if key in _TAKEN:
            self.problem(name, "veldnaam", f"De naam “{key}” heeft al een andere betekenis. Kies een andere veldnaam.")
        if key in keys:
            self.problem(name, "veldnaam", f"Het veld “{key}” staat twee keer in dit formulier. Laat er één staan.")
        keys.add(key)
        return key

    def _label(self, raw: dict[str, Any], name: str, record: FieldType) -> str:
        """In form-js a moment has its label under another name."""
        key = next((key for key in ("label", "dateLabel", "timeLabel") if raw.get(key)), "label")
        label = self._plain_text(raw, name, key)
        if not label and record.asks and not record.computed:
            self.problem(name, "formulier_tekst", "Dit onderdeel heeft geen vraag of opschrift (“label”).")
        return label

    def _plain_text(self, raw: dict[str, Any], name: str, key: str) -> str:
        value = raw.get(key) or ""
        if not isinstance(value, str) or value.startswith("=") or "{{" in value:
            self.problem(
                name,
                "formulier_tekst",
                f"Bij “{key}” staat geen gewone tekst. Schrijf haar zonder = vooraan en zonder {{{{…}}}}.",
            )
            return ""
        return " ".join(value.split())

    def _markdown(self, raw: dict[str, Any], name: str) -> str:
        value = raw.get("text") or ""
        if not isinstance(value, str) or value.startswith("="):
            self.problem(
                name,
                "formulier_tekst",
                "Deze tekst begint met een =. Schrijf gewone tekst. Een waarde toon je zo: {{gezin_naam}}.",
            )
            return ""
        for inside in _TEMPLATE.findall(value):
            if not _KEY.fullmatch(inside.strip()):
                self.problem(
                    name,
                    "formulier_tekst",
                    "Tussen {{ en }} kan alleen een veldnaam staan, zoals gezin_naam;"
                    f" niet “{inside.strip()[:40]}”.",
                )
        if acting(value):
            self.problem(
                name,
                "formulier_tekst",
                "In deze tekst staat HTML of een link die iets doet. Schrijf haar in Markdown, zonder HTML.",
            )
        return value

    def _static_options(self, raw: dict[str, Any], name: str) -> tuple[Option, ...]:
        values = raw.get("values", [])
        options = read_options(values)
        wrong = (
            not isinstance(values, list)
            or len(options) != len(values)
            or len({option.value for option in options}) != len(options)
        )
        if wrong or any(not option.value for option in options):
            self.problem(
                name,
                "antwoorden",
                "Twee antwoorden zijn hetzelfde, of een is leeg. Geef elk een eigen “value” (tekst) en een “label”.",
            )
        for value in values if isinstance(values, list) else ():
            properties = value.get("properties", {}) if isinstance(value, dict) else {}
            kind = properties.get("gegevens", "") if isinstance(properties, dict) else None
            if not isinstance(kind, str) or set(properties) - {"gegevens"}:
                said = "Bij “properties” van een antwoord kan alleen “gegevens” staan, met de naam van een soort."
                self.problem(name, "eigenschappen", said)
        return options

    def _options_expression(self, raw: dict[str, Any], name: str, record: FieldType) -> str:
        expression = raw.get("valuesExpression", "")
        properties = raw.get("properties")
        chooses = properties if isinstance(properties, dict) else {}
        person = "kies_persoon" in chooses
        place = chooses.get("kies_knooppunt")
        sources = bool(raw.get("values")) + bool(expression) + person + ("kies_betrokkene" in chooses)
        sources += CHOOSES_TOPIC in chooses
        if record.chosen and sources + (place == CHOOSES_PLACE) != 1:
            self.problem(
                name,
                "antwoorden",
                "Waar de antwoorden vandaan komen, staat er niet of twee keer. Geef ze op één manier: “values”, "
                "“valuesExpression”, “kies_persoon”, “kies_betrokkene”, “kies_onderwerp” of “kies_knooppunt”.",
            )
        if CHOOSES_TOPIC in chooses and (chooses[CHOOSES_TOPIC] != MISSED or record.kind is not FieldKind.CHECKLIST):
            self.problem(
                name,
                "antwoorden",
                f"Onderwerpen van de kaart kies je met een “checklist”. Bij “{CHOOSES_TOPIC}” hoort “{MISSED}”: "
                "Knooppunt telt dan bij welk onderwerp er niets was dat past.",
            )
        if place is not None and (place not in (CHOOSES_PLACE, CHOOSES_TEAM) or record.kind is not FieldKind.SELECT):
            self.problem(
                name,
                "antwoorden",
                f"Een Knooppunt kies je met een “select”. Bij “kies_knooppunt” hoort “{CHOOSES_PLACE}”, of "
                f"“{CHOOSES_TEAM}” naast andere organisaties.",
            )
        if person and record.kind not in (FieldKind.SELECT, FieldKind.CHECKLIST):
            self.problem(name, "antwoorden", "Een persoon kies je met een “select”, meer mensen met een “checklist”.")
        if "kies_betrokkene" in chooses and not record.chosen:
            self.problem(name, "antwoorden", "Iemand van het gezin kies je met een “select”, “radio” of “checklist”.")
        return expression if self._expression(expression, name, "antwoorden") is not None else ""

    def _hide(self, raw: dict[str, Any], name: str) -> feel.Expression | None:
        conditional = raw.get("conditional") or {}
        if not isinstance(conditional, dict) or set(conditional) - {"hide"}:
            self.problem(name, "voorwaarde", "Bij “conditional” kan alleen “hide” staan.")
            return None
        return self._expression(conditional.get("hide", ""), name, "voorwaarde")

    def _expression(self, text: object, name: str, rule: str) -> feel.Expression | None:
        if not text:
            return None
        if not isinstance(text, str) or not text.startswith("="):
            self.problem(name, rule, 'Dit is geen FEEL. Zet een = voor de expressie, zoals =zwanger != "ja".')
            return None
        try:
            return feel.parse(text[1:].strip())
        except feel.FeelError as problem:
            self.problem(name, rule, f"De expressie “{text[:80]}” klopt niet. {problem.message}")
            return None

    def _computation(self, raw: dict[str, Any], name: str) -> feel.Expression | None:
        if not raw.get("expression"):
            self.problem(name, "berekening", "Hier ontbreekt waar dit uit volgt. Vul bij “expression” FEEL in.")
        if raw.get("computeOn", "change") != "change":
            self.problem(name, "berekening", "Knooppunt rekent dit steeds opnieuw uit. Kies bij “computeOn” change.")
        return self._expression(raw.get("expression"), name, "berekening")

    def _default(self, raw: dict[str, Any], name: str, record: FieldType) -> object:
        value = raw.get("defaultValue")
        if value is None or isinstance(value, record.begins_with):
            return value
        self.problem(name, "beginwaarde", "De beginwaarde (“defaultValue”) past niet bij dit soort vraag.")
        return None

    def _properties(self, raw: dict[str, Any], name: str) -> dict[str, str]:
        properties = raw.get("properties", {})
        if not isinstance(properties, dict) or not all(isinstance(value, str) for value in properties.values()):
            self.problem(name, "eigenschappen", "Bij “properties” horen namen met een tekst.")
            return {}
        return properties
