"""What the handbook tells about a step follows from the diagram: where each answer leads, what may come between."""

import json
from pathlib import Path

import pytest

from engine.definitions import Definition, assemble, gather, load
from handbook import guide
from handbook.guide import Guide
from handbook.pages import Page
from handbook.paths import END, PHASE, STEP, Choice, Outcome, Place

WORKFLOWS = Path(__file__).parents[2] / "workflows"
HEAD = (
    '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' targetNamespace="https://knooppunt.example/bpmn">'
    '<message id="m" name="weg"/><process id="{id}" name="{id}" isExecutable="true">{body}</process></definitions>'
)
SETTINGS = b"""
rollen: {regisseur: {naam: Regisseur}}
termijnen: {snel: {duur: P14D, bron: aanname, uitleg: Snel.}}
"""


def flows(*pairs: str) -> str:
    """Arrows written as `van>naar` or `van>naar=antwoord`."""
    lines = []
    for pair in pairs:
        way, _, name = pair.partition("=")
        source, target = way.split(">")
        lines.append(f'<sequenceFlow id="{source}_{target}" name="{name}" sourceRef="{source}" targetRef="{target}"/>')
    return "".join(lines)


def guide_of(settings: bytes = SETTINGS, **bodies: str) -> Guide:
    return guide.build(defined(settings, **bodies))


def defined(settings: bytes = SETTINGS, **bodies: str) -> Definition:
    files = {f"{id_}.bpmn": HEAD.format(id=id_, body=body).encode() for id_, body in bodies.items()}
    return assemble(next(iter(bodies)), "proef", {**files, "regio.yaml": settings})


def task(id_: str) -> str:
    return f'<userTask id="{id_}" name="{id_.capitalize()}" camunda:candidateGroups="regisseur"></userTask>'


def shown(outcomes: tuple[Outcome, ...]) -> list[object]:
    """Outcomes in short: a title for a place, question and answers for a choice."""
    short: list[object] = []
    for outcome in outcomes:
        if isinstance(outcome, Place):
            short.append(" ".join((*outcome.waits, outcome.title)))
        else:
            short.append((outcome.question, {a.text: shown(a.outcomes) for a in outcome.answers}))
    return short


def test_an_answer_leads_past_joins_and_silent_parts_to_the_next_step() -> None:
    body = (
        '<startEvent id="s"/><exclusiveGateway id="g" name="Lukt het?" default="g_h"/><exclusiveGateway id="j"/>'
        '<businessRuleTask id="tabel"/><intermediateCatchEvent id="w" name="Een week wachten"><timerEventDefinition>'
        "<timeDuration>P7D</timeDuration></timerEventDefinition></intermediateCatchEvent>"
        + task("bellen")
        + task("helpen")
        + '<endEvent id="h" name="Klaar"/>'
        + flows("s>j", "j>bellen", "bellen>g", "g>tabel=ja", "tabel>helpen", "g>w=later", "w>j", "g>h=nee", "helpen>h2")
        + '<endEvent id="h2" name="Geholpen"/>'
    )
    step = guide_of(proef=body).steps[0]
    answers = {"ja": ["Helpen"], "later": ["Een week wachten Bellen"], "nee": ["Klaar"]}
    assert shown(step.next) == [("Lukt het?", answers)]
    (choice,) = step.choices
    assert [answer.text for answer in choice.answers if answer.usual] == ["nee"]
    assert [place.title for place in step.previous] == ["Bellen"], "the way back counts, the beginning has no page"


def test_a_choice_behind_a_choice_keeps_its_own_question() -> None:
    body = (
        '<startEvent id="s"/><exclusiveGateway id="g" name="Mag het?"/><exclusiveGateway id="k" name="Wie belt?"/>'
        + task("vragen")
        + task("jij")
        + task("ik")
        + '<endEvent id="e" name="Klaar"/>'
        + flows("s>vragen", "vragen>g", "g>k=ja", "g>e=nee", "k>jij=jij", "k>ik=ik", "jij>e1", "ik>e2")
        + '<endEvent id="e1"/><endEvent id="e2"/>'
    )
    inner = ("Wie belt?", {"jij": ["Jij"], "ik": ["Ik"]})
    assert shown(guide_of(proef=body).steps[0].next) == [("Mag het?", {"ja": [inner], "nee": ["Klaar"]})]


def test_what_happens_at_the_same_time_is_all_told() -> None:
    body = (
        '<startEvent id="s"/><parallelGateway id="p"/><parallelGateway id="q"/>'
        + task("een")
        + task("twee")
        + task("drie")
        + '<endEvent id="e"/>'
        + flows("s>een", "een>p", "p>twee", "p>drie", "twee>q", "drie>q", "q>e")
    )
    steps = {step.title: step for step in guide_of(proef=body).steps}
    assert shown(steps["Een"].next) == ["Twee", "Drie"]
    assert steps["Een"].choices == ()
    assert [place.kind for place in steps["Twee"].next if isinstance(place, Place)] == [END]


def test_a_step_behind_a_join_waits_for_all_that_leads_to_it() -> None:
    body = (
        '<startEvent id="s"/><parallelGateway id="p"/><parallelGateway id="q"/>'
        + task("een")
        + task("twee")
        + task("drie")
        + '<endEvent id="e"/>'
        + flows("s>p", "p>een", "p>twee", "een>q", "twee>q", "q>drie", "drie>e")
    )
    steps = {step.title: step for step in guide_of(proef=body).steps}
    assert [place.title for place in steps["Drie"].previous] == ["Een", "Twee"]
    assert steps["Drie"].waits_for_all
    assert not steps["Een"].waits_for_all


def test_the_end_inside_a_sub_process_goes_on_behind_it() -> None:
    body = (
        '<startEvent id="s"/><subProcess id="blok"><startEvent id="bs"/>'
        + task("binnen")
        + '<endEvent id="be"/>'
        + flows("bs>binnen", "binnen>be")
        + "</subProcess>"
        + task("buiten")
        + '<endEvent id="e"/>'
        + flows("s>blok", "blok>buiten", "buiten>e")
    )
    steps = {step.title: step for step in guide_of(proef=body).steps}
    assert shown(steps["Binnen"].next) == ["Buiten"]
    assert [place.title for place in steps["Buiten"].previous] == ["Binnen"]


def test_a_phase_tells_what_follows_it() -> None:
    body = (
        '<startEvent id="s"/><callActivity id="a" name="Eerst" calledElement="eerst"/>'
        '<callActivity id="b" name="Daarna" calledElement="daarna"/><endEvent id="e" name="Uit"/>'
        + flows("s>a", "a>b", "b>e")
    )
    small = '<startEvent id="s"/>' + task("werk") + '<endEvent id="e"/>' + flows("s>werk", "werk>e")
    read = guide_of(proef=body, eerst=small, daarna=small)
    assert [phase.process.id for phase in read.phases] == ["proef", "eerst", "daarna"]
    (follows,) = read.phases[1].follows
    assert isinstance(follows, Place)
    assert (follows.kind, follows.process) == (PHASE, "daarna")
    assert shown(read.phases[2].follows) == ["Uit"]


def test_the_last_step_of_a_phase_shows_the_choice_that_its_outcome_decides() -> None:
    body = (
        '<startEvent id="s"/><callActivity id="a" name="Kijken" calledElement="kijken"/>'
        '<exclusiveGateway id="g" name="Gaat het goed?"/><endEvent id="e" name="Uit"/>'
        + flows("s>a", "a>g", "g>e=ja", "g>a2=nee")
        + '<callActivity id="a2" name="Nog eens" calledElement="kijken"/>'
    )
    small = '<startEvent id="s"/>' + task("eerst") + task("laatst") + '<endEvent id="f"/>'
    read = guide_of(proef=body, kijken=small + flows("s>eerst", "eerst>laatst", "laatst>f"))
    steps = {step.title: step for step in read.steps}
    assert steps["Eerst"].choices == ()
    assert [choice.question for choice in steps["Laatst"].choices] == ["Gaat het goed?"]
    assert steps["Laatst"].ends_phase


def test_what_comes_in_between_says_what_it_stops_and_what_goes_on() -> None:
    def handler(id_: str, interrupting: str) -> str:
        return (
            f'<subProcess id="{id_}" name="{id_.capitalize()}" triggeredByEvent="true">'
            f'<startEvent id="{id_}_begin" isInterrupting="{interrupting}"><extensionElements><camunda:properties>'
            '<camunda:property name="vaker" value="ja"/></camunda:properties></extensionElements>'
            f'<messageEventDefinition messageRef="m"/></startEvent>{task(f"{id_}_doen")}<endEvent id="{id_}_einde"/>'
            + flows(f"{id_}_begin>{id_}_doen", f"{id_}_doen>{id_}_einde")
            + "</subProcess>"
        )

    body = (
        '<startEvent id="s"/><subProcess id="traject" name="Het traject"><startEvent id="ts"/>'
        + task("werk")
        + '<endEvent id="te"/>'
        + flows("ts>werk", "werk>te")
        + handler("stoppen", "true")
        + handler("verhuizen", "true")
        + handler("geboorte", "false")
        + '</subProcess><endEvent id="e"/>'
        + '<boundaryEvent id="terug" name="Terug" attachedToRef="traject"><messageEventDefinition messageRef="m"/>'
        + f'</boundaryEvent>{task("terug_doen")}<endEvent id="terug_einde"/>'
        + flows("s>traject", "traject>e", "terug>terug_doen", "terug_doen>terug_einde")
        + handler("onveilig", "false")
    )
    interrupts = {interrupt.title: interrupt for interrupt in guide_of(proef=body).interrupts}
    assert interrupts["Stoppen"].interrupting
    assert interrupts["Stoppen"].ends == "Het traject"
    assert interrupts["Stoppen"].goes_on == ("Onveilig",)
    assert not interrupts["Stoppen"].again, "what ends everything can't come twice"
    assert interrupts["Stoppen"].stopped_by == ("Terug",), (
        "whichever of Stoppen and Verhuizen comes first, is the only one"
    )
    assert interrupts["Geboorte"].stopped_by == ("Stoppen", "Verhuizen", "Terug")
    assert interrupts["Geboorte"].again
    assert (interrupts["Terug"].ends, interrupts["Terug"].stopped_by) == ("Het traject", ())
    assert interrupts["Terug"].goes_on == ("Onveilig",)
    assert shown(interrupts["Terug"].outcomes) == ["Terug_doen"]
    assert interrupts["Onveilig"].stopped_by == ()
    assert shown(interrupts["Onveilig"].outcomes) == ["Onveilig_doen"]


@pytest.mark.parametrize(
    ("row", "each"),
    [
        ('{"regel": "Afspraak"}', "elke afspraak"),
        ('{"regel": "Kind"}', "elk kind"),
        ("{}", "elke regel van “Wat we afspreken”"),
    ],
)
def test_what_runs_for_each_row_says_for_what_and_that_nobody_tells_it(row: str, each: str) -> None:
    bound = '<extensionElements><camunda:properties><camunda:property name="voor_elke" value="rijen"/>'
    body = (
        '<startEvent id="s"/><userTask id="plan" name="Plan" camunda:formRef="plan"/><endEvent id="e"/>'
        + flows("s>plan", "plan>e")
        + f'<subProcess id="volgen" name="Volgen" triggeredByEvent="true">{bound}</camunda:properties>'
        + '</extensionElements><startEvent id="nieuw" isInterrupting="false"><messageEventDefinition messageRef="m"/>'
        + f'</startEvent>{task("bellen")}<callActivity id="roep" calledElement="kijken"/><endEvent id="gevolgd"/>'
        + flows("nieuw>bellen", "bellen>roep", "roep>gevolgd")
        + "</subProcess>"
    )
    called = '<startEvent id="ks"/>' + task("kijken") + '<endEvent id="ke"/>' + flows("ks>kijken", "kijken>ke")
    form = (
        '{"schemaVersion": 16, "type": "default", "id": "plan", "components": [{"id": "r", "type": "dynamiclist",'
        f' "path": "rijen", "label": "Wat we afspreken", "properties": {row}, "components":'
        ' [{"id": "wat", "key": "wat", "type": "textfield", "label": "Wat"}]}]}'
    )
    files = {"proef.bpmn": HEAD.format(id="proef", body=body).encode(), "plan.form": form.encode()}
    files["kijken.bpmn"] = HEAD.format(id="kijken", body=called).encode()
    read = guide.build(assemble("proef", "proef", {**files, "regio.yaml": SETTINGS}))
    (interrupt,) = read.interrupts
    assert (interrupt.each, interrupt.happening) == (each, f"vanzelf, voor {each} in het dossier")
    assert not interrupt.interrupting
    lines = Page("index.md", ()).ordered(read, read.phases[0])
    assert f"Voor {each}: Volgen." in lines
    assert {step.title: step.each for step in read.steps} == {"Plan": "", "Bellen": each, "Kijken": each}


def test_what_can_happen_during_a_step_stands_with_that_step() -> None:
    body = (
        '<startEvent id="s"/>'
        + task("werk")
        + task("herinneren")
        + '<boundaryEvent id="klok" name="Te laat" attachedToRef="werk" cancelActivity="false"><timerEventDefinition>'
        '<timeDuration>P1D</timeDuration></timerEventDefinition></boundaryEvent><endEvent id="e"/><endEvent id="f"/>'
        + flows("s>werk", "werk>e", "klok>herinneren", "herinneren>f")
    )
    steps = {step.title: step for step in guide_of(proef=body).steps}
    (side,) = steps["Werk"].sides
    assert (side.title, side.interrupting, shown(side.outcomes)) == ("Te laat", False, ["Herinneren"])
    assert [place.title for place in steps["Herinneren"].previous] == ["Werk"]


def test_a_region_says_where_it_differs() -> None:
    plain = '<startEvent id="s"/>' + task("werk") + '<endEvent id="e"/>' + flows("s>werk", "werk>e")
    timed = (
        "<extensionElements><camunda:properties><camunda:property name='termijn' value='snel'/></camunda:properties>"
        "</extensionElements>"
    )
    own = plain.replace("</userTask>", timed + "</userTask>").replace('name="Werk"', 'name="Ons werk"')
    theirs = plain.replace("</userTask>", timed + "</userTask>")
    region = defined(
        SETTINGS.replace(b"P14D", b"5 werkdagen").replace(b"naam: Regisseur", b"naam: Spil"),
        proef=own.replace('<endEvent id="e"/>', '<endEvent id="e"/>' + task("extra") + flows("s>extra")),
    )
    steps = {step.element.id: step for step in guide.build(region, defined(proef=theirs)).steps}
    assert steps["werk"].differences == (
        "De stap heet elders “Werk”.",
        "De termijn is hier 5 werkdagen; elders is dat 2 weken. Snel.",
    )
    assert steps["werk"].renamed == ("De rol Regisseur heet hier Spil.",)
    assert steps["extra"].differences == ("Deze stap bestaat alleen in deze regio.",)


@pytest.fixture(scope="module", params=["casus", "opzetten"])
def shipped(request: pytest.FixtureRequest) -> Guide:
    return guide.build(load(WORKFLOWS, request.param, "zuid-limburg"), load(WORKFLOWS, request.param))


def test_every_step_of_a_shipped_process_is_told_whole(shipped: Guide) -> None:
    assert shipped.steps
    headings = ("resultaat", "waarom", "nodig", "doen", "klaar als", "valkuilen", "privacy", "bron")
    for step in shipped.steps:
        name = f"{step.element.process}.{step.element.id}"
        assert [h for h in headings if not step.sections.get(h)] == [], name
        assert step.roles, name
        assert step.deadline, name
        assert step.questions, name
        assert step.element.properties.get("duur"), name


def test_every_way_in_a_shipped_process_leads_to_something_that_is_told(shipped: Guide) -> None:
    pages = {(STEP, s.element.process, s.element.id) for s in shipped.steps}
    pages |= {(PHASE, p.process.id, "") for p in shipped.phases}

    def places(outcomes: tuple[Outcome, ...]) -> list[Place]:
        reached = []
        for outcome in outcomes:
            if isinstance(outcome, Choice):
                assert outcome.question.endswith("?"), outcome
                reached += [place for answer in outcome.answers for place in places(answer.outcomes)]
            else:
                reached.append(outcome)
        return reached

    for step in shipped.steps:
        ways = places(step.next)
        assert ways, step.element.id
        for place in (*ways, *step.previous):
            assert place.kind == END or (place.kind, place.process, place.element) in pages, place


def test_how_long_a_dossier_stays_is_told_as_the_region_decided() -> None:
    for region, said in (("zuid-limburg", "5 jaar (een voorbeeld)"), (None, "nog niet gekozen")):
        steps = {step.element.id: step for step in guide.build(load(WORKFLOWS, "casus", region)).steps}
        assert f"bepaalt jouw regio: {said}." in steps["dossier_afsluiten"].sections["privacy"]
        assert not [step for step in steps.values() if "{bewaren" in " ".join(step.sections.values())]


def test_a_region_that_names_a_role_and_a_term_otherwise_reads_so_everywhere_and_nothing_else_counts_as_changed() -> (
    None
):
    files, _ = gather(WORKFLOWS, "casus")
    settings = json.loads(files["regio.yaml"])
    settings["rollen"]["kernpartner"]["naam"] = "Meedenker"
    settings["termijnen"]["overleg"]["duur"] = "P28D"
    own = assemble("casus", "proef", {**files, "regio.yaml": json.dumps(settings).encode()})
    read = guide.build(own, load(WORKFLOWS, "casus"))
    forms = [f"{field.label} {field.description} {field.text}" for form in own.forms.values() for field in form.fields]
    texts = [f"{e.name} {e.documentation}" for p in own.processes.values() for e in p.elements.values()]
    lanes = [lane.name for process in own.processes.values() for lane in process.lanes]
    everything = " ".join([*forms, *texts, *lanes])
    assert "kernpartner" not in everything.lower()
    assert "Meedenker" in lanes
    assert "lijst met meedenkers" in everything
    (plan,) = (step for step in read.steps if step.element.id == "overleg_plannen")
    assert "Kies een dag binnen 4 weken" in plan.sections["doen"]
    assert own.settings.deadlines["overleg"].explanation.endswith("binnen 4 weken plaats.")
    assert [phase.process.id for phase in read.phases if phase.overridden] == []
    assert [step.differences for step in read.steps if "uitleg" in " ".join(step.differences)] == []


def test_withdrawing_consent_is_told_with_all_that_it_stops() -> None:
    shipped = guide.build(load(WORKFLOWS, "casus"))
    interrupts = {interrupt.element.id: interrupt for interrupt in shipped.interrupts}
    withdrawn = interrupts.pop("toestemming_ingetrokken")
    assert {role.id for role in withdrawn.roles} >= {"aanmelder", "casusregisseur"}
    assert withdrawn.stopped_by == ()
    stops = {id for id, other in interrupts.items() if withdrawn.element.name in other.stopped_by}
    assert stops == set(interrupts) - {"onveiligheid", "kind_verloren"}
    assert next(phase for phase in shipped.phases if phase.process.id == "intrekking").aside


def test_the_steps_of_what_people_begin_by_telling_are_for_each_telling() -> None:
    phases = guide.build(load(WORKFLOWS, "casus")).phases
    safety = next(phase for phase in phases if phase.process.id == "veiligheid")
    assert {step.each for step in safety.steps} == {"elke melding"}


def test_safety_goes_on_whatever_ends_the_rest() -> None:
    interrupts = {
        i.start.event.name if i.start.event else "": i for i in guide.build(load(WORKFLOWS, "casus")).interrupts
    }
    assert not interrupts["acute_onveiligheid"].interrupting
    assert interrupts["acute_onveiligheid"].again
    assert interrupts["acute_onveiligheid"].each == "", "people tell it"
    assert interrupts["acute_onveiligheid"].stopped_by == ()
    assert interrupts["acute_onveiligheid"].element.name in interrupts["toestemming_ingetrokken"].goes_on
