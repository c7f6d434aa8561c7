"""The use cases: start, claim, complete, correct, tell, close, read. One call is one transaction of its caller.

Everything that a move leads to (state, worklist, registers, history, timers) is written in the same transaction,
so a step that fails leaves nothing behind.
"""

from engine.cases.absence import colleagues, stood_in
from engine.cases.alarms import Rules, alarms, read_alarm, watch
from engine.cases.asking import RELATIONS, working_as
from engine.cases.clock import stuck, try_again
from engine.cases.context import Context
from engine.cases.copies import Copy, copies, copy, recorders
from engine.cases.drafting import keep_new_draft, keep_note_draft, keep_task_draft, keep_telling_draft
from engine.cases.erasing import forget
from engine.cases.following import Followed, contacted, followed, last_contacts
from engine.cases.handing import OPENS
from engine.cases.keeping import Stay, ask_erasure, confirm_erasure, hold, lift, stay, stop_erasure
from engine.cases.library import Library
from engine.cases.looking import Looks
from engine.cases.moves import (
    claim,
    close,
    complete,
    correct,
    fill,
    finish,
    lapses,
    may_start,
    message,
    publish,
    reassign,
    release,
    reopen,
    skip,
    start,
    start_form,
    tick,
    withdraw,
)
from engine.cases.noting import NOTE, add_note, notes, noting, reasons
from engine.cases.organisations import left_open
from engine.cases.overview import Looked, Overview, overview, overviews
from engine.cases.pausing import Pause, pause, pausing, postpone, resume, resume_by_clock
from engine.cases.processing import Keeping, processed, retained, watched_processes
from engine.cases.reading import case, listing, task, unasked, workers, worklist, written
from engine.cases.removing import MISTAKES, join, remove
from engine.cases.retention import plan_anew, trim_looks, undecided
from engine.cases.staff import save_people
from engine.cases.subject_access import (
    Dossier,
    Recording,
    access_requests,
    choose_person,
    due,
    end_access,
    open_until,
    pass_pieces,
    prepared,
    record_access,
    recording,
)
from engine.cases.telling import TELLERS, questions
from engine.cases.telling_back import Signal, signals
from engine.cases.undoing import undo
from engine.cases.views import (
    AnswerSet,
    CaseView,
    Completed,
    Filled,
    HandsOver,
    MessageOption,
    OwnWords,
    ProcessView,
    StartForm,
    TaskView,
    Undoable,
)
from engine.cases.watching import looks, watched
from engine.cases.withdrawing import SOURCE as TAKEN_BACK
from engine.cases.withdrawing import Lapse, Wish
from engine.store.case_files import EventRow
from engine.store.case_lists import CaseFilter, CaseLine
from engine.store.tables import Place
from engine.store.tasks import Filter, Listing

__all__ = [
    "MISTAKES",
    "NOTE",
    "OPENS",
    "RELATIONS",
    "TAKEN_BACK",
    "TELLERS",
    "AnswerSet",
    "CaseFilter",
    "CaseLine",
    "CaseView",
    "Completed",
    "Context",
    "Copy",
    "Dossier",
    "EventRow",
    "Filled",
    "Filter",
    "Followed",
    "HandsOver",
    "Keeping",
    "Lapse",
    "Library",
    "Listing",
    "Looked",
    "Looks",
    "MessageOption",
    "Overview",
    "OwnWords",
    "Pause",
    "Place",
    "ProcessView",
    "Recording",
    "Rules",
    "Signal",
    "StartForm",
    "Stay",
    "TaskView",
    "Undoable",
    "Wish",
    "access_requests",
    "add_note",
    "alarms",
    "ask_erasure",
    "case",
    "choose_person",
    "claim",
    "close",
    "colleagues",
    "complete",
    "confirm_erasure",
    "contacted",
    "copies",
    "copy",
    "correct",
    "due",
    "end_access",
    "fill",
    "finish",
    "followed",
    "forget",
    "hold",
    "join",
    "keep_new_draft",
    "keep_note_draft",
    "keep_task_draft",
    "keep_telling_draft",
    "lapses",
    "last_contacts",
    "left_open",
    "lift",
    "listing",
    "looks",
    "may_start",
    "message",
    "notes",
    "noting",
    "open_until",
    "overview",
    "overviews",
    "pass_pieces",
    "pause",
    "pausing",
    "plan_anew",
    "postpone",
    "prepared",
    "processed",
    "publish",
    "questions",
    "read_alarm",
    "reasons",
    "reassign",
    "record_access",
    "recorders",
    "recording",
    "release",
    "remove",
    "reopen",
    "resume",
    "resume_by_clock",
    "retained",
    "save_people",
    "signals",
    "skip",
    "start",
    "start_form",
    "stay",
    "stood_in",
    "stop_erasure",
    "stuck",
    "task",
    "tick",
    "trim_looks",
    "try_again",
    "unasked",
    "undecided",
    "undo",
    "watch",
    "watched",
    "watched_processes",
    "withdraw",
    "workers",
    "working_as",
    "worklist",
    "written",
]
