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
NOTES, WRITING = "engine/store/notes.py", "engine/cases/writing.py"
EXAMPLES, RANDOM = "tests/oracle/test_examples.py", "tests/oracle/test_oracle.py"
ANEW, LETTERS = "tests/engine/test_asking_anew.py", "tests/api/test_notes.py"
CASES_PLAYED, ACCESS_PLAYED = "tests/engine/test_cases.py", "tests/engine/test_access.py"
CIRCLES = "tests/engine/test_circle.py"
PURE = ("tests/engine/test_consent.py", ACCESS_PLAYED, EXAMPLES, RANDOM)


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
    Mutant(
        "what_was_said_of_a_loss_opens_by_consent",
        KNOWN,
        "if source is not None and source.circle:",
        "if False:",
        (CIRCLES,),
    ),
    Mutant("all_organisations_are_taken_back", WITHDRAWING, "(self.organisation, cell.organisation), (self", "(self"),
    Mutant("all_kinds_are_taken_back", WITHDRAWING, ", (self.kind, cell.kind))", ")"),
    Mutant("what_others_lose_is_told", WITHDRAWING, "    if reads_all(ctx, facts):\n", "    if True:\n", (EXAMPLES,)),
    Mutant("anybody_adds_a_letter", ACCESS, "return wrote or (", "return True or (", (RANDOM, LETTERS)),
    Mutant("removed_after_asking", ACCESS, "and not asked and (entered", "and (entered", (RANDOM, EXAMPLES)),
    Mutant("reopened_by_anybody", ACCESS, "return oversees(seen, case) and not case.running\n", "return True\n"),
    Mutant(
        "a_partner_reads_after_the_end",
        ACCESS,
        "    if not case.running:\n        return False\n",
        "",
        (ACCESS_PLAYED,),  # what was open to them has gone from the database too
    ),
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
        (CIRCLES,),
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
        "who_is_over_whom_is_not_looked_at",
        CONSENT,
        "(person in holder.over if holder.over else _by_nature(family, holder, person))",
        "_by_nature(family, holder, person)",
        PURE,
    ),
    Mutant(
        "a_guardian_does_not_count",
        CONSENT,
        "(Relation.MOTHER, Relation.OTHER_PARENT, Relation.GUARDIAN)",
        "(Relation.MOTHER, Relation.OTHER_PARENT)",
        PURE,
    ),
    Mutant(
        "a_grandmother_decides_for_the_child",
        CONSENT,
        "(Relation.MOTHER, Relation.OTHER_PARENT, Relation.GUARDIAN)",
        "(Relation.PARENT_OF_MOTHER,)",
        PURE,
    ),
    Mutant(
        "of_an_age_unknown_she_decides_alone",
        CONSENT,
        "AgeClass.UNDER_12 if subject.relation == Relation.CHILD else AgeClass.FROM_12)",
        "AgeClass.UNDER_12 if subject.relation == Relation.CHILD else AgeClass.FROM_16)",
        PURE,
    ),
    Mutant(
        "where_nobody_may_say_it_all_is_open",
        CONSENT,
        "        if needed:\n            opened |=",
        "        if True:\n            opened |=",
        PURE,
    ),
    Mutant(
        "a_stranger_s_age_is_no_matter",
        CONSENT,
        "table.get(age) or STANDARD[AgeClass.FROM_12]",
        "table.get(age) or STANDARD[AgeClass.FROM_16]",
        PURE,
    ),
    Mutant("at_a_table_one_who_may_hear_is_enough", CONSENT, "if who == set(organisations))", "if who)", PURE),
    Mutant(
        "at_a_table_any_purpose",
        CONSENT,
        "cell.person == person and cell.purpose in spoken and",
        "cell.person == person and",
        PURE,
    ),
    Mutant(
        "any_organisation_is_the_gate",
        CONSENT,
        "        for organisation in team\n        for person in people",
        "        for organisation in {cell.organisation for cell in opened}\n        for person in people",
        PURE,
    ),
    Mutant(
        "two_people_make_one_gate",
        CONSENT,
        "and opens(opened, organisation, KnownData.PLAN, (person,))",
        "and any(opens(opened, organisation, KnownData.PLAN, (each,)) for each in people)",
        PURE,
    ),
    Mutant(
        "the_team_is_a_partner_of_the_child",
        CONSENT,
        "{opening.organisation for opening in opened} - set(team)",
        "{opening.organisation for opening in opened}",
        PURE,
    ),
    Mutant(
        "partners_remember_too",
        CONSENT,
        "if cell.organisation in team and cell.kind == KnownData.CONTACT and",
        "if cell.kind == KnownData.CONTACT and",
        PURE,
    ),
    Mutant(
        "the_team_remembers_all",
        CONSENT,
        "if cell.organisation in team and cell.kind == KnownData.CONTACT and",
        "if cell.organisation in team and",
        PURE,
    ),
    Mutant(
        "handed_over_by_any_yes",
        CONSENT,
        "if cell.purpose == Purpose.TRANSFER and cell.organisation in team",
        "if cell.organisation in team",
        PURE,
    ),
    Mutant(
        "handed_over_to_any_team",
        CONSENT,
        "if cell.purpose == Purpose.TRANSFER and cell.organisation in team\n    )",
        "if cell.purpose == Purpose.TRANSFER\n    )",
        PURE,
    ),
    Mutant(
        "a_child_goes_along_on_one_yes",
        CONSENT,
        "if not holders(family, person, table) <= people",
        "if not holders(family, person, table) & people",
        ("tests/engine/test_consent.py",),
    ),
    Mutant(
        "yes_is_yes_to_all",
        CONSENT,
        "return needed(settings, organisation, purpose), frozenset()",
        "return every, frozenset()",
        PURE,
    ),
    Mutant(
        "otherwise_is_the_standard",
        CONSENT,
        "return every.intersection(kinds), every",
        "return needed(settings, organisation, purpose), every",
        PURE,
    ),
    Mutant(
        "of_gezag_nothing_said_is_none",
        CONSENT,
        'said.get("gezag") or Authority.UNKNOWN',
        'said.get("gezag") or Authority.NO',
        PURE,
    ),
    Mutant(
        "every_purpose_is_sharing",
        CONSENT,
        '            entry.properties.get("doel", Purpose.SHARING),\n',
        "            Purpose.SHARING,\n",
        PURE,
    ),
    Mutant(
        "a_born_child_is_its_mother_s",
        CONSENT,
        "if over == Relation.CHILD and not meant:",
        "if over == Relation.CHILD:",
        PURE,
    ),
    Mutant(
        "all_hats_at_once",
        ACCESS,
        "works = Hat.PARTNER if overseen.isdisjoint(guarded) else Hat.OVERVIEW",
        "works = Hat.OVERVIEW",
        PURE,
    ),
    Mutant("merged_into_a_role_apart", ACCESS, "not in held and role not in APART:", "not in held:", PURE),
    Mutant("who_runs_the_house_reads_own_words", ACCESS, "return Sight(NOBODY,", "return Sight(person.id,", PURE),
    Mutant(
        "a_partner_without_organisation",
        ACCESS,
        "if role == RoleId.CORE_PARTNER and person.organisation)",
        "if role == RoleId.CORE_PARTNER)",
        PURE,
    ),
    Mutant(
        "removed_after_the_end",
        ACCESS,
        "return case.guarded and case.running and not asked",
        "return case.guarded and not asked",
        PURE,
    ),
    Mutant("removed_by_anybody", ACCESS, "(entered or RoleId.AANMELDER in case.part_as)", "True", PURE),
    Mutant(
        "reopened_while_it_runs",
        ACCESS,
        "return oversees(seen, case) and not case.running\n\n\ndef parts",
        "return oversees(seen, case)\n\n\ndef parts",
        PURE,
    ),
    Mutant(
        "a_case_lead_without_a_yes",
        ACCESS,
        "if case.opened and (oversees(seen, case) or RoleId.CASUSREGISSEUR in case.part_as):",
        "if oversees(seen, case) or RoleId.CASUSREGISSEUR in case.part_as:",
        PURE,
    ),
    Mutant(
        "a_partner_without_a_yes",
        ACCESS,
        "if case.opened and case.municipality in seen.partner_in:",
        "if case.municipality in seen.partner_in:",
        PURE,
    ),
    Mutant(
        "a_partner_of_another_place",
        ACCESS,
        "if case.opened and case.municipality in seen.partner_in:",
        "if case.opened and seen.partner_in:",
        PURE,
    ),
    Mutant(
        "a_partner_reads_the_history",
        ACCESS,
        "{Part.COURSE, Part.INVOLVED, Part.ANSWERS, Part.GOALS, Register.MEETING",
        "{Part.COURSE, Part.HISTORY, Part.INVOLVED, Part.ANSWERS, Part.GOALS, Register.MEETING",
        PURE,
    ),
    Mutant(
        "who_signed_up_follows_the_course", ACCESS, "(set() if case.agreed else {Part.COURSE})", "{Part.COURSE}", PURE
    ),
    Mutant(
        "a_circle_that_is_over", ACCESS, "if RoleId.CIRCLE in kinds and case.going:", "if RoleId.CIRCLE in kinds:", PURE
    ),
    Mutant("what_is_of_nobody_is_read_by_all", ACCESS, "if kind else bool(case.opened)", "if kind else True", PURE),
    Mutant("agreements_known_after_the_end", ACCESS, "bool(case.opened) and case.running", "bool(case.opened)", PURE),
    Mutant(
        "agreements_known_without_a_yes",
        ACCESS,
        "return organisation == seen.organisation and bool(case.opened) and",
        "return organisation == seen.organisation and",
        PURE,
    ),
    Mutant(
        "a_case_lead_acts_without_a_yes",
        ACCESS,
        "{RoleId.CASUSREGISSEUR} if case.guarded and not case.opened else set()",
        "set()",
        PURE,
    ),
    Mutant(
        "a_role_of_another_place",
        ACCESS,
        "        if municipality != case.municipality:\n            continue\n",
        "",
        PURE,
    ),
    Mutant(
        "a_partner_acts_without_a_yes",
        ACCESS,
        "if role == RoleId.CORE_PARTNER and case.opened:",
        "if role == RoleId.CORE_PARTNER:",
        PURE,
    ),
    Mutant("who_has_it_needs_no_right", ACCESS, "return bool(own) or not case.free", "return True", PURE),
    Mutant(
        "another_organisation_s_agreement",
        ACCESS,
        "        return seen.organisation == task.organisation\n    return bool(fitting)",
        "        return True\n    return bool(fitting)",
        PURE,
    ),
    Mutant(
        "on_behalf_before_the_gate",
        ACCESS,
        "if case.free and not lacks(seen, case, task.needs):",
        "if not lacks(seen, case, task.needs):",
        PURE,
    ),
    Mutant(
        "on_behalf_without_reading",
        ACCESS,
        "if case.free and not lacks(seen, case, task.needs):",
        "if case.free:",
        PURE,
    ),
    Mutant(
        "taken_from_who_has_it",
        ACCESS,
        "{Verb.RELEASE, Verb.COMPLETE} if task.assignee == seen.person else set()",
        "{Verb.RELEASE, Verb.COMPLETE}",
        PURE,
    ),
    Mutant(
        "a_circle_s_task_to_anybody",
        ACCESS,
        "        return task.circle in case.part_as\n    here",
        "        return True\n    here",
        PURE,
    ),
    Mutant(
        "a_safety_task_to_other_houses",
        ACCESS,
        "    if task.circle:\n        return seen.organisation in starters",
        "    if task.circle:\n        return True",
        PURE,
    ),
    Mutant(
        "given_to_who_reads_less",
        ACCESS,
        " or lacks(seen, case, task.needs):\n        return False\n    if task.circle",
        ":\n        return False\n    if task.circle",
        PURE,
    ),
    Mutant(
        "given_to_another_kind",
        ACCESS,
        "if not fitting or (task.sorts and seen.sort not in task.sorts) or lacks",
        "if not fitting or lacks",
        PURE,
    ),
    Mutant("given_to_who_has_no_role", ACCESS, "    if not fitting or (task.sorts", "    if (task.sorts", PURE),
    Mutant(
        "given_to_another_s_agreement",
        ACCESS,
        'task.organisation not in ("", seen.organisation):',
        "not task.roles:",
        PURE,
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
