"""Keeping what somebody types before it is sent: a draft is its writer's alone, and goes with what it is about.

Keeping one shows nothing of a family, so it is no look: only opening its form again is.
"""

from dataclasses import replace

from engine import store
from engine.cases.context import Context
from engine.cases.locks import open_task
from engine.cases.looking import Looks
from engine.cases.noting import noting
from engine.errors import NotAllowedError
from engine.store.drafts import About, Form
from engine.words import Verb


def keep_task_draft(ctx: Context, task_id: int, address: str, form: Form) -> None:
    """Keep what the actor filled in for a task so far.

    Raises as completing it would where somebody was first, or the task is not for the actor.
    """
    opened = open_task(replace(ctx, looks=Looks()), task_id, lock=False)
    if Verb.COMPLETE not in opened.may:
        raise NotAllowedError("Deze taak is niet voor jouw rol.")
    about = About(opened.case.id, task_id)
    store.drafts.keep(ctx.tx, ctx.actor.id, address, form, about, ctx.now)


def keep_telling_draft(ctx: Context, case_id: int, address: str, form: Form) -> None:
    """Keep what the actor is about to tell a case, or to correct in it. Raises NotFoundError where the actor may not
    know of it.
    """
    store.case_files.read(ctx.tx, case_id, ctx.sight)
    store.drafts.keep(ctx.tx, ctx.actor.id, address, form, About(case_id), ctx.now)


def keep_note_draft(ctx: Context, case_id: int, address: str, form: Form) -> None:
    """Keep a letter that the actor is about to add to a case. Raises NotFoundError as adding it would."""
    noting(replace(ctx, looks=Looks()), case_id)
    store.drafts.keep(ctx.tx, ctx.actor.id, address, form, About(case_id), ctx.now)


def keep_new_draft(ctx: Context, address: str, form: Form) -> None:
    """Keep what the actor is about to begin a case with."""
    store.drafts.keep(ctx.tx, ctx.actor.id, address, form, About(), ctx.now)
