"""What an answer shows of which families, noted while it is made.

Whoever asks what the actor may see of a case asks `Context.facts`, which notes it here; a list notes the cases that it
names. The request writes one look down before its answer leaves, so that no page need think of it.
"""

from collections.abc import Iterable

from engine import store
from engine.access import CaseFacts, Person
from engine.store.looks import Shown
from engine.words import Ground, Look, Part, Register, RoleId, Seen

CIRCLES = {RoleId.SAFETY: Register.SAFETY, RoleId.CIRCLE: Part.CIRCLE}
"""What is told of a circle in which somebody looks: no more than of which kind it is."""


class Looks:
    """What one answer shows: by which verb, and of each case on which ground which parts."""

    def __init__(self) -> None:
        self.verb: str = Look.READ
        self._parts: dict[tuple[int, str, str], set[str]] = {}

    def shows(self, case_id: int, municipality: str, ground: str, parts: Iterable[str] = ()) -> None:
        """Something of a case is shown."""
        self._parts.setdefault((case_id, municipality, ground), set()).update(parts)

    def shows_file(self, case_id: int, facts: CaseFacts, ground: str, parts: Iterable[str]) -> None:
        """These parts of a case are shown, those of a circle on that ground."""
        apart = set(parts) & set(CIRCLES.values())
        if rest := set(parts) - apart:
            self.shows(case_id, facts.municipality, ground, rest)
        if apart:
            self.shows(case_id, facts.municipality, Ground.CIRCLE, apart)

    def in_circle(self, case_id: int, municipality: str, circle: str) -> None:
        """What is shown or done here belongs to a circle: nothing tells that it was done in this case but that."""
        self._parts = {shown: parts for shown, parts in self._parts.items() if shown[0] != case_id}
        self.verb = Look.READ
        self.shows(case_id, municipality, Ground.CIRCLE, {kind_of(circle)})

    def does(self, verb: str) -> None:
        """Something is done. What follows from it has the same verb."""
        if self.verb == Look.READ:
            self.verb = verb

    def undone(self) -> None:
        """What was done is rolled back."""
        self.verb = Look.READ

    def refused(
        self, tx: store.Transaction, person: Person, case_id: object, task_id: object, access_id: object = None
    ) -> None:
        """A case was asked for and refused, by its number, or by that of a task or of somebody's request for access. Of
        a task in a circle nothing tells in which case it is; where there is no such number, nothing but where this
        person works.
        """
        self._parts.clear()
        asked = [value for value in (case_id, task_id, access_id) if value is not None]
        if not asked:
            return
        self.verb = Look.REFUSED
        request = store.subject_access.one(tx, _number(access_id))
        case_id = request.case_id if request is not None else case_id
        place = store.looks.asked_for(tx, _number(case_id), _number(task_id))
        if place is None:
            for municipality in {appointment.municipality for appointment in person.appointments}:
                self.shows(0, municipality, "")
        elif place.circle:
            self.in_circle(place.case_id, place.municipality, place.circle)
            self.verb = Look.REFUSED
        elif place.guarded:
            self.shows(place.case_id, place.municipality, "")

    @property
    def shown(self) -> tuple[Shown, ...]:
        """All that is shown, in a fixed order; what tells no part is about the file as a whole."""
        return tuple(
            Shown(case_id, municipality, ground, ",".join(sorted(parts or ({Seen.FILE} if ground else ()))))
            for (case_id, municipality, ground), parts in sorted(self._parts.items())
        )


def _number(asked: object) -> int:
    text = str(asked)
    return int(text) if text.isdecimal() and len(text) < 12 else 0


def kind_of(circle: str) -> str:
    """What kind of circle it is, of the role in which one takes part in it."""
    return CIRCLES[RoleId(circle.partition(":")[0])]
