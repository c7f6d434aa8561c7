"""The example case that is played: the steps of a person, without its days of waiting."""

import json
import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from benchmarks.house import LEAD, WORKFLOWS
from engine import deadlines, scenarios
from engine.scenarios import ActionKind
from engine.words import RoleId

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Step:
    """One step: its element, the agreement it is about or "", and its answers."""

    element: str
    item: str
    answers: dict[str, Any]


def steps() -> tuple[Step, ...]:
    """All steps. Dates are set so that the clock need not move: all happens today, agreements fall due next year."""
    example = scenarios.read(WORKFLOWS / "casus" / "voorbeelden" / "alles_loopt_goed.yaml")
    return tuple(
        Step(action.name, str(next(iter(action.item.values()), "")), _timeless(json.loads(json.dumps(action.answers))))
        for action in example.actions
        if action.kind is ActionKind.TASK
    )


def _timeless(value: Any) -> Any:
    if isinstance(value, list):
        return [_timeless(item) for item in value]
    today = datetime.now(deadlines.ZONE).date()
    if isinstance(value, str) and _DAY.fullmatch(value):
        return str(today)
    if not isinstance(value, dict):
        return value
    fixed = {
        "voor_wanneer": str(today + timedelta(days=365)),
        RoleId.CASUSREGISSEUR: LEAD,
    }
    return {key: fixed.get(key) or _timeless(item) for key, item in value.items()}
