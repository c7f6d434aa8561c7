"""The example case that is played: the steps of a person, without its days of waiting."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from benchmarks.house import PERSON, WORKFLOWS
from engine import scenarios
from engine.scenarios import ActionKind
from engine.words import RoleId


@dataclass(frozen=True)
class Step:
    """One step: its element, the agreement it is about or "", and its answers."""

    element: str
    item: str
    answers: dict[str, Any]


def steps() -> tuple[Step, ...]:
    """All steps. Dates are set so that the clock need not move: agreements fall due next year, the evaluation may
    begin at once.
    """
    example = scenarios.read(WORKFLOWS / "casus" / "voorbeelden" / "alles_loopt_goed.yaml")
    return tuple(
        Step(action.name, str(next(iter(action.item.values()), "")), _timeless(json.loads(json.dumps(action.answers))))
        for action in example.actions
        if action.kind is ActionKind.TASK
    )


def _timeless(value: Any) -> Any:
    if isinstance(value, list):
        return [_timeless(item) for item in value]
    if not isinstance(value, dict):
        return value
    today = datetime.now(UTC).date()
    fixed = {
        "voor_wanneer": str(today + timedelta(days=365)),
        "evaluatie_datum": str(today - timedelta(days=1)),
        RoleId.CASUSREGISSEUR: PERSON.id,
    }
    return {key: fixed.get(key) or _timeless(item) for key, item in value.items()}
