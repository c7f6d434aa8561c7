"""The web pages as a browser without JavaScript meets them: the reference process, real engine, real database."""

import re
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.pages import render
from api.request import House
from engine import cases, definitions, store
from engine.access import Appointment, Person

WORKFLOWS = Path(__file__).parents[2] / "workflows"
PLACE = "kerkrade"
PEOPLE = (
    Person("anna", "Anna Aanmeld", "", "verloskundige", (Appointment("aanmelder", PLACE),)),
    Person("cor", "Cor Coördinatie", "", "", (Appointment("coordinator", PLACE),)),
    Person("cato", "Cato Coördinatie", "", "", (Appointment("coordinator", PLACE),)),
    Person("petra", "Petra Proces", "", "", (Appointment("procesregisseur", PLACE),)),
    Person("ineke", "Ineke Initiatief", "", "", (Appointment("initiatiefnemer", PLACE),)),
    Person("ver", "Ver Weg", "", "", (Appointment("procesregisseur", "vaals"),)),
)
SIGNAL = {
    "gezin_naam": "Gezin Zonnebloem",
    "gezin.0.relatie": "moeder",
    "gezin.0.leeftijd": "16_plus",
    "signaal_datum": "2026-03-02",
    "zwanger": "ja",
    "zwangerschapsduur_weken": "20",
    "signaal": "Ze zei drie afspraken af omdat de bus te duur is.",
}


class Visitor:
    """A browser without JavaScript: it follows redirects and sends along what the form at an address holds."""

    def __init__(self, app: FastAPI) -> None:
        self.http = TestClient(app, raise_server_exceptions=False)
        self.status = 0
        self.html = ""
        self.path = ""

    def open(self, path: str) -> "Visitor":
        response = self.http.get(path)
        self.status, self.html, self.path = response.status_code, response.text, response.url.path
        return self

    def send(self, path: str, fields: dict[str, str] | None = None, **more: str) -> "Visitor":
        form = re.search(rf'(?s)<form[^>]* action="{re.escape(path)}".*?</form>', self.html)
        html = form[0] if form else self.html
        hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', html))
        body = {name: unescape(value) for name, value in hidden.items()} | (fields or {}) | more
        response = self.http.post(path, data=body)
        self.status, self.html, self.path = response.status_code, response.text, response.url.path
        return self

    def visit_again(self, person: str) -> "Visitor":
        """The same browser, with what it kept, as somebody else."""
        return self.open("/aanmelden").send("/aanmelden", persoon=person)

    @property
    def text(self) -> str:
        """What a reader sees in the main part of the page."""
        main = re.sub(r"(?s)^.*<main|</main>.*$", "", self.html)
        return " ".join(unescape(re.sub(r"<[^>]*>", " ", main)).split())

    @property
    def title(self) -> str:
        return unescape(re.search(r"<title>(.*?)</title>", self.html)[1])  # type: ignore[index]

    def value(self, name: str) -> str:
        """What stands in an input or text area."""
        match = re.search(rf'<input[^>]* name="{name}" value="([^"]*)"', self.html)
        match = match or re.search(rf'(?s)<textarea[^>]* name="{name}"[^>]*>\n?(.*?)</textarea>', self.html)
        return unescape(match[1]) if match else ""

    def task(self, name: str) -> str:
        """The address of a task in the list."""
        link = re.search(rf'href="(/taken/\d+)">{name}<', self.html)
        assert link, f"{name} is not in: {self.text}"
        return link[1]


class Demo:
    """One running application with its people."""

    def __init__(self, file: Path, library: cases.Library, demo: bool = True) -> None:
        self.database = store.Database(f"sqlite:///{file}")
        self.app = create_app(House(self.database, library, demo))

    def visit(self, person: str = "") -> Visitor:
        visitor = Visitor(self.app)
        return visitor.visit_again(person) if person else visitor

    def signal(self, **changed: str) -> Visitor:
        """Somebody whose signal was just saved, on the page of the case."""
        return self.visit("anna").open("/signaal").send("/signaal", {**SIGNAL, **changed})


@pytest.fixture(scope="module")
def library() -> cases.Library:
    """What was read and built once; a version never changes, so tests may share it."""
    return cases.Library()


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the reference process and people, and no cases."""
    file = tmp_path_factory.mktemp("pages") / "published.sqlite"
    database = store.Database(f"sqlite:///{file}")
    database.migrate()
    with database.writing() as tx:
        for process in ("casus", "opzetten"):
            cases.publish(tx, definitions.load(WORKFLOWS, process, "zuid-limburg"), (), datetime.now(UTC))
        store.people.save(tx, PEOPLE)
    database.close()
    return file


@pytest.fixture
def file(published: Path, tmp_path: Path) -> Path:
    """A copy for one test alone."""
    return Path(shutil.copy(published, tmp_path / "knooppunt.sqlite"))


@pytest.fixture
def demo(file: Path, library: cases.Library) -> Iterator[Demo]:
    running = Demo(file, library)
    yield running
    running.database.close()


# --- the door --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/werk", "/signaal", "/taken/1", "/casus/1", "/casus/1/sluiten"])
def test_nobody_reads_a_page_without_signing_in(demo: Demo, path: str) -> None:
    assert demo.visit().open(path).path == "/aanmelden"


def test_the_demo_lets_you_choose_a_person_and_go_out_again(demo: Demo) -> None:
    visitor = demo.visit().open("/aanmelden")
    assert visitor.text.index("Petra Proces") > visitor.text.index("Organiseert het Knooppuntoverleg")
    visitor.send("/aanmelden", persoon="petra")
    assert (visitor.path, visitor.title) == ("/vandaag", "Vandaag – Knooppunt")
    visitor.send("/afmelden")
    assert visitor.open("/werk").path == "/aanmelden"


def test_outside_the_demo_nobody_can_choose_who_to_be(file: Path, library: cases.Library) -> None:
    running = Demo(file, library, demo=False)
    visitor = running.visit().open("/aanmelden")
    assert (visitor.status, "Petra" in visitor.text) == (200, False)
    assert visitor.send("/aanmelden", persoon="petra").status == 405
    assert visitor.open("/werk").path == "/aanmelden"
    running.database.close()


def test_a_form_without_the_token_of_this_session_is_refused(demo: Demo) -> None:
    visitor = demo.visit("anna")
    visitor.html = ""
    assert visitor.send("/signaal", SIGNAL).status == 403
    assert visitor.open("/werk?lijst=alle").text.count("Zonnebloem") == 0


# --- a signal --------------------------------------------------------------------------------------------------


def test_an_empty_signal_says_what_is_missing_and_leads_to_each_question(demo: Demo) -> None:
    visitor = demo.visit("anna").open("/signaal").send("/signaal", signaal="Iets gezien.")
    assert (visitor.status, visitor.title) == (422, "Fout: Nieuw signaal – Knooppunt")
    summary = re.search(r'(?s)<div [^>]*role="alert".*?</div>', visitor.html)
    assert summary
    targets = re.findall(r'href="#([^"]+)"', summary[0])
    assert len(targets) == 4
    assert all(f'id="{target}"' in visitor.html for target in targets)
    assert visitor.value("signaal") == "Iets gezien."


def test_a_question_that_opens_is_asked_before_the_signal_is_saved(demo: Demo) -> None:
    visitor = demo.visit("anna").open("/signaal")
    assert "Hoeveel weken" not in visitor.text
    early = {name: value for name, value in SIGNAL.items() if name != "zwangerschapsduur_weken"}
    visitor.send("/signaal", early)
    assert visitor.path == "/signaal"
    assert "vragen bijgekomen" in visitor.text
    assert visitor.value("gezin_naam") == "Gezin Zonnebloem"
    assert 'name="zwangerschapsduur_weken"' in visitor.html
    assert visitor.send("/signaal", SIGNAL).path.startswith("/casus/")


def test_a_saved_signal_shows_what_comes_next(demo: Demo) -> None:
    visitor = demo.signal(_getoond="")
    assert visitor.path == "/casus/1"
    assert visitor.title == "Gezin Zonnebloem – Knooppunt"
    assert "Signaal met het gezin bespreken" in visitor.text
    assert "Nu: Signaleren" in visitor.text
    assert visitor.html.count('class="diagram"') == 1, "only what is going on is drawn"


def test_who_keeps_the_overview_is_asked_who_talks_with_the_family(demo: Demo) -> None:
    asked = "Wie bespreekt dit met het gezin en vraagt om toestemming?"
    assert asked in demo.visit("petra").open("/signaal").text
    assert asked not in demo.visit("anna").open("/signaal").text


def test_a_question_without_a_name_leads_to_whom_to_call_and_keeps_nothing(demo: Demo) -> None:
    visitor = demo.visit("anna").open("/signaal")
    assert 'href="/signaal/overleggen"' in visitor.html
    visitor.open("/signaal/overleggen")
    assert visitor.status == 200
    assert "Cato" in visitor.text
    assert "Vraag het de coördinator" in visitor.text
    assert not re.search(r"<(input|textarea|select)(?![^>]*type=\"hidden\")", visitor.html.partition("<main")[2])


def test_who_cannot_signal_hears_who_can(demo: Demo) -> None:
    visitor = demo.visit("ineke").open("/signaal")
    assert visitor.status == 403
    assert "Vraag iemand die gezinnen aanmeldt" in visitor.text


def test_setting_up_a_knooppunt_begins_with_its_first_step(demo: Demo) -> None:
    visitor = demo.visit("ineke").open("/opzetten")
    assert visitor.title == "Een Knooppunt opzetten – Knooppunt"
    assert "Zo doe je dit" in visitor.text
    assert 'href="/handreiking/opzetten/' in visitor.html
    assert "Vraag een initiatiefnemer" in demo.visit("anna").open("/opzetten").text


def test_what_people_type_stays_text(demo: Demo) -> None:
    visitor = demo.signal(_getoond="", gezin_naam="<script>alert(1)</script>")
    assert "<script>alert" not in visitor.html
    assert "<script>alert(1)</script>" in visitor.text


# --- the worklist ----------------------------------------------------------------------------------------------


def test_a_task_is_claimed_from_the_list_and_stays_there_as_yours(demo: Demo) -> None:
    demo.signal(_getoond="")
    visitor = demo.visit("cor").open("/werk?lijst=rol")
    visitor.send(f"{visitor.task('Ontvangst bevestigen')}/claim")
    assert visitor.path == "/werk"
    assert "staat nu op jouw naam" in visitor.text
    assert "Jij" in visitor.open("/werk?lijst=mijn").text


def test_the_list_is_searched_and_nonsense_in_the_address_does_no_harm(demo: Demo) -> None:
    for name in ("Gezin Zonnebloem", "Gezin Kievit"):
        demo.signal(_getoond="", gezin_naam=name)
    visitor = demo.visit("anna").open("/werk?lijst=alle").send("/werk", zoek="kievit")
    assert "Gezin Kievit" in visitor.text
    assert "Gezin Zonnebloem" not in visitor.text
    assert visitor.value("zoek") == "kievit"
    assert "Geen taken gevonden" in visitor.send("/werk", zoek="%").text
    assert "Gezin Zonnebloem" in visitor.open("/werk?lijst=alle&zoek=deadbeef").text, "a search that is forgotten"
    assert visitor.open("/werk?lijst=x&fase=y&gemeente=z&na=-3").status == 200
    assert visitor.open("/werk?lijst=alle&na=253402000000000000-1").text.count("Gezin ") >= 2


def test_who_finds_nothing_in_one_list_goes_on_searching_in_all(demo: Demo) -> None:
    demo.signal(_getoond="", gezin_naam="Gezin Kievit")
    visitor = demo.visit("cato").open("/werk?lijst=mijn").send("/werk", zoek="signaal")
    assert "Geen taken gevonden in “Mijn taken”" in visitor.text
    (address,) = re.findall(r'href="([^"]*)">Zoek in alle taken<', visitor.html)
    results = visitor.open(unescape(address))
    assert "Ontvangst bevestigen" in results.text
    assert results.value("zoek") == "signaal"
    nowhere = results.open("/werk?lijst=mijn").send("/werk", zoek="kievit")
    assert "Geen taken gevonden" in nowhere.text
    assert "Zoek in alle taken" not in nowhere.text


def test_a_long_list_comes_in_pages(demo: Demo) -> None:
    for number in range(26):
        demo.signal(_getoond="", gezin_naam=f"Gezin {number}")
    visitor = demo.visit("anna").open("/werk?lijst=mijn")
    (more,) = re.findall(r'rel="next" href="([^"]*)"', visitor.html)
    last = visitor.open(unescape(more))
    assert last.html.count('href="/taken/') == 1
    assert 'rel="next"' not in last.html
    assert 'href="/werk?lijst=mijn">Naar het begin' in last.html


def test_what_is_searched_for_stands_in_no_address_and_stays_from_page_to_page(demo: Demo) -> None:
    for number in range(27):
        demo.signal(_getoond="", gezin_naam=f"Gezin Kievit {number}")
    demo.signal(_getoond="")
    for address, field in (("/werk?lijst=alle", "lijst"), ("/casus?stand=lopend", "stand")):
        visitor = demo.visit("anna").open(address)
        response = visitor.http.post(
            address.partition("?")[0],
            data={"zoek": "kïevit", field: visitor.value(field), "csrf_token": visitor.value("csrf_token")},
            follow_redirects=False,
        )
        assert response.status_code == 303
        results = visitor.open(response.headers["location"])
        assert "Zonnebloem" not in results.text
        visited = [response.headers["location"], *re.findall(r'(?:href|action)="([^"]*)"', results.html)]
        assert not [link for link in visited if "vit" in unescape(link).lower()]
        (more,) = re.findall(r'rel="next" href="([^"]*)"', results.html)
        second = visitor.open(unescape(more))
        assert "Gezin Kievit" in second.text
        assert "Zonnebloem" not in second.text
        assert visitor.value("zoek") == "kïevit"
        elsewhere = demo.visit("anna").open(unescape(more))
        assert elsewhere.value("zoek") == "", "another browser knows the address alone"
        visitor.send("/afmelden")
        assert "knooppunt_zoek" not in visitor.http.cookies


def test_who_signs_in_next_does_not_see_what_was_searched_for(demo: Demo) -> None:
    visitor = demo.visit("anna").open("/werk?lijst=alle")
    data = {"zoek": "zonnebloem", "lijst": "alle", "csrf_token": visitor.value("csrf_token")}
    address = visitor.http.post("/werk", data=data, follow_redirects=False).headers["location"]
    assert visitor.open(address).value("zoek") == "zonnebloem"
    assert visitor.visit_again("petra").open(address).value("zoek") == ""


def test_two_searches_in_two_tabs_stay_apart_and_filters_stay_in_the_address(demo: Demo) -> None:
    for name in ("Gezin Zonnebloem", "Gezin Kievit"):
        demo.signal(_getoond="", gezin_naam=name)
    visitor = demo.visit("anna").open("/werk?lijst=alle")
    token, addresses = visitor.value("csrf_token"), {}
    for words in ("zonnebloem", "kievit", ""):
        fields = {"zoek": words, "lijst": "alle", "fase": "signaleren", "gemeente": PLACE, "csrf_token": token}
        addresses[words] = visitor.http.post("/werk", data=fields, follow_redirects=False).headers["location"]
    assert addresses[""] == f"/werk?lijst=alle&fase=signaleren&gemeente={PLACE}"
    assert "Kievit" not in visitor.open(addresses["zonnebloem"]).text
    assert "Zonnebloem" not in visitor.open(addresses["kievit"]).text


@pytest.mark.parametrize("words", ["\U0001f98b" * 400, "a\x00b", "‘’“”", "x" * 400])
def test_any_words_are_searched_for_and_stay_small_enough_for_a_browser_to_keep(demo: Demo, words: str) -> None:
    visitor = demo.visit("anna").open("/werk?lijst=alle")
    for _ in range(6):
        visitor.open("/werk?lijst=alle").send("/werk", zoek=words)
    assert visitor.status == 200
    assert visitor.value("zoek") == words[:100]
    assert len(visitor.http.cookies["knooppunt_zoek"]) < 3000, "4096 is what a browser keeps"


@pytest.mark.parametrize(
    "kept", ["", "x", "W10=", "eyJhIjoxfQ==", "W1siZGVhZGJlZWYiLDFdXQ==", "W1siZGVhZGJlZWYiLCJcdWQ4MDAiXV0=", "é"]
)
def test_nonsense_that_a_browser_kept_of_a_search_breaks_nothing(demo: Demo, kept: str) -> None:
    visitor = demo.visit("anna")
    visitor.http.cookies.set("knooppunt_zoek", quote(kept))
    assert visitor.open("/werk?zoek=deadbeef").status == 200
    assert visitor.open("/casus?zoek=deadbeef").status == 200


def test_what_is_too_late_says_so_in_words(demo: Demo) -> None:
    demo.signal(_getoond="")
    visitor = demo.visit("anna").open("/werk").send("/demo/klok", duur="P1M")
    assert "een maand verder" in visitor.text
    assert re.search(r"\d+ dagen te laat", visitor.open("/werk?lijst=te-laat").text)


def test_what_is_too_late_for_my_role_can_be_taken_where_it_says_so(demo: Demo) -> None:
    demo.signal(_getoond="")
    demo.visit("anna").open("/werk").send("/demo/klok", duur="P1M")
    button = r'action="(/taken/\d+/claim)"'
    mine = {name: re.findall(button, demo.visit("cor").open(f"/werk?lijst={name}").html) for name in ("rol", "te-laat")}
    assert mine["rol"]
    assert mine["te-laat"] == mine["rol"]
    assert re.findall(button, demo.visit("petra").open("/werk?lijst=te-laat").html) == [], "it is not hers to do"
    taken = demo.visit("cor").open("/werk?lijst=te-laat").send(mine["te-laat"][0], _terug="/werk?lijst=te-laat")
    assert taken.path == "/werk"
    assert "Jij" in taken.text


def test_another_municipality_sees_nothing(demo: Demo) -> None:
    demo.signal(_getoond="")
    visitor = demo.visit("ver")
    assert "Zonnebloem" not in visitor.open("/werk?lijst=alle").text
    assert visitor.open("/casus/1").status == 404
    assert visitor.open("/taken/2").status == 404


# --- a task ----------------------------------------------------------------------------------------------------


def test_beside_the_form_stands_what_the_handbook_says(demo: Demo) -> None:
    visitor = demo.signal(_getoond="")
    visitor.open(visitor.task("Signaal met het gezin bespreken"))
    assert "Zo doe je dit" in visitor.text
    assert 'href="/handreiking/casus/signaleren/signaal_bespreken/"' in visitor.html


def test_of_two_people_the_second_hears_who_was_first_and_keeps_what_was_typed(demo: Demo) -> None:
    demo.signal(_getoond="")
    first, second = (demo.visit(person).open("/werk?lijst=rol") for person in ("cor", "cato"))
    task = first.task("Ontvangst bevestigen")
    first.open(task)
    second.open(task)
    first.send(task, ontvangst_bevestigd="ja")
    second.send(task, ontvangst_bevestigd="ja", contact_knooppunt="Cato, 045 123")
    assert second.status == 409
    assert "Cor Coördinatie" in second.text
    assert "Wie kan de aanmelder bellen? Cato, 045 123" in second.text


def test_who_took_the_task_meanwhile_is_named_and_nothing_typed_is_lost(demo: Demo) -> None:
    demo.signal(_getoond="")
    first, second = (demo.visit(person).open("/werk?lijst=rol") for person in ("cor", "cato"))
    task = first.task("Ontvangst bevestigen")
    second.open(task)
    first.open(task).send(f"{task}/claim")
    second.send(task, ontvangst_bevestigd="ja", contact_knooppunt="Cato, 045 123")
    assert second.status == 409
    assert "Cor Coördinatie" in second.text
    assert "Cato, 045 123" in second.text
    assert "Ontvangst bevestigen" in first.open("/werk?lijst=mijn").text


def test_who_comes_too_late_reads_names_and_goes_on_to_the_dossier(demo: Demo) -> None:
    visitor = demo.signal(_getoond="")
    task = visitor.task("Signaal met het gezin bespreken")
    other = demo.visit("anna").open(task)
    visitor.open(task).send(task, besproken_met_gezin="ja", _getoond="")
    late = {"past_bij_knooppunt": "ja", "verkenner_organisatie": "jgz_heuvelkind"}
    other.send(task, late, _stap="intake/aanmelding_beoordelen")
    assert other.status == 409
    assert "Jeugdgezondheidszorg Heuvelkind" in other.text
    assert "jgz_heuvelkind" not in other.text
    assert "Deze taak is al afgerond" in other.title
    assert "Iemand was je voor" not in other.text, "it was oneself, in another window"
    assert 'href="/casus/1"' in other.html
    other.open(task)
    assert other.title == "Dit kan nu niet meer – Knooppunt"
    assert 'href="/casus/1"' in other.html


def test_who_takes_a_task_in_a_list_is_led_to_it(demo: Demo) -> None:
    demo.signal(_getoond="")
    first, second = (demo.visit(person).open("/werk?lijst=rol") for person in ("cor", "cato"))
    task = first.task("Ontvangst bevestigen")
    first.send(f"{task}/claim", _terug="/werk?lijst=rol")
    assert re.search(rf'role="status">.*staat nu op jouw naam\..*href="{task}"', first.html)
    assert 'role="status"' not in first.open("/werk?lijst=rol").html, "it is told once"
    second.send(f"{task}/claim", _terug="/werk?lijst=rol")
    assert second.status == 409
    assert 'href="/casus/1"' in second.html
    other = demo.visit("cor").open(task).send(f"{task}/release").open(task).send(f"{task}/claim")
    assert other.path == task
    assert "Open de taak" not in other.text


def test_who_may_know_is_asked_without_javascript(demo: Demo) -> None:
    visitor = demo.signal(_getoond="")
    task = visitor.task("Signaal met het gezin bespreken")
    visitor.open(task).send(task, besproken_met_gezin="ja", _getoond="")
    explain = visitor.open("/casus/1").task("Uitleg geven over toestemming")
    visitor.open(explain).send(explain, uitleg_begrepen="ja", _getoond="")
    consent = visitor.task("Toestemming vastleggen")
    visitor.open(consent)
    assert "namens de ouders" in visitor.text
    assert "Het Knooppuntteam. Mag " in visitor.text, "it is asked about first"
    given = dict(re.findall(r'name="(toestemmingen\.0\.(?:persoon|organisatie))" value="(\w+)"', visitor.html))
    assert len(given) == 2, "who stands in the signal is asked"
    given |= {"toestemmingen.0.antwoord": "nee", "_getoond": ""}
    visitor.send(f"{consent}/formulier", given, _organisatie_zoeken="schuld")
    assert "mag niets weten" in visitor.text
    hit = re.search(r'name="_organisatie_erbij" value="(\w+)"', visitor.html)
    assert hit
    visitor.send(f"{consent}/formulier", given, _organisatie_erbij=hit[1])
    assert f'name="toestemmingen.1.organisatie" value="{hit[1]}"' in visitor.html
    row = visitor.html.partition('name="toestemmingen.1.')[2]
    assert "checked" not in row  # consent is never pre-ticked
    given |= {"toestemmingen.1.antwoord": "niet_gevraagd"}
    visitor.send(consent, given, _organisatie_zoeken="schuld", _teruggelezen="")
    assert "Je zocht nog een organisatie." in visitor.text
    visitor.send(consent, given, _teruggelezen="")
    assert "Lees eerst terug wat" in visitor.text
    read = re.search(r'name="_teruggelezen" value="([^"]+)"', visitor.html)
    assert read
    visitor.send(consent, given, _teruggelezen=read[1])
    assert "“Toestemming vastleggen” is afgerond." in visitor.text
    sheet = visitor.path
    assert re.fullmatch(r"/casus/1/afschrift/\w+", sheet)
    assert "Hier zei je nee op" in visitor.text
    assert "Hier zei je ja op" not in visitor.text
    assert "“Ik trek mijn ja in.”" in visitor.text
    assert demo.visit("petra").open(sheet).status == 404, "a no is known to who heard it"
    assert visitor.open("/casus/1/afschrift/niemand").status == 404


def test_who_has_the_family_at_the_table_goes_on_in_one_sitting(demo: Demo) -> None:
    visitor = demo.signal(_getoond="", gezin_erbij="ja")
    explain = visitor.task("Uitleg geven over toestemming")
    assert re.search(rf'role="status">.*Je signaal is opgeslagen\..*href="{explain}"', visitor.html)
    visitor.open(explain).send(explain, uitleg_begrepen="ja", _getoond="")
    assert re.search(rf'role="status">.*is afgerond\..*href="{visitor.task("Toestemming vastleggen")}"', visitor.html)
    assert "Ontvangst bevestigen" not in demo.visit("cor").open("/werk?lijst=rol").text, "nobody waits for it"


def test_nobody_is_chosen_to_give_a_task_to_until_you_choose(demo: Demo) -> None:
    demo.signal(_getoond="")
    visitor = demo.visit("petra").open("/werk?lijst=alle")
    task = visitor.task("Ontvangst bevestigen")
    choice = re.search(r'(?s)<select[^>]* name="aan"[^>]*>(.*?)</select>', visitor.open(task).html)
    assert choice
    assert re.findall(r'<option value="([^"]*)"', choice[1])[0] == "", "what a slip of the finger sends"
    assert "selected" not in choice[1]
    visitor.send(f"{task}/reassign", aan="")
    assert visitor.status == 422
    assert "Kies eerst wie dit gaat doen." in visitor.text
    visitor.open(task).send(f"{task}/reassign", aan="cato")
    assert "staat nu op naam van Cato Coördinatie" in visitor.text


# --- a case ----------------------------------------------------------------------------------------------------


def test_a_message_is_explained_and_asked_about_before_it_is_sent(demo: Demo) -> None:
    demo.signal(_getoond="")
    visitor = demo.visit("petra").open("/casus/1")
    address = "/casus/1/bericht/gezin_verhuist"
    visitor.open(address)
    assert "Nee, ga terug" in visitor.text
    assert "Gemeld" not in visitor.open("/casus/1").text
    (mother,) = re.findall(r'name="voor" value="([^"]+)"', visitor.open(address).html)
    said = {"van": "zelf", "op": "2026-01-05", "voor": mother}
    for wrong in ({"van": ""}, {"op": ""}, {"op": "2099-01-01"}, {"voor": "een_ander"}, {"van": mother, "voor": ""}):
        assert visitor.open(address).send(address, **{**said, **wrong}).status == 422
    assert "Deze dag moet nog komen" in visitor.open(address).send(address, **{**said, "op": "2099-01-01"}).text
    assert "Gemeld" not in visitor.open("/casus/1").text
    visitor.open(address).send(address, **said)
    assert visitor.path == "/casus/1"
    about = "Gebeurd op 5 januari 2026. Voor: Iemand uit het gezin. Verteld door: Ik zag of merkte het zelf"
    assert f"Gemeld: Gezin verhuist. {about}" in visitor.text
    assert "door Petra Proces" in visitor.text
    assert "kun je bij dit dossier nu niet melden" in visitor.open(address).text
    assert visitor.send(address).status == 409


def test_an_answer_is_corrected_with_a_reason(demo: Demo) -> None:
    visitor = demo.signal(_getoond="")
    address = "/casus/1/corrigeren/signaleren/signaal_vastleggen"
    assert address in visitor.html
    visitor.open(address)
    assert visitor.value("gezin_naam") == "Gezin Zonnebloem"
    visitor.send(address, {**SIGNAL, "gezin_naam": "Gezin Zonnestraal"})
    assert visitor.status == 422
    assert visitor.value("gezin_naam") == "Gezin Zonnestraal"
    visitor.send(address, {**SIGNAL, "gezin_naam": "Gezin Zonnestraal"}, _reden="Verkeerd gehoord")
    assert visitor.title == "Gezin Zonnestraal – Knooppunt"
    seen = demo.visit("petra").open("/casus/1")
    assert "Gecorrigeerd: Signaal vastleggen door Anna Aanmeld" in seen.text


def test_a_case_is_closed_early_only_with_a_reason(demo: Demo) -> None:
    demo.signal(_getoond="")
    assert demo.visit("anna").open("/casus/1/sluiten").status == 403
    visitor = demo.visit("petra").open("/casus/1/sluiten").send("/casus/1/sluiten")
    assert visitor.status == 422
    assert 'href="#reden"' in visitor.html
    visitor.send("/casus/1/sluiten", reden="Dubbel ingevoerd")
    assert visitor.path == "/casus/1"
    assert "Eerder afgesloten" in visitor.text
    assert "Dubbel ingevoerd" in visitor.text
    assert demo.visit("anna").open("/casus/1").status == 404, "reading ends with the case"


def test_a_dossier_is_found_again_after_it_was_closed(demo: Demo) -> None:
    demo.signal(_getoond="")
    assert 'data-label="Stand">Lopend</td>' in demo.visit("anna").open("/casus?stand=alle").html
    demo.visit("petra").open("/casus/1/sluiten").send("/casus/1/sluiten", reden="Dubbel ingevoerd")
    assert 'href="/casus/1"' not in demo.visit("anna").open("/casus").html
    closed = demo.visit("petra").open("/casus?stand=gesloten")
    assert 'href="/casus/1"' in closed.html
    assert 'data-label="Stand">Eerder gesloten</td>' in closed.html
    assert "Zonnebloem" in demo.visit("anna").open("/wat-ik-schreef").text, "one rereads the own words"
    assert "Zonnebloem" not in demo.visit("petra").open("/casus?stand=alle").text  # the family did not consent
    petra = demo.visit("petra").open("/casus?stand=alle")
    assert 'href="/casus/1"' in petra.html
    assert 'href="/casus/1"' not in petra.send("/casus", zoek="zonnebloem").html
    assert demo.visit("anna").open("/casus?stand=onzin&na=x").status == 200


def test_what_is_not_yours_to_see_is_not_on_the_page(demo: Demo) -> None:
    signaller = demo.signal(_getoond="")
    assert 'id="antwoorden"' in signaller.html
    assert 'id="historie"' not in signaller.html
    overseer = demo.visit("petra").open("/casus/1")
    assert 'id="historie"' in overseer.html
    assert 'id="veiligheid"' not in overseer.html
    assert "Zonnebloem" not in overseer.html  # the family did not consent yet
    assert overseer.title == "Signaal 1 – Knooppunt"


# --- every page ------------------------------------------------------------------------------------------------


def test_pages_hold_no_script_or_style_of_their_own_and_ask_no_third_party(demo: Demo) -> None:
    visitor = demo.signal(_getoond="")
    task = visitor.task("Signaal met het gezin bespreken")
    paths = ["/aanmelden", "/werk", "/signaal", task, "/casus/1", "/casus/1/bericht/acute_onveiligheid", "/casus/99"]
    for path in paths:
        html = visitor.open(path).html
        assert not re.search(r"\sstyle=|<style|\son\w+=|<script(?![^>]* src=)", html), path
        assert not re.search(r'(?:src|href|action)="(?!/|#|tel:)', html), path
        assert '<html lang="nl"' in html
        assert 'href="#inhoud"' in html


@pytest.mark.parametrize("path", ["/nergens", "/taken/99", "/taken/x", "/casus/99", "/casus/0/bericht/x"])
def test_what_is_not_there_gets_a_page_in_dutch(demo: Demo, path: str) -> None:
    visitor = demo.visit("petra").open(path)
    assert visitor.status == 404
    assert visitor.title == "Deze pagina is er niet – Knooppunt"
    assert "Traceback" not in visitor.html


@pytest.mark.parametrize("path", ["/nergens", "/taken/99"])
def test_who_is_signed_in_stays_so_on_the_page_of_an_error(demo: Demo, path: str) -> None:
    visitor = demo.visit("petra").open(path)
    assert visitor.status == 404
    assert "Petra Proces" in visitor.html
    assert "Zuid-Limburg" in visitor.html
    assert visitor.http.get(path).headers["cache-control"] == "no-store"
    assert visitor.send("/demo/klok", duur="P1D").status == 200, "the clock leads to a page that is there"
    assert visitor.open(path).send("/afmelden").open("/werk").path == "/aanmelden"
    nobody = demo.visit().open("/nergens")
    assert nobody.status == 404
    assert "Afmelden" not in nobody.html


def test_the_region_colours_the_pages_with_colours_alone(demo: Demo) -> None:
    response = demo.visit().http.get("/regio.css")
    assert response.headers["content-type"].startswith("text/css")
    assert re.fullmatch(r"\.knooppunt-theme \{( --[a-z-]+: #[0-9a-f]{6};)+ \}\n", response.text)


def test_texts_of_a_region_can_bring_no_markup_and_no_picture_of_their_own() -> None:
    shown = render.markdown('**ja** <b onclick="x()">nee</b> ![p](https://elders.example/p.png) [l](javascript:x)')
    assert "<strong>ja</strong>" in shown
    assert not re.search(r"<b|<img|href=\"javascript", shown)
