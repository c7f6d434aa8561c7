"""A person at the screen: does what can be read on the pages, by its visible labels, as a user would."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from re import Pattern
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

from engine.access import Person
from engine.cases import RELATIONS
from engine.definitions import Definition, Element
from engine.forms import Field, Form
from engine.scenarios import Action, Player
from engine.words import Message, TaskList, Verb

SIGN_IN = "Wie wil je zijn?"
OPTIONAL = r"( \(mag leeg blijven\))?"
READS_BACK = "Lees eerst terug wat"
ASKS_ON = "Door je antwoorden zijn er vragen bijgekomen."


@dataclass(frozen=True)
class Site:
    """The running application: where it is, who may sign in, what it runs and on which database. `kin` are the people
    of the family that the cases named, with their relation.
    """

    url: str
    people: Mapping[str, Person]
    definition: Definition
    file: Path
    kin: dict[str, str] = field(default_factory=dict)

    def element(self, id: str) -> Element:
        """The one task with this id, whichever phase it is in."""
        elements = [p.elements[id] for p in self.definition.processes.values() if id in p.elements]
        assert len(elements) == 1, id
        return elements[0]

    def form(self, element: Element) -> Form:
        """What a task asks."""
        return self.definition.forms[element.form]

    def label(self, asked: Field, value: object) -> str:
        """The words that stand beside a choice."""
        names = {option.value: option.label for option in asked.options}
        names |= {id: organisation.name for id, organisation in self.definition.settings.organisations.items()}
        names["elders"] = "Een organisatie in de nieuwe gemeente"
        names |= {id: kind.name for id, kind in self.definition.settings.data_kinds.items()}
        if "kies_persoon" in asked.properties:
            names |= {id: person.name for id, person in self.people.items()}
        return names[str(value)]

    def called(self, value: str) -> tuple[str, ...]:
        """How somebody of the family, whom an example names so, may stand in a list: by name or by relation."""
        kin = [(name, relation) for name, relation in self.kin.items() if value.removeprefix("@") in (name, relation)]
        return tuple(label for name, relation in kin for label in (name, RELATIONS[relation]) if label)


class Screen:
    """One person with a browser of their own."""

    def __init__(self, site: Site, context: BrowserContext, person: Person, *, script: bool = True) -> None:
        self.site, self.person, self.script = site, person, script
        self.page: Page = context.new_page()

    def sign_in(self) -> None:
        """Choose oneself at the door of the demo."""
        self.page.goto(f"{self.site.url}/aanmelden")
        self._choose_me()

    def _choose_me(self) -> None:
        self.page.get_by_role("button", name=self.person.name).click()
        expect(self.heading("Vandaag")).to_be_visible()

    def heading(self, name: str) -> Locator:
        """A heading on the page."""
        return self.page.get_by_role("heading", name=name, exact=True)

    def section(self, title: str) -> Locator:
        """A part of the case page, by its heading."""
        return self.page.get_by_role("region", name=title, exact=True)

    def unfold(self, title: str) -> Locator:
        """A part of the case page that is folded, opened."""
        section = self.section(title)
        if section.locator("details").first.get_attribute("open") is None:
            section.locator("summary").first.click()
        return section

    # --- going about -------------------------------------------------------------------------------------------

    def goto(self, path: str) -> None:
        """Open an address of the site; sign in where the session has ended."""
        self.page.goto(self.site.url + path)
        if self.heading(SIGN_IN).is_visible():
            self._choose_me()
            self.page.goto(self.site.url + path)

    def worklist(self, tab: str = "Alle taken") -> None:
        """Open one list of the worklist ("": the one that comes first); sign in where the session has ended."""
        self.goto("/werk")
        if not tab:
            return
        lists = self.page.get_by_role("navigation", name="Welke taken")
        lists.get_by_role("link", name=tab).click()
        expect(lists.get_by_role("link", name=tab)).to_have_attribute("aria-current", "page")

    def row(self, case: Pattern[str], title: str, subject: str = "") -> Locator:
        """The line of a task on the worklist that is open."""
        rows = self.page.get_by_role("row").filter(has=self.page.get_by_role("link", name=case))
        rows = rows.filter(has=self.page.get_by_role("link", name=title, exact=True))
        return rows.filter(has_text=subject) if subject else rows

    def open_case(self, case: Pattern[str]) -> bool:
        """Open a case from the worklist; False where it doesn't stand there."""
        self.worklist()
        links = self.page.get_by_role("link", name=case)
        if not links.count():
            return False
        links.first.click()
        expect(self.page.get_by_role("heading", name=case)).to_be_visible()
        return True

    def open_task(self, case: Pattern[str], title: str, subject: str = "") -> bool:
        """Open a task from the worklist; False where it doesn't stand there."""
        self.worklist("")
        row = self.row(case, title, subject)
        if not row.count():
            self.worklist()
        if not row.count():
            return False
        row.get_by_role("link", name=title, exact=True).click()
        expect(self.heading(title)).to_be_visible()
        return True

    def may_do(self, address: str, element: Element, subject: str = "") -> bool:
        """Whether this person may complete or take a task of the case at an address, as other software may ask.

        It costs no page. Who is signed in no longer learns it by looking.
        """
        ask = self.page.context.request
        listed = ask.get(f"{self.site.url}/v1/tasks", params={"list": TaskList.ALL})
        if not listed.ok:
            return True
        case_id = int(address.rpartition("/")[2])
        for task in listed.json()["tasks"]:
            if (task["caseId"], task["element"]) == (case_id, element.id) and subject in task["subject"]:
                return bool(
                    {Verb.COMPLETE, Verb.CLAIM} & {*ask.get(f"{self.site.url}/v1/tasks/{task['id']}").json()["may"]}
                )
        return False

    def can_complete(self) -> bool:
        """Whether the task that is open is this person's to do; takes it where that comes first."""
        if self.heading("Pak deze taak eerst op").is_visible():
            with self.page.expect_navigation():
                self.page.get_by_role("button", name="Oppakken").last.click()
        return self._button("Taak afronden").is_visible()

    def give(self, names: Iterable[str]) -> str:
        """Give the task that is open to the first of these people who can be chosen; tells to whom."""
        self.page.get_by_text("Aan iemand anders geven").click()
        choice = self.page.get_by_label("Wie gaat dit doen?")
        offered = self._offered(choice)
        name = next(name for name in names if any(text.startswith(name) for text in offered))
        self._choose(choice, name)
        self.press("Geef door")
        self.said(f"staat nu op naam van {name}.")
        return name

    def wait(self, days: int) -> None:
        """Move the clock of the demo: the last day or week by its button, those before by what such a button sends."""
        presses = [("1 week", "P7D")] * (days // 7) + [("1 dag", "P1D")] * (days % 7)
        address = f"{self.site.url}/demo/klok"
        token = self.page.locator('input[name="csrf_token"]').first.input_value()
        for _, duration in presses[:-1]:
            moved = self.page.context.request.post(
                address, form={"csrf_token": token, "duur": duration}, max_redirects=0
            )
            assert moved.status == 303, moved.status
        self.press(presses[-1][0])
        self.said("De klok staat")

    def said(self, text: str) -> None:
        """The page says that something was done."""
        expect(self.page.get_by_role("status")).to_contain_text(text)

    def _button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    # --- filling in --------------------------------------------------------------------------------------------

    def fill(self, form: Form, answers: Mapping[str, Any]) -> None:
        """Answer these questions, in the order of the page."""
        for asked in form.input_fields():
            if asked.key in answers:
                self.answer(asked, answers[asked.key], self.page.locator("form.kp-form"))

    def answer(self, asked: Field, value: Any, within: Locator) -> None:
        """Answer one question; without JavaScript the page is asked first for questions that came up."""
        folded = within.locator("details.kp-group:not([open]) > summary")
        while folded.count():
            folded.first.click()
        question = self._question(asked, within)
        if not self.script and not question.count():
            self.press("Vragen bijwerken")
        if asked.kind == "dynamiclist" and self.page.locator(".kp-talk").count():
            self.talk(asked, value)
        elif asked.kind == "dynamiclist":
            self._answer_rows(asked, value, question)
        elif asked.kind == "radio":
            question.get_by_label(self.site.label(asked, value), exact=True).check()
        elif asked.kind == "checklist":
            for option in value:
                label = self.site.label(asked, option)  # people stand there with what they do
                words = re.compile(rf"^{re.escape(label)} \(") if asked.people else label
                question.get_by_label(words, exact=True).check()
        elif asked.kind == "select":
            kin = self.site.called(value) if str(value).startswith("@") else ()
            self._choose(question, *(kin or (self.site.label(asked, value),)))
        elif asked.kind == "checkbox":
            question.set_checked(bool(value))
        else:
            question.fill(str(value))
            question.blur()
        self._settle()

    def _settle(self) -> None:
        """Wait until the questions that this answer opens or closes are there."""
        if self.script:
            expect(self.page.locator(".htmx-request")).to_have_count(0)

    def _choose(self, choice: Locator, *labels: str) -> str:
        """Choose from a list what stands there by one of these labels; people stand there with more than their name."""
        offered = self._offered(choice)
        label = next(text for text in offered if text.startswith(labels))
        choice.select_option(label=label)
        return label

    def _offered(self, choice: Locator) -> list[str]:
        """What can be chosen, once the list stands there: reading it doesn't wait by itself."""
        expect(choice).to_be_visible()
        return choice.get_by_role("option").all_inner_texts()

    def _question(self, asked: Field, within: Locator) -> Locator:
        name = re.compile(f"^{re.escape(asked.label)}{OPTIONAL}$")
        if asked.kind in ("radio", "checklist", "dynamiclist"):
            return within.get_by_role("group", name=name)
        return within.get_by_label(name)

    def _answer_rows(self, listed: Field, rows: Iterable[Mapping[str, Any]], block: Locator) -> None:
        regel = listed.properties.get("regel", "Regel")
        for number, row in enumerate(rows, start=1):
            place = block.get_by_role("group", name=f"{regel} {number}", exact=True)
            if number > 1 and not place.count():
                block.get_by_role("button", name=f"{regel} toevoegen").click()
                expect(place).to_be_visible()
            for asked in Form("", listed.fields).input_fields():
                if asked.key in row:
                    self.answer(asked, row[asked.key], place)

    def talk(self, listed: Field, rows: Iterable[Mapping[str, Any]]) -> None:
        """Ask each person of the family apart what each organisation may know, as the page lays it out."""
        parts = {part.properties["register"]: part for part in listed.fields}
        for row in rows:
            said = {column: row[part.key] for column, part in parts.items() if part.key in row}
            self._give_turn(str(said["persoon"]))
            name = self.site.label(parts["organisatie"], said["organisatie"])
            place = self._asked_about(name)
            place.get_by_label(self.site.label(parts["antwoord"], said["antwoord"]), exact=True).check()
            self._settle()
            if said.get("soorten") and not self.script:
                self.press("Vragen bijwerken")
                place = self._asked_about(name)
            for kind in said.get("soorten", ()):
                place.get_by_label(self.site.label(parts["soorten"], kind), exact=True).check()
                self._settle()

    def _give_turn(self, person: str) -> None:
        turns = self.page.locator(".kp-talk").get_by_role("group", name="Wie geeft nu antwoord?").get_by_role("button")
        names = self.site.called(person)
        for turn in turns.all():
            if turn.inner_text().startswith(names) and turn.get_attribute("aria-pressed") == "false":
                turn.click()
                self._settle()
                return

    def _asked_about(self, organisation: str) -> Locator:
        """The question about an organisation; one that isn't asked yet is looked for by its name."""
        place = self.page.locator(".kp-talk__one").filter(has_text=organisation)
        if not place.count():
            self.page.get_by_label("Wie noemt deze persoon nog meer?").fill(organisation)
            if not self.script:
                self.press("Zoek")
            self.page.locator("#gevonden").get_by_role("button").filter(has_text=organisation).click()
        expect(place).to_have_count(1)
        if place.get_attribute("open") is None:
            place.locator("summary").click()
        return place

    def submit(self, form: Form, answers: Mapping[str, Any], button: str = "Taak afronden") -> None:
        """Fill in and send; answer what the page then asks on, and send again."""
        self.fill(form, answers)
        self.press(button)
        if self.page.get_by_role("alert").filter(has_text=ASKS_ON).is_visible():
            self.fill(form, answers)
            self.press(button)
        while self.page.get_by_role("alert").filter(has_text=READS_BACK).is_visible():
            assert not self.script, "what was said stands there to be read back all along"
            self.press(button)

    def press(self, button: str) -> None:
        """Press a button that leads to another page."""
        with self.page.expect_navigation():
            self._button(button).click()


class Journey(Player):
    """One case, played from an example through the pages alone, each step by somebody whose task it is.

    `cast` says for each role who plays it; `overview` is who keeps the overview and steps in for partners.
    """

    def __init__(
        self,
        site: Site,
        sit_down: Callable[[str], Screen],
        actions: Iterable[Action],
        cast: Mapping[str, tuple[str, ...]],
        overview: str,
    ) -> None:
        self.site, self.sit_down, self.cast, self.overview = site, sit_down, cast, overview
        self.left = list(actions)
        self.case = re.compile("$^")
        self.address = ""
        self.acting: dict[str, str] = {}

    def join(self, case_id: int, done: int) -> None:
        """Go on with a case in which so many of the actions were done before."""
        begun, self.left = self.left[0], self.left[done:]
        self._named(begun, f"{self.site.url}/casus/{case_id}")

    def play(self, *, until: str = "") -> None:
        """Play on, as far as the first task, message or wait with this name, or to the end."""
        while self.left and (not until or self.left[0].name != until):
            self.step()

    def step(self) -> None:
        """Play the next action."""
        self.act(self.left.pop(0))

    def on_task(self, action: Action) -> None:
        """Begin the case with its first task, complete each later one."""
        if self.address:
            self._complete(action)
        else:
            self._begin(action)

    def on_wait(self, term: str) -> None:
        """Let days pass."""
        self.wait(term)

    def on_message(self, action: Action) -> None:
        """Who keeps the overview tells it."""
        self.tell(self.overview, action.name)

    def on_correction(self, action: Action) -> None:
        """No journey corrects yet."""
        raise NotImplementedError(action.name)

    def on_skipping(self, action: Action) -> None:
        """No journey skips a step yet."""
        raise NotImplementedError(action.name)

    def on_reopening(self, reason: str) -> None:
        """No journey reopens a dossier yet."""
        raise NotImplementedError(reason)

    def wait(self, term: str) -> None:
        """Let days pass."""
        days = re.fullmatch(r"P(\d+)D", term)
        assert days, term
        screen = self.sit_down(self.overview)
        screen.worklist("")
        screen.wait(int(days[1]))

    def tell(self, person: str, message: str) -> None:
        """Report on the case page that something happened."""
        events = [e for p in self.site.definition.processes.values() for e in p.elements.values()]
        title = next(
            e.properties["titel"] for e in events if e.event and e.event.name == message and "titel" in e.properties
        )
        screen = self.look(person)
        if message == Message.CONSENT_WITHDRAWN:
            screen.unfold("Is er iets veranderd?").get_by_role("link", name="Toestemming intrekken").click()
            screen.press("Ja, trek dit in")
            screen.said("Dit is vastgelegd en geldt vanaf nu.")
            return
        screen.unfold("Is er iets veranderd?").get_by_role("link", name=title).click()
        expect(screen.heading(title)).to_be_visible()
        if message != Message.ACUTE_DANGER:
            screen.page.get_by_label("Ik zag of merkte het zelf").check()
            screen.page.get_by_label("Wanneer gebeurde het?").fill("2026-01-05")
            for box in screen.page.get_by_role("group", name="Voor wie geldt dit?").get_by_role("checkbox").all():
                box.check()
        screen.press("Ja, dit is gebeurd")
        screen.said("Dit is gemeld.")
        self.acting[f"{message}_door"] = person

    def look(self, person: str) -> Screen:
        """Let somebody open the case."""
        screen = self.sit_down(person)
        screen.goto(self.address.removeprefix(self.site.url))
        expect(screen.page.get_by_role("heading", name=self.case)).to_be_visible()
        return screen

    def _begin(self, action: Action) -> None:
        screen = self.sit_down(self.cast["aanmelder"][0])
        element = self.site.element(action.name)
        screen.page.get_by_role("navigation", name="Hoofdmenu").get_by_role("link", name="Nieuw signaal").click()
        where = screen.page.get_by_label("In welke gemeente woont het gezin?")
        expect(screen.heading("Nieuw signaal")).to_be_visible()
        if where.count():
            where.select_option(label="Kerkrade")
        screen.submit(self.site.form(element), action.answers, "Signaal opslaan")
        screen.said("Je signaal is opgeslagen.")
        self._named(action, screen.page.url)

    def _named(self, begun: Action, address: str) -> None:
        """Know a case by what it began with."""
        self.address = address
        self.site.kin.update({row.get("naam", ""): row["relatie"] for row in begun.answers.get("gezin", ())})
        # the name of the family shows only to who may know it
        self.case = re.compile(f"^({begun.answers['gezin_naam']}|Signaal {address.rpartition('/')[2]})$")

    def _complete(self, action: Action) -> None:
        element = self.site.element(action.name)
        subject = str(next(iter(action.item.values()), ""))
        screen = self.take(element, subject)
        screen.submit(self.site.form(element), action.answers)
        screen.said(f"“{element.name}” is afgerond.")

    def take(self, element: Element, subject: str = "") -> Screen:
        """Let somebody whose task this is open it; where nobody may, it is given to one of them first."""
        acting = self.acting.get(element.properties.get("toewijzen", ""), "")
        able = [person for role in element.roles for person in self.cast.get(role, ())]
        able = [acting, *able] if acting else able
        for person in dict.fromkeys([*able, self.overview]):
            screen = self.sit_down(person)
            if not screen.may_do(self.address, element, subject):
                continue
            if screen.open_task(self.case, element.name, subject) and screen.can_complete():
                return screen
        screen = self.sit_down(self.overview)
        assert screen.open_task(self.case, element.name, subject), f"{element.name} is not open"
        name = screen.give(self.site.people[person].name for person in able)
        person = next(id for id, each in self.site.people.items() if each.name == name)
        screen = self.sit_down(person)
        assert screen.open_task(self.case, element.name, subject)
        assert screen.can_complete(), f"{name} can't do {element.name}"
        return screen
