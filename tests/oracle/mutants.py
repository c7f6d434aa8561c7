"""Breaks the rules of access one line at a time, and says which of it the oracle does not notice.

Run by hand, from the root: `python -m tests.oracle.mutants`, or with the names of some. Each break is made in a copy.
"""

import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CONSENT, ACCESS = "engine/consent.py", "engine/access.py"
CASES, TASKS = "engine/store/case_files.py", "engine/store/tasks.py"
KNOWN, WITHDRAWING = "engine/cases/known.py", "engine/cases/withdrawing.py"
READING, MOVES = "engine/cases/reading.py", "engine/cases/moves.py"
NOTES, WRITING, LOCKS = "engine/store/notes.py", "engine/cases/writing.py", "engine/cases/locks.py"
EXAMPLES, RANDOM = "tests/oracle/test_examples.py", "tests/oracle/test_oracle.py"
ANEW, LETTERS = "tests/engine/test_asking_anew.py", "tests/api/test_notes.py"
CASES_PLAYED, ACCESS_PLAYED = "tests/engine/test_cases.py", "tests/engine/test_access.py"


@dataclass(frozen=True)
class Mutant:
    """One break: in this file `old`, which stands there once, becomes `new`; one of these `tests` is to fail by it."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...] = (EXAMPLES, RANDOM)


MUTANTS = (
    Mutant("unknown_is_no_authority", CONSENT, "holder.authority != Authority.NO", "holder.authority == Authority.YES"),
    Mutant("a_girl_alone", CONSENT, "if not others:", "if not others and Voice.OWN not in wanted:"),
    Mutant("one_holder_is_enough", CONSENT, "if all(cells.get((holder", "if any(cells.get((holder"),
    Mutant("not_asked_is_yes", CONSENT, "cells.get((holder, cell), False)", "cells.get((holder, cell), True)"),
    Mutant(
        "the_oldest_counts",
        CONSENT,
        'cells[(consent.person, Opening(consent.organisation, consent.purpose, kind, ""))] = allowed',
        'cells.setdefault((consent.person, Opening(consent.organisation, consent.purpose, kind, "")), allowed)',
    ),
    Mutant("one_of_two_is_enough", CONSENT, "bool(about) and all(Opening(", "bool(about) and any(Opening("),
    Mutant(
        "any_purpose_opens",
        CONSENT,
        "Opening(organisation, purpose, kind, person) in opened",
        "any(Opening(organisation, each, kind, person) in opened for each in Purpose)",
    ),
    Mutant(
        "contact_is_the_gate",
        CONSENT,
        "organisation, KnownData.PLAN, (person,)",
        "organisation, KnownData.CONTACT, (person,)",
    ),
    Mutant("no_says_nothing", CONSENT, "return frozenset(), every", "return frozenset(), frozenset()"),
    Mutant("otherwise_takes_nothing_back", CONSENT, "every.difference(kinds)", "frozenset()"),
    Mutant(
        "all_need_the_plan",
        CONSENT,
        "(described.kind, TEAM) if described.team else (described.kind,)",
        "(described.kind, TEAM)",
    ),
    Mutant("before_birth_nobody_s", CONSENT, "return about(family, Relation.MOTHER)", "return frozenset()"),
    Mutant("own_words_lost", ACCESS, "if seen.person in writers or not case.guarded:", "if not case.guarded:"),
    Mutant(
        "read_for_any_purpose",
        ACCESS,
        "return opens(case.opened, seen.organisation, kind, about, purpose) if kind",
        "return opens(case.opened, seen.organisation, kind, about) if kind",
    ),
    Mutant("all_agreements_are_mine", ACCESS, "return organisation == seen.organisation and bool(", "return bool("),
    Mutant("done_without_reading", ACCESS, "    if lacks(seen, case, task.needs):\n", "    if False:\n"),
    Mutant(
        "done_by_any_kind_of_organisation",
        ACCESS,
        "    if task.sorts and seen.sort not in task.sorts:\n        return False\n    if fitting",
        "    if fitting",
    ),
    Mutant(
        "who_oversees_sees_circles", ACCESS, "if oversees(seen, case) and not task.circle:", "if oversees(seen, case):"
    ),
    Mutant(
        "given_to_other_houses",
        ACCESS,
        "    if not case.agreed:\n        return seen.organisation in starters",
        "    if not case.agreed:\n        return True",
    ),
    Mutant("given_to_strangers", ACCESS, "    return bool(case.opened)\n", "    return True\n"),
    Mutant("one_circle_for_all", ACCESS, "return task.circle in case.part_as or", "return bool(case.circles) or"),
    Mutant(
        "found_by_any_partner",
        CASES,
        "sa.or_(partner, lead), known))",
        "sa.or_(partner, lead)))",
    ),
    Mutant("named_for_any_kind", CASES, "            opening.c.kind == KnownData.CONTACT,\n", ""),
    Mutant("named_by_anybody_s_yes", CASES, "            opening.c.person == case_file.c.named,\n", ""),
    Mutant(
        "a_search_confirms_a_name",
        CASES,
        "sa.or_(sa.and_(name, known),",
        "sa.or_(name,",
    ),
    Mutant(
        "circles_are_listed",
        TASKS,
        'task.c.municipality == place, task.c.circle == "")',
        "task.c.municipality == place)",
    ),
    Mutant(
        "offered_without_reading", TASKS, "sa.or_(*ways), fitting_sort, readable(seen))", "sa.or_(*ways), fitting_sort)"
    ),
    Mutant(
        "offered_to_any_kind_of_organisation",
        TASKS,
        "sa.or_(*ways), fitting_sort, readable(seen))",
        "sa.or_(*ways), readable(seen))",
    ),
    Mutant("any_circle_reads", KNOWN, "if circle in facts.circles else {}", "if facts.circles else {}"),
    Mutant(
        "a_loss_is_drawn_for_all",
        READING,
        "allowed = Part.COURSE in parts if hidden is None else not hidden",
        "allowed = Part.COURSE in parts",
    ),
    Mutant("a_loss_is_told_in_the_history_of_all", READING, "if hidden or (hidden is None and", "if ("),
    Mutant("what_was_said_of_a_loss_opens_by_consent", KNOWN, "if source is not None and source.circle:", "if False:"),
    Mutant("all_organisations_are_taken_back", WITHDRAWING, "(self.organisation, cell.organisation), (self", "(self"),
    Mutant("all_kinds_are_taken_back", WITHDRAWING, ", (self.kind, cell.kind))", ")"),
    Mutant("anybody_adds_a_letter", ACCESS, "return wrote or (", "return True or (", (RANDOM, LETTERS)),
    Mutant("removed_after_asking", ACCESS, "and not asked and (entered", "and (entered", (RANDOM, EXAMPLES)),
    Mutant("reopened_by_anybody", ACCESS, "return oversees(seen, case) and not case.running\n", "return True\n"),
    Mutant("a_partner_reads_after_the_end", ACCESS, "    if not case.running:\n        return False\n", ""),
    Mutant("told_to_all_that_nobody_may", TASKS, "sa.and_(task.c.for_nobody, overseen(seen))", "task.c.for_nobody"),
    Mutant(
        "asked_anew_before_it_was_asked",
        READING,
        "    if not case.agreed:\n        awaited",
        "    if False:\n        awaited",
        (ANEW,),
    ),
    Mutant(
        "goes_on_without_the_last_yes",
        MOVES,
        "if not before.agreed or case.agreed or case.status",
        "if True or case.status",
        (ANEW,),
    ),
    Mutant(
        "given_back_without_a_look",
        MOVES,
        "    ask_for(ctx, opened.case, (store.tasks.one(ctx.tx, opened.row.id),))\n",
        "",
        (ANEW,),
    ),
    Mutant("reasons_of_all", NOTES, "event.c.actor == person, ", "", (LETTERS,)),
    Mutant(
        "only_one_role_is_a_partner",
        ACCESS,
        "if fitting == {RoleId.CORE_PARTNER} and task.organisation:",
        "if RoleId.CORE_PARTNER in fitting and task.organisation:",
        (ACCESS_PLAYED,),
    ),
    Mutant(
        "what_a_circle_has_goes_to_who_was_chosen",
        WRITING,
        "if meant and row.assignee in had and not row.circle:",
        "if meant and row.assignee in had:",
        (ACCESS_PLAYED, EXAMPLES),
    ),
    Mutant(
        "given_once_in_for_ever",
        MOVES,
        "    if opened.row.safety:\n        _hand_over_safety(ctx, opened, person_id)\n",
        "    _hand_over_safety(ctx, opened, person_id)\n",
        (ACCESS_PLAYED, CASES_PLAYED, RANDOM),
    ),
    Mutant(
        "closed_without_lapse",
        MOVES,
        "    store.registers.lapse(ctx.tx, case_id)\n    if not unseen:",
        "    if not unseen:",
        (CASES_PLAYED, ACCESS_PLAYED),
    ),
    Mutant(
        "not_read_again_after_the_lock",
        LOCKS,
        "    if lock:\n        row = store.tasks.one(ctx.tx, task_id)\n",
        "",
        ("tests/engine/test_cases.py tests/api/test_crowd.py",),
    ),
)


def copied(folder: Path) -> Path:
    """All that the tests need, in a folder of its own."""
    for name in ("engine", "api", "handbook", "tests", "workflows"):
        shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "build"))
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def failing(folder: Path, tests: str) -> str:
    """The first test that fails there; "" where none does."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-n",
        "0",
        "-p",
        "no:cacheprovider",
        "--tb=no",
        *tests.split(),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    failed = [line.split()[1] for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return failed[0] if failed else ""


def unnoticed(mutants: Iterable[Mutant]) -> Iterator[str]:
    """The names of the breaks that none of their tests notices: mostly the examples, and cases at random after them."""
    with tempfile.TemporaryDirectory() as place:
        folder = copied(Path(place))
        for mutant in mutants:
            file = folder / mutant.file
            whole = file.read_text()
            if whole.count(mutant.old) != 1:
                yield f"{mutant.name} (stands {whole.count(mutant.old)} times)"
                continue
            file.write_text(whole.replace(mutant.old, mutant.new))
            noticed = next(filter(None, (failing(folder, tests) for tests in mutant.tests)), "")
            file.write_text(whole)
            sys.stderr.write(f"{mutant.name}: {noticed or 'NOT NOTICED'}\n")
            if not noticed:
                yield mutant.name


if __name__ == "__main__":
    chosen = tuple(mutant for mutant in MUTANTS if not sys.argv[1:] or mutant.name in sys.argv[1:])
    names = list(unnoticed(chosen))
    sys.stderr.write(f"{len(chosen)} breaks, not noticed: {', '.join(names) or 'none'}\n")
