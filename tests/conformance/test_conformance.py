"""The engine against the BPMN conformance models: what the standard demands, and what breaks its rules.

The models stand beside the repository and are no part of it; without them there is nothing to hold against.
"""

import importlib.util
import json
import os
import sys
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.conformance.adapter import Adapter, codes, findings

ROOT = Path(__file__).parent.parent.parent
MODELS = Path(os.environ.get("KNOOPPUNT_CONFORMANCE", ROOT.parent / "shared" / "conformance"))
PASSES = 58
NOT_RUN = frozenset({"data", "choreography", "conversation", "correlation", "artifact", "globalTask"})

pytestmark = pytest.mark.skipif(
    not (MODELS / "harness.py").is_file(),
    reason="the conformance models are not beside the repository; set KNOOPPUNT_CONFORMANCE to their folder",
)


@cache
def harness() -> ModuleType:
    """The harness that stands with the models."""
    spec = importlib.util.spec_from_file_location("conformance_harness", MODELS / "harness.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@cache
def verdicts() -> dict[str, dict[str, Any]]:
    """The verdict on each model, in two orders of working."""
    _, models = harness().load()
    adapter = Adapter()
    rows = [harness().run_model(adapter, model, MODELS / "models-feel", ["doc", "rev"]) for model in models]
    return {row["name"]: row for row in rows}


def test_no_model_is_run_wrong_or_gets_stuck() -> None:
    assert {name: row["reason"] for name, row in verdicts().items() if row["verdict"] in ("wrong", "hang")} == {}


def test_what_is_not_run_is_refused_before_it_starts() -> None:
    refused = {name: row for name, row in verdicts().items() if row["verdict"] == "refused"}
    assert [name for name, row in refused.items() if not row["problems"]] == []


def test_most_models_give_the_trace_that_the_standard_demands() -> None:
    passed = [name for name, row in verdicts().items() if row["verdict"] == "pass"]
    assert len(passed) >= PASSES
    assert [name for name in passed if verdicts()[name]["second"]] == []


def test_a_model_that_breaks_a_rule_is_refused_for_that_rule() -> None:
    rows = json.loads((MODELS / "constraints.json").read_text("utf-8"))
    core = [row for row in rows if not NOT_RUN & set(row["tags"])]
    broken = {
        row["file"]: {
            code for problem in findings(MODELS / "constraints-repaired" / row["file"]) for code in codes(problem)
        }
        for row in core
    }
    missed = [row["file"] for row in core if row["id"] not in broken[row["file"]]]
    assert len(missed) <= len(core) // 20, missed
