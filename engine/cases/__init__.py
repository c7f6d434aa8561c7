"""The use cases: start, claim, complete, correct, tell, close, read. One call is one transaction of its caller.

Everything that a move leads to (state, worklist, registers, history, timers) is written in the same transaction,
so a step that fails leaves nothing behind.
"""

from engine.cases.clock import stuck, try_again
from engine.cases.context import Context
from engine.cases.library import Library
from engine.cases.moves import (
    claim,
    close,
    complete,
    correct,
    fill,
    finish,
    may_start,
    message,
    publish,
    reassign,
    release,
    start,
    start_form,
    tick,
)
from engine.cases.reading import case, listing, task, worklist
from engine.cases.views import AnswerSet, CaseView, Completed, Filled, MessageOption, ProcessView, StartForm, TaskView
from engine.store.case_files import CaseLine, EventRow
from engine.store.tasks import Filter, Listing

__all__ = [
    "AnswerSet",
    "CaseLine",
    "CaseView",
    "Completed",
    "Context",
    "EventRow",
    "Filled",
    "Filter",
    "Library",
    "Listing",
    "MessageOption",
    "ProcessView",
    "StartForm",
    "TaskView",
    "case",
    "claim",
    "close",
    "complete",
    "correct",
    "fill",
    "finish",
    "listing",
    "may_start",
    "message",
    "publish",
    "reassign",
    "release",
    "start",
    "start_form",
    "stuck",
    "task",
    "tick",
    "try_again",
    "worklist",
]
