"""Which answer a spelregel means, and what gateways may hear that says that this answer was given.

An answer is that in the field which fills the column that the rule names, or of the question that it names by its key.
In the rows of a list it is that of some row, or of every row. What is asked otherwise says nothing of it.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from engine import feel
from engine.forms import Field, Form
from engine.proof import knowledge
from engine.proof.knowledge import Atom, Is, Rows
from engine.proof.reading import Selector


@dataclass(frozen=True)
class Question:
    """One question of a form, and the list of which it is asked in each row."""

    field: Field
    rows: Field | None = None

    @property
    def written(self) -> str:
        """The field of the document that its answer goes to."""
        return (self.rows or self.field).key

    @property
    def options(self) -> frozenset[str] | None:
        """All that can be answered; None where it may be left out or something else may be answered."""
        certain = self.field.required and self.field.hide is None and self.field.options
        return frozenset(o.value for o in self.field.options) if certain and not self.field.options_expression else None

    @property
    def filled(self) -> bool:
        """Whether there is a row for certain."""
        return self.rows is not None and self.rows.required and self.rows.hide is None


@dataclass(frozen=True)
class Heard:
    """That one of these `answers` to what is remembered as `key` says so; it hangs on the field `written`."""

    key: str
    written: str
    answers: frozenset[str]


def questions(form: Form) -> tuple[Question, ...]:
    """All that a form asks, in rows of lists too."""
    asked: list[Question] = []
    for item in form.input_fields():
        asked += [Question(inner, item) for inner in item.fields] if item.fields else [Question(item)]
    return tuple(asked)


def meant(form: Form, selector: Selector) -> tuple[Question, ...]:
    """The questions of a form that a selector with an answer means: one, or a rule doesn't say which."""
    asked = tuple(question for question in questions(form) if not question.field.never_shown)
    if selector.questions:
        return tuple(question for question in asked if question.field.key in selector.questions)
    columns = [name for name, values in selector.fills.items() if "*" in values]
    if columns:
        return tuple(question for question in asked if question.field.properties.get("register") in columns)
    return asked


def heard(form: Form, selector: Selector, atoms: Iterable[Atom]) -> Iterator[Heard]:
    """What gateways that ask for these atoms may hear, where they then know that the answer is as the selector says."""
    asked = meant(form, selector)
    if len(asked) != 1:
        return
    (question,) = asked
    for atom in atoms:
        answers = _implied(atom, question, selector)
        if answers:
            yield Heard(atom.key, question.written, answers)
    for item in form.input_fields():
        if item.expression is not None and (answers := _computed(item.expression, question, selector)):
            yield Heard(item.key, item.key, answers)


def _implied(atom: Atom, question: Question, selector: Selector) -> frozenset[str]:
    """The answers to an atom that say that a question was answered as a selector says."""
    if isinstance(atom, Is):
        return selector.answers if question.rows is None and atom.key == question.field.key else frozenset()
    if not isinstance(atom, Rows) or question.rows is None:
        return frozenset()
    same = (atom.listed, atom.column) == (question.rows.key, question.field.key)
    return frozenset(_of_rows(atom, question, selector)) if same else frozenset()


def _of_rows(atom: Rows, question: Question, selector: Selector) -> Iterator[str]:
    """Of "yes" and "no" to what an atom asks of some or every row, those that say enough."""
    says = [(knowledge.TRUE, atom.every, atom.values)]
    if question.options is not None:
        says.append((knowledge.FALSE, not atom.every, question.options - atom.values))
    for answer, of_every, values in says:
        enough = of_every if selector.every_row else not of_every or question.filled
        if enough and values <= selector.answers:
            yield answer


def _computed(expression: feel.Expression, question: Question, selector: Selector) -> frozenset[str]:
    """The values of what is computed that say the same: of `if … then "ja" else "nee"` by its condition."""
    condition, values = knowledge.chosen_by(expression.text)
    if not isinstance(condition, Rows) or len(set(values)) < 2:
        return frozenset()
    answers = _implied(condition, question, selector)
    says = {knowledge.TRUE: values[0], knowledge.FALSE: values[1]}
    if condition.negated:  # where it is null, the second value says nothing
        says = {knowledge.FALSE: values[0]}
    return frozenset(value for answer, value in says.items() if answer in answers)
