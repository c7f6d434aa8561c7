"""Signing in by OpenID Connect, at a real provider that runs on this machine."""

import re
import select
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from api.command import main
from api.configuration import Configuration, LimitSettings, ProviderSettings, WebSettings
from api.limits import Limit
from api.request import House
from engine import store
from engine.access import Appointment, Person
from engine.cases import Library
from engine.store import Database
from engine.store.tables import person
from tests.engine.playing import LEAD, STRANGER

ADDRESS = "https://testserver"
BACK = f"{ADDRESS}/aanmelden/terug"
MAIL = "lead@gemeente.example"
NOW = datetime.now(UTC)

pytestmark = pytest.mark.any_database


@pytest.fixture(scope="module")
def issuer(node_path: str) -> Iterator[str]:
    """The address of a provider that runs for the tests of this file."""
    script = Path(__file__).with_name("provider.mjs")
    command = [node_path, str(script), BACK]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout is not None
        assert select.select([process.stdout], [], [], 30)[0], "the provider does not start"
        yield process.stdout.readline().strip()
        process.kill()


@pytest.fixture
def configuration(issuer: str) -> Configuration:
    gemeente = ProviderSettings("gemeente", "Gemeente Voorbeelddam", issuer, "knooppunt", "geheim")
    gone = replace(gemeente, id="weg", name="Praktijk Weg", issuer="http://localhost:9")
    return Configuration(web=WebSettings(address=ADDRESS, help="Bo"), provider=(gemeente, gone))


@pytest.fixture
def house(database: Database, library: Library, configuration: Configuration) -> House:
    return House(database, library, configuration=configuration)


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house), ADDRESS, follow_redirects=False) as client:
        yield client


def invite(database: Database, person: str, mail: str, term: timedelta = timedelta(days=1)) -> None:
    with database.writing() as tx:
        store.identities.invite(tx, person, mail, NOW, NOW + term)


def at_the_provider(way: str, login: str) -> str:
    """Sign in at the provider as somebody, in its own pages; gives the address to which it sends the browser back."""
    with httpx2.Client(follow_redirects=False) as browser:
        response = browser.get(way)
        while not response.headers.get("location", "").startswith(ADDRESS):
            if response.is_redirect:
                response = browser.get(str(response.url.join(response.headers["location"])))
                continue
            action, prompt = re.findall(r'action="([^"]+)"|name="prompt" value="([^"]+)"', response.text)[:2]
            form = {"prompt": prompt[1], "login": login, "password": "x"}
            response = browser.post(str(response.url.join(action[0])), data=form)
        return str(response.headers["location"])


def sign_in(client: TestClient, login: str) -> httpx2.Response:
    way = client.get("/aanmelden/gemeente").headers["location"]
    return client.get(at_the_provider(way, login))


def is_in(client: TestClient) -> bool:
    return client.get("/werk").status_code == 200


def test_who_was_invited_is_known_by_issuer_and_subject_from_then_on(client: TestClient, database: Database) -> None:
    assert 'href="/aanmelden/gemeente"' in client.get("/aanmelden").text
    invite(database, LEAD, "  LEAD@gemeente.example")
    response = sign_in(client, MAIL)
    assert (response.status_code, response.headers["location"]) == (303, "/vandaag")
    cookies = response.headers.get_list("set-cookie")
    (cookie,) = [each for each in cookies if each.startswith("__Host-knooppunt=")]
    assert {"secure", "httponly", "path=/"} <= {part.strip().lower() for part in cookie.split(";")}
    assert is_in(client)
    with database.reading() as tx:
        (running,) = store.sessions.of_person(tx, LEAD, NOW)
        known = store.people.one(tx, LEAD)
    assert running.way == "gemeente"
    assert known.appointments  # what a provider says of groups adds none
    assert not [a for a in known.appointments if a.role == "beheerder"]

    invite(database, STRANGER, MAIL)  # the address of the invitation is somebody else's now
    client.cookies.clear()
    sign_in(client, MAIL)
    with database.reading() as tx:
        assert len(store.sessions.of_person(tx, LEAD, NOW)) == 2
        assert store.sessions.of_person(tx, STRANGER, NOW) == ()


def test_who_left_all_roles_has_none_however_they_sign_in(client: TestClient, database: Database) -> None:
    invite(database, LEAD, MAIL)
    sign_in(client, MAIL)
    with database.writing() as tx:
        store.people.save(tx, [replace(store.people.one(tx, LEAD), appointments=())])
    client.cookies.clear()
    sign_in(client, MAIL)
    assert client.get("/v1/tasks").json()["tasks"] == []


def test_who_stopped_working_here_does_not_come_in_again(client: TestClient, database: Database) -> None:
    invite(database, LEAD, MAIL)
    sign_in(client, MAIL)
    client.cookies.clear()
    with database.writing() as tx:
        tx.execute(sa.update(person).where(person.c.id == LEAD).values(ended_at=NOW))
    assert sign_in(client, MAIL).status_code == 403
    assert not is_in(client)
    invite(database, LEAD, "andere@gemeente.example")
    assert sign_in(client, "andere@gemeente.example").status_code == 403


@pytest.mark.parametrize(
    ("login", "sentence"),
    [
        (MAIL, "Er is geen uitnodiging die nog geldt"),
        ("none", "Gemeente Voorbeelddam stuurt je e-mailadres niet mee (email)"),
        ("unsure@gemeente.example", "Gemeente Voorbeelddam heeft je e-mailadres niet nagekeken"),
    ],
)
def test_who_is_not_known_is_told_what_is_missing_and_whom_to_ask(
    client: TestClient, database: Database, login: str, sentence: str, caplog: pytest.LogCaptureFixture
) -> None:
    invite(database, LEAD, "unsure@gemeente.example")
    invite(database, STRANGER, MAIL, timedelta(seconds=-1))
    response = sign_in(client, login)
    assert response.status_code == 403
    assert sentence in response.text
    assert "Vraag het aan Bo." in response.text
    assert not is_in(client)
    assert "sign-in refused: provider=gemeente" in caplog.text
    assert login not in caplog.text


def test_an_invitation_is_used_once_and_one_that_could_mean_two_people_never(
    client: TestClient, database: Database
) -> None:
    invite(database, LEAD, MAIL)
    sign_in(client, MAIL)
    with database.writing() as tx:
        assert store.identities.bind(tx, "https://elders.example", "x", MAIL, NOW) == ""
        for person in (LEAD, STRANGER):
            store.identities.invite(tx, person, "team@gemeente.example", NOW, NOW + timedelta(days=1))
        assert store.identities.bind(tx, "https://elders.example", "x", "team@gemeente.example", NOW) == ""


def test_the_way_holds_state_nonce_and_challenge_and_each_sign_in_has_its_own(client: TestClient) -> None:
    asked = [parse_qs(urlsplit(client.get("/aanmelden/gemeente").headers["location"]).query) for _ in range(2)]
    for each in asked:
        assert each["code_challenge_method"] == ["S256"]
        assert each["redirect_uri"] == [BACK]
        assert each["response_type"] == ["code"]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]


def test_what_another_browser_brought_back_signs_nobody_in(
    client: TestClient, house: House, database: Database
) -> None:
    invite(database, LEAD, MAIL)
    back = at_the_provider(client.get("/aanmelden/gemeente").headers["location"], MAIL)
    with TestClient(create_app(house), ADDRESS, follow_redirects=False) as other:
        assert other.get(back).status_code == 403
        other.get("/aanmelden/gemeente")
        assert other.get(back).status_code == 403
        assert not is_in(other)
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 403, "the journey is over"


@pytest.mark.parametrize("part", [1, 2, 3])
def test_a_journey_of_which_something_changed_signs_nobody_in(
    client: TestClient, database: Database, part: int
) -> None:
    invite(database, LEAD, MAIL)
    back = at_the_provider(client.get("/aanmelden/gemeente").headers["location"], MAIL)
    parts = client.cookies["__Host-knooppunt_weg"].split(".")
    client.cookies.clear()
    client.cookies.set("__Host-knooppunt_weg", ".".join([*parts[:part], "x" * 43, *parts[part + 1 :]]))
    assert client.get(back).status_code == 403
    assert not is_in(client)


def test_who_declines_and_who_brings_back_an_address_of_another_provider_is_told(client: TestClient) -> None:
    state = parse_qs(urlsplit(client.get("/aanmelden/gemeente").headers["location"]).query)["state"][0]
    assert "klopt niet" in client.get(f"/aanmelden/terug?state={state}&code=x&iss=https://elders.example").text
    state = parse_qs(urlsplit(client.get("/aanmelden/gemeente").headers["location"]).query)["state"][0]
    assert "afgebroken" in client.get(f"/aanmelden/terug?state={state}&error=access_denied").text


def test_an_answer_that_names_another_provider_signs_nobody_in(client: TestClient, database: Database) -> None:
    invite(database, LEAD, MAIL)
    back = at_the_provider(client.get("/aanmelden/gemeente").headers["location"], MAIL)
    assert client.get(f"{back}&iss=https://elders.example").status_code == 403
    assert not is_in(client)


def test_a_provider_that_is_away_costs_a_page_and_no_thread(client: TestClient) -> None:
    response = client.get("/aanmelden/weg")
    assert response.status_code == 503
    assert "geeft geen antwoord" in response.text
    assert client.get("/aanmelden/bestaat-niet").status_code == 404


def test_who_tries_too_often_waits_a_minute_and_others_do_not(database: Database, library: Library) -> None:
    house = House(database, library, configuration=Configuration(limits=LimitSettings(2)))
    with TestClient(create_app(house), ADDRESS, follow_redirects=False) as client:
        statuses = [client.get(path).status_code for path in ("/aanmelden/x", "/aanmelden/terug", "/aanmelden/x")]
        assert statuses == [404, 403, 429]
        refused = client.get("/aanmelden/terug")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
        assert client.get("/aanmelden").status_code == 200


def test_an_address_is_counted_by_itself_over_one_minute() -> None:
    seconds = [0.0]
    limit = Limit(2, lambda: seconds[0])
    assert [limit.allows("a"), limit.allows("a"), limit.allows("a"), limit.allows("b")] == [True, True, False, True]
    seconds[0] = 59
    assert not limit.allows("a")
    seconds[0] = 119
    assert limit.allows("a")


def test_the_first_beheerder_comes_by_one_command_and_only_once(
    tmp_path: Path, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["begin", "--name", "Bo Beheer", "--mail", "bo@x.example", "--municipality", "vaals"]
    assert main([*command, "--database", sqlite_url]) == 1
    assert "kan niet binnenkomen" in capsys.readouterr().err
    settings = tmp_path / "knooppunt.toml"
    (tmp_path / "geheim").write_text("een-geheim-dat-in-een-bestand-staat")
    settings.write_text(f'[database]\nurl = "{sqlite_url}"\n[web]\nsecret_file = "geheim"\n')
    house = ["--config", str(settings)]
    assert main([*command, *house]) == 0
    assert "/uitnodiging/" in capsys.readouterr().out
    assert main([*command, *house]) == 0
    assert "Er is al een beheerder" in capsys.readouterr().out
    database = Database(sqlite_url)
    with database.writing() as tx:
        (bo,) = store.people.everyone(tx)
        assert bo.appointments == (Appointment("beheerder", "vaals"),)
        assert store.identities.bind(tx, "https://inlog.example", "7", "bo@x.example", datetime.now(UTC)) == bo.id
        store.people.save(tx, [Person("nieuw", "Nieuw", "", "", ())])
    assert main(["uitnodigen", "nieuw", "--mail", "nieuw", *house]) == 1
    assert main(["uitnodigen", "weg", "--mail", "n@x.example", *house]) == 1
    assert main(["uitnodigen", "nieuw", "--mail", "n@x.example", *house]) == 0
    with database.writing() as tx:
        assert store.identities.bind(tx, "https://inlog.example", "8", "n@x.example", datetime.now(UTC)) == "nieuw"
    database.close()
