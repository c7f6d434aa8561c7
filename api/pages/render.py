"""Templates → HTML: the one Jinja2 environment of the pages, with Dutch filters and safe Markdown."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markdown_it import MarkdownIt
from markupsafe import Markup

from api.pages import answers, wording
from engine import deadlines
from engine.definitions.filling import filled
from engine.markdown import may_link
from engine.words import BoardList, CaseStatus, Hat, Message, Part, Register, TaskList, Verb

HERE = Path(__file__).parent
STATIC = HERE / "static"

# Texts come from the files of a region: no HTML, and no picture, which could make a browser ask a third party.
_markdown = MarkdownIt("commonmark", {"html": False}).disable("image")
_markdown.validateLink = may_link  # type: ignore[method-assign,assignment]


def markdown(text: str) -> Markup:
    """Markdown of a diagram or form as HTML; tags in it are shown, never obeyed."""
    return Markup(_markdown.render(text))  # noqa: S704 - the renderer escapes what it was given


def html(template: str, **values: object) -> str:
    """Render a template of this package; a name that it uses and nobody gave is an error."""
    return _environment.get_template(template).render(values)


def _make_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": wording.day,
        "moment": wording.moment,
        "hour": wording.hour,
        "machine": wording.machine,
        "plain": wording.plain,
        "lasts": deadlines.spoken,
        "filled": filled,
        "term": wording.term,
        "place": answers.place,
        "sentence": wording.sentence,
        "markdown": markdown,
        "weekday": wording.weekday,
    }
    environment.globals |= {
        word.__name__: word for word in (BoardList, CaseStatus, Hat, Message, Part, Register, TaskList, Verb)
    }
    environment.tests |= {"soon": wording.soon, "past": wording.past}
    return environment


_environment = _make_environment()
