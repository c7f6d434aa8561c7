"""Coming in without a provider: an invitation by link, a passkey, and codes; and each way in which that is refused."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx2
import pytest
import sqlalchemy as sa
from fastapi.testclient import TestClient

from api.app import create_app
from api.command import main
from api.configuration import Configuration, LimitSettings, MailSettings, WebSettings
from api.request import House
from engine import store
from engine.access import Appointment, Person
from engine.cases import Library, inviting
from engine.store import Database
from engine.store.tables import challenge, invitation, letter, passkey, recovery_code
from engine.words import Letter, RoleId
from tests.authenticator import PRESENT, Key, raw, text
from tests.engine.playing import LEAD, OVERSEER, STRANGER

ADDRESS = "https://testserver"
SECRET = "een-geheim-dat-in-een-bestand-staat"  # noqa: S105 - invented
NOW = datetime.now(UTC)
MAIL = MailSettings("localhost", sender="knooppunt@gemeente.example")
CONFIGURATION = Configuration(web=WebSettings(address=ADDRESS, secret=SECRET), mail=MAIL)

pytestmark = pytest.mark.any_database


@pytest.fixture
def house(database: Database, library: Library) -> House:
    return House(database, library, configuration=CONFIGURATION)


@pytest.fixture
def client(house: House) -> Iterator[TestClient]:
    with TestClient(create_app(house), ADDRESS, follow_redirects=False) as client:
        yield client


@pytest.fixture
def key() -> Key:
    return Key(ADDRESS)


def invite(database: Database, person: str = LEAD, now: datetime = NOW) -> str:
    """Invite somebody; gives the page of the link."""
    with database.writing() as tx:
        inviting.reach_at(tx, person, f"{person}@praktijk.example", "", now)
        return inviting.page_of(SECRET, inviting.invite(tx, person, "", now, mails=True))


def token_of(client: TestClient, page: str) -> str:
    hidden = re.search(r'name="csrf_token" value="([^"]+)"', client.get(page).text)
    return hidden[1] if hidden else ""


def accept(client: TestClient, page: str, key: Key) -> httpx2.Response:
    asked = client.post(f"{page}/begin", data={"csrf_token": token_of(client, page)}).json()
    form = {"csrf_token": token_of(client, page), "antwoord": key.make(asked), "naam": "Telefoon"}
    return client.post(page, data=form)


def sign_in(client: TestClient, key: Key, **other: str) -> httpx2.Response:
    asked = client.post("/aanmelden/sleutel/begin").json()
    return client.post("/aanmelden/sleutel", data={"antwoord": key.sign(asked, **other)})


def sign_out(client: TestClient) -> None:
    client.post("/afmelden", data={"csrf_token": token_of(client, "/mijn")})


def codes_of(client: TestClient) -> list[str]:
    page = client.post("/mijn/codes", data={"csrf_token": token_of(client, "/mijn")}).text
    return re.findall(r"<code>([^<]+)</code>", page)


def is_in(client: TestClient) -> bool:
    return client.get("/werk").status_code == 200


def letters(database: Database) -> list[str]:
    with database.reading() as tx:
        return [each.letter for each in store.letters.waiting(tx)]


def test_who_is_invited_makes_a_key_and_comes_in_by_it_from_then_on(
    client: TestClient, database: Database, key: Key
) -> None:
    page = invite(database)
    response = accept(client, page, key)
    assert (response.status_code, response.headers["location"]) == (303, "/mijn")
    assert is_in(client)
    assert letters(database) == [Letter.KEY_ADDED]
    sign_out(client)
    assert not is_in(client)
    assert sign_in(client, key).headers["location"] == "/vandaag"
    with database.reading() as tx:
        (running,) = store.sessions.of_person(tx, LEAD, NOW)
    assert running.way == "sleutel"
    assert client.get(page).status_code == 404
    assert client.get("/aanmelden/sleutel").headers["referrer-policy"] == "same-origin"


def test_opening_the_link_changes_nothing_however_often(client: TestClient, database: Database, key: Key) -> None:
    page = invite(database)
    for _ in range(3):
        shown = client.get(page)
        assert shown.status_code == 200
        assert "Welkom bij Knooppunt, Jet Jansproef" in shown.text
        client.head(page)
    assert accept(client, page, key).status_code == 303


def test_an_invitation_ends_by_use_by_time_by_a_new_one_and_by_taking_it_back(
    client: TestClient, database: Database, key: Key
) -> None:
    old = invite(database)
    new = invite(database)
    past = invite(database, STRANGER, NOW - timedelta(days=15))
    assert [client.get(page).status_code for page in (old, new, past)] == [404, 200, 404]
    with database.writing() as tx:
        inviting.withdraw(tx, LEAD)
    assert client.get(new).status_code == 404
    corrected = invite(database)
    with database.writing() as tx:
        inviting.reach_at(tx, LEAD, "juist@praktijk.example", "", NOW)
    assert client.get(corrected).status_code == 404
    assert accept(client, invite(database), key).status_code == 303


def test_what_the_database_holds_opens_no_door(client: TestClient, database: Database, key: Key) -> None:
    page = invite(database)
    with database.reading() as tx:
        mark = tx.execute(sa.select(invitation.c.mark)).scalar_one()
    tried = [mark, f"{mark}x", mark + text(b"x" * 32), inviting.token("ander geheim", mark), "é" * 75]
    assert [client.get(f"/uitnodiging/{each}").status_code for each in tried] == [404] * 5
    accept(client, page, key)
    code, *_ = codes_of(client)
    with database.reading() as tx:
        kept = [*tx.execute(sa.select(recovery_code)), *tx.execute(sa.select(passkey)), *tx.execute(sa.select(letter))]
    assert code.replace("-", "") not in str(kept)
    assert page.removeprefix("/uitnodiging/") not in str(kept)


def test_without_a_key_one_begins_with_codes_each_once(client: TestClient, database: Database) -> None:
    page = invite(database)
    shown = client.post(page, data={"csrf_token": token_of(client, page), "weg": "codes"})
    codes = re.findall(r"<code>([^<]+)</code>", shown.text)
    assert len(set(codes)) == 10
    assert not is_in(client)
    assert client.post("/aanmelden/code", data={"code": "AAAA-BBBB-CCCC-DDDD"}).status_code == 403
    response = client.post("/aanmelden/code", data={"code": f" {codes[0].lower().replace('-', ' ')} "})
    assert (response.status_code, response.headers["location"]) == (303, "/mijn")
    assert letters(database) == [Letter.CODE_USED]
    assert "Je hebt nog 9 codes" in client.get("/mijn").text
    sign_out(client)
    assert client.post("/aanmelden/code", data={"code": codes[0]}).status_code == 403
    assert client.post("/aanmelden/code", data={"code": codes[1]}).status_code == 303
    assert len(codes_of(client)) == 10
    sign_out(client)
    assert client.post("/aanmelden/code", data={"code": codes[2]}).status_code == 403, "new codes end the old ones"


@pytest.mark.parametrize(
    "other",
    [
        {"origin": "https://kwaad.example"},
        {"challenge": text(b"x" * 32)},
        {"type": "webauthn.create"},
    ],
)
def test_what_was_signed_for_another_site_challenge_or_purpose_is_refused(
    client: TestClient, database: Database, key: Key, other: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    accept(client, invite(database), key)
    sign_out(client)
    response = sign_in(client, key, **other)
    assert response.status_code == 403
    assert "Deze sleutel werkt hier niet" in response.text
    assert not is_in(client)
    assert LEAD not in caplog.text


def test_a_challenge_is_answered_once_and_in_time_by_the_browser_that_was_asked(
    client: TestClient, house: House, database: Database, key: Key
) -> None:
    accept(client, invite(database), key)
    sign_out(client)
    asked = client.post("/aanmelden/sleutel/begin").json()
    answer = key.sign(asked)
    with TestClient(create_app(house), ADDRESS, follow_redirects=False) as other:
        assert other.post("/aanmelden/sleutel", data={"antwoord": answer}).status_code == 403
    cookie = client.cookies["__Host-knooppunt_sleutel"]
    assert client.post("/aanmelden/sleutel", data={"antwoord": answer}).status_code == 303
    sign_out(client)
    client.cookies.set("__Host-knooppunt_sleutel", cookie)
    assert client.post("/aanmelden/sleutel", data={"antwoord": answer}).status_code == 403
    asked = client.post("/aanmelden/sleutel/begin").json()
    with database.writing() as tx:
        tx.execute(sa.update(challenge).values(expires_at=NOW))
    assert client.post("/aanmelden/sleutel", data={"antwoord": key.sign(asked)}).status_code == 403


def test_a_key_that_does_not_ask_who_holds_it_is_refused(client: TestClient, database: Database, key: Key) -> None:
    page = invite(database)
    key.flags = PRESENT
    assert accept(client, page, key).status_code == 403
    key.flags |= 0x04
    assert accept(client, page, key).status_code == 303
    sign_out(client)
    key.flags = PRESENT
    assert sign_in(client, key).status_code == 403


def test_a_key_that_counts_back_is_refused_told_and_gone(client: TestClient, database: Database, key: Key) -> None:
    accept(client, invite(database), key)
    sign_out(client)
    assert sign_in(client, key).status_code == 303
    sign_out(client)
    key.count = 0
    response = sign_in(client, key)
    assert response.status_code == 403
    assert "misschien nagemaakt" in response.text
    assert letters(database) == [Letter.KEY_ADDED, Letter.KEY_COPIED]
    key.count = 9
    assert sign_in(client, key).status_code == 403
    assert not is_in(client)


@pytest.mark.parametrize("answer", ["", "x", "[]", "{}", '{"id": 3}', '{"id": "x"}', '{"id": "\\ud800"}'])
def test_what_is_no_answer_is_refused(client: TestClient, answer: str) -> None:
    client.post("/aanmelden/sleutel/begin")
    assert client.post("/aanmelden/sleutel", data={"antwoord": answer}).status_code == 403


def test_an_unknown_key_and_that_of_who_stopped_are_refused_alike(
    client: TestClient, database: Database, key: Key
) -> None:
    unknown = sign_in(client, key).text
    accept(client, invite(database), key)
    codes = codes_of(client)
    with database.writing() as tx:
        store.staff.keep(tx, replace(store.staff.one(tx, LEAD), ended_at=NOW))
    client.cookies.clear()
    assert sign_in(client, key).text == unknown
    assert client.post("/aanmelden/code", data={"code": codes[0]}).status_code == 403


def test_one_looks_after_own_keys_and_keeps_a_way_in(client: TestClient, database: Database, key: Key) -> None:
    accept(client, invite(database), key)

    def send(**form: str) -> httpx2.Response:
        return client.post("/mijn/sleutels", data={"csrf_token": token_of(client, "/mijn"), **form})

    first = text(key.id)
    assert send(sleutel=first, wat="weg").status_code == 409
    send(sleutel=first, wat="naam", naam="Werktelefoon")
    assert 'value="Werktelefoon"' in client.get("/mijn").text
    second = Key(ADDRESS)
    asked = client.post("/mijn/sleutels/begin", data={"csrf_token": token_of(client, "/mijn")}).json()
    assert [raw(each["id"]) for each in asked["excludeCredentials"]] == [key.id]
    assert send(antwoord=second.make(asked), naam="Laptop").status_code == 303
    assert send(antwoord=second.make(asked)).status_code == 422
    assert send(sleutel=first, wat="weg").status_code == 303
    assert send(sleutel=first, wat="weg").status_code == 404
    assert send(sleutel=text(second.id), wat="weg").status_code == 409
    codes_of(client)
    assert send(sleutel=text(second.id), wat="weg").status_code == 303


def test_nobody_touches_the_key_of_another(client: TestClient, house: House, database: Database, key: Key) -> None:
    accept(client, invite(database), key)
    with TestClient(create_app(house), ADDRESS, follow_redirects=False) as other:
        accept(other, invite(database, STRANGER), Key(ADDRESS))
        form = {"csrf_token": token_of(other, "/mijn"), "sleutel": text(key.id), "wat": "weg"}
        assert other.post("/mijn/sleutels", data=form).status_code == 404
    sign_out(client)
    assert sign_in(client, key).status_code == 303


def beheerder(client: TestClient, database: Database) -> None:
    """Sign in as a beheerder of where all work."""
    with database.writing() as tx:
        places = {appointment.municipality for appointment in store.people.one(tx, LEAD).appointments}
        own = tuple(Appointment(RoleId.BEHEERDER, place) for place in places)
        store.people.save(tx, [Person("bo", "Bo", appointments=own)])
        token = store.sessions.begin(tx, "bo", NOW, NOW + timedelta(hours=1))
    client.cookies.set("__Host-knooppunt", token, domain="testserver.local")


def test_a_beheerder_invites_by_mail_and_takes_it_back(client: TestClient, database: Database) -> None:
    beheerder(client, database)
    with database.writing() as tx:
        inviting.reach_at(tx, LEAD, "jet@praktijk.example", "", NOW)
    page = f"/beheer/mensen/{LEAD}"

    def send(person: str, what: str) -> httpx2.Response:
        form = {"csrf_token": token_of(client, "/mijn"), "wat": what}
        return client.post(f"/beheer/mensen/{person}/uitnodiging", data=form)

    assert send(LEAD, "uitnodigen").status_code == 303
    assert letters(database) == [Letter.INVITATION]
    assert "Uitnodiging intrekken" in client.get(page).text
    assert "Mail is onderweg" in client.get(page).text
    assert send(LEAD, "intrekken").status_code == 303
    assert letters(database) == []
    assert send(OVERSEER, "uitnodigen").status_code == 403, "that takes more than one beheerder"
    assert send("bo", "uitnodigen").status_code == 403
    assert send("niemand", "uitnodigen").status_code == 404
    sign_out(client)
    assert send(LEAD, "uitnodigen").status_code == 303
    assert letters(database) == []


def test_a_beheerder_makes_no_way_in_for_who_is_put_forward_to_oversee(
    client: TestClient, database: Database, key: Key
) -> None:
    accept(client, invite(database), key)
    codes = codes_of(client)
    own = client.cookies["__Host-knooppunt"]
    beheerder(client, database)
    with database.writing() as tx:
        inviting.reach_at(tx, LEAD, "jet@praktijk.example", "", NOW)
        (place, *_) = sorted({appointment.municipality for appointment in store.people.one(tx, LEAD).appointments})
        second = Person("bea", "Bea", appointments=(Appointment(RoleId.BEHEERDER, place),))
        store.people.save(tx, [second])
        token = store.sessions.begin(tx, "bea", NOW, NOW + timedelta(hours=1))

    def send(address: str, **form: str) -> httpx2.Response:
        return client.post(address, data={"csrf_token": token_of(client, "/mijn"), **form})

    link = invite(database, LEAD)
    with database.writing() as tx:
        role = Appointment(RoleId.COORDINATOR, place)
        store.staff.propose(tx, NOW, "bo", LEAD, role, "Vera stopt.")
        (proposal,) = store.staff.proposals(tx, [place], LEAD)
    refused = send(f"/beheer/mensen/{LEAD}/uitnodiging", wat="uitnodigen")
    assert (refused.status_code, "beslist nog een tweede persoon" in refused.text) == (403, True)
    shown = client.get(f"/beheer/mensen/{LEAD}").text
    assert ("beslist nog een tweede persoon" in shown, 'value="uitnodigen"' in shown) == (True, False)
    assert client.get(link).status_code == 200
    client.cookies.set("__Host-knooppunt", token, domain="testserver.local")
    assert f"Mailadres: {LEAD}@praktijk.example" in client.get("/beheer/voorstellen").text
    assert send(f"/beheer/voorstellen/{proposal.id}", besluit="goed").status_code == 303
    assert f"knooppunt uitnodigen {LEAD}" in client.get("/beheer/voorstellen").text
    assert client.get(link).status_code == 404, "whoever had it would come in with the new role"
    assert letters(database) == [Letter.KEY_ADDED, Letter.IN_ANEW]
    client.cookies.set("__Host-knooppunt", own, domain="testserver.local")
    assert not is_in(client), "nor by a session, a key or a code from before"
    assert sign_in(client, key).status_code == 403
    assert client.post("/aanmelden/code", data={"code": codes[0]}).status_code == 403
    assert accept(client, invite(database), key).status_code == 303


def test_who_oversees_already_keeps_the_ways_in(client: TestClient, database: Database, key: Key) -> None:
    accept(client, invite(database, OVERSEER), key)
    beheerder(client, database)
    with database.writing() as tx:
        (place, *_) = sorted({appointment.municipality for appointment in store.people.one(tx, OVERSEER).appointments})
        store.staff.propose(tx, NOW, LEAD, OVERSEER, Appointment(RoleId.FUNCTIONARIS, place), "Vera stopt.")
        (proposal,) = store.staff.proposals(tx, [place], OVERSEER)
    form = {"csrf_token": token_of(client, "/mijn"), "besluit": "goed"}
    assert client.post(f"/beheer/voorstellen/{proposal.id}", data=form).status_code == 303
    client.cookies.clear()
    assert sign_in(client, key).status_code == 303


def test_without_a_mail_server_who_invites_brings_the_link(database: Database, library: Library, key: Key) -> None:
    house = House(database, library, configuration=replace(CONFIGURATION, mail=MailSettings()))
    with TestClient(create_app(house), ADDRESS, follow_redirects=False) as client:
        beheerder(client, database)
        with database.writing() as tx:
            inviting.reach_at(tx, LEAD, "jet@praktijk.example", "", NOW)
        form = {"csrf_token": token_of(client, "/mijn"), "wat": "uitnodigen"}
        shown = client.post(f"/beheer/mensen/{LEAD}/uitnodiging", data=form)
        link = re.findall(r"<code>([^<]+)</code>", shown.text)[0]
        assert link not in client.get(f"/beheer/mensen/{LEAD}").text
        client.cookies.clear()
        assert accept(client, link.removeprefix(ADDRESS), key).status_code == 303
        assert letters(database) == []


def test_a_house_that_can_seal_no_link_and_has_no_provider_says_so(database: Database, library: Library) -> None:
    house = House(database, library, configuration=Configuration(web=WebSettings(address=ADDRESS)))
    with TestClient(create_app(house), ADDRESS, follow_redirects=False) as client:
        beheerder(client, database)
        with database.writing() as tx:
            inviting.reach_at(tx, LEAD, "jet@praktijk.example", "", NOW)
        form = {"csrf_token": token_of(client, "/mijn"), "wat": "uitnodigen"}
        refused = client.post(f"/beheer/mensen/{LEAD}/uitnodiging", data=form)
        assert refused.status_code == 409
        assert "web.secret_file" in refused.text


def test_who_tries_codes_or_doors_too_often_waits(database: Database, library: Library) -> None:
    configuration = replace(CONFIGURATION, limits=LimitSettings(6, 2))
    with TestClient(create_app(House(database, library, configuration=configuration)), ADDRESS) as client:
        tried = [client.post("/aanmelden/code", data={"code": "x"}).status_code for _ in range(3)]
        assert tried == [403, 403, 429]
        assert client.post("/aanmelden/code", data={"code": "x"}).headers["retry-after"] == "60"
        doors = ["/uitnodiging/x", "/aanmelden/sleutel", "/uitnodiging/x", "/aanmelden/sleutel", "/uitnodiging/x"]
        assert [client.get(page).status_code for page in doors] == [404, 200, 404, 200, 429]


def test_the_command_line_gives_a_link_where_no_mail_leaves(
    database: Database,
    house: House,
    key: Key,
    tmp_path_factory: pytest.TempPathFactory,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = tmp_path_factory.mktemp("instellingen")
    (folder / "geheim").write_text(SECRET)
    settings = folder / "knooppunt.toml"
    settings.write_text(f'[web]\naddress = "{ADDRESS}"\nsecret_file = "geheim"\n')
    verb = ["uitnodigen", LEAD, "--database", database.url, "--config", str(settings)]
    assert main(verb) == 1
    assert "geen mailadres bekend" in capsys.readouterr().err
    assert main([*verb, "--mail", "jet@praktijk.example"]) == 0
    page = capsys.readouterr().out.partition(ADDRESS)[2].strip()
    with TestClient(create_app(house), ADDRESS, follow_redirects=False) as client:
        assert accept(client, page, key).status_code == 303
