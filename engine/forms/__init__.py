"""Forms: form-js JSON → frozen fields; what to show, which answers are right, and the JSON Schema of them.

A form is data. It can't run code: conditions and options are FEEL, and a text may show a value by its plain
name (`{{gezin_naam}}`) alone. What form-js offers beyond this profile is refused by name when the file is
read.
"""

from engine.forms.answers import validate
from engine.forms.kinds import Control, Field, FieldKind, FieldType, Holds, Option
from engine.forms.marks import (
    ABOUT,
    KIND,
    OF_PROCESS,
    PROCESS,
    ROW,
    About,
    Mark,
    Reads,
    about,
    leaves,
    mark,
    marked,
    only,
    readable,
    rows_of,
)
from engine.forms.merge import Merged, merge
from engine.forms.model import (
    CHILD_GATE,
    CHOOSES_PLACE,
    CHOOSES_TEAM,
    CHOOSES_TOPIC,
    EVERY_RELATION,
    GATE,
    PEOPLE,
    PLACES,
    RELATIVES,
    TOPICS,
    Form,
    computed,
    inputs,
    options,
    visible,
    visible_in_row,
)
from engine.forms.reading import read
from engine.forms.schema import json_schema

__all__ = [
    "ABOUT",
    "CHILD_GATE",
    "CHOOSES_PLACE",
    "CHOOSES_TEAM",
    "CHOOSES_TOPIC",
    "EVERY_RELATION",
    "GATE",
    "KIND",
    "OF_PROCESS",
    "PEOPLE",
    "PLACES",
    "PROCESS",
    "RELATIVES",
    "ROW",
    "TOPICS",
    "About",
    "Control",
    "Field",
    "FieldKind",
    "FieldType",
    "Form",
    "Holds",
    "Mark",
    "Merged",
    "Option",
    "Reads",
    "about",
    "computed",
    "inputs",
    "json_schema",
    "leaves",
    "mark",
    "marked",
    "merge",
    "only",
    "options",
    "read",
    "readable",
    "rows_of",
    "validate",
    "visible",
    "visible_in_row",
]
