"""A process becomes one drawing that everybody can read: by eye, by ear, on paper, inside any page."""

import json
import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import Browser

from engine.definitions import Bounds, Element, Event, Flow, Lane, Link, Loop, Note, Process, load
from engine.definitions.kinds import EventKind, LinkKind, LoopKind, NoteKind
from handbook.diagram import KINDS, reading_order, svg, view

ROOT = Path(__file__).parents[2]
SVG = "{http://www.w3.org/2000/svg}"


def element(id_: str, kind: str, column: int, **more: object) -> Element:
    size = (36, 36) if kind.endswith("Event") else (50, 50) if kind.endswith("Gateway") else (100, 80)
    placed = {"bounds": Bounds(column * 150, 100, *size), "name": id_.capitalize(), "process": "proef"}
    return Element(id_, kind, **{**placed, **more})  # type: ignore[arg-type]


def process(*elements: Element, flows: tuple[tuple[str, str], ...] = (), **more: object) -> Process:
    drawn = {f"{a}_{b}": Flow(f"{a}_{b}", a, b, waypoints=((0, 0), (10, 10))) for a, b in flows}
    return Process(
        "proef",
        "proef.bpmn",
        "Proef",
        elements={e.id: e for e in elements},
        flows=more.pop("flow", drawn),  # type: ignore[arg-type]
        **more,  # type: ignore[arg-type]
    )


def drawn(of: Process, **options: object) -> etree._Element:
    return etree.fromstring(svg(of, **options))  # type: ignore[arg-type]


def part(drawing: etree._Element, id_: str) -> etree._Element:
    nodes = drawing.xpath(f"//*[@data-element='{id_}']")
    assert isinstance(nodes, list)
    assert len(nodes) == 1
    return nodes[0]  # type: ignore[return-value]


def words(of: etree._Element) -> str:
    return " ".join("".join(map(str, of.itertext())).split())


SMALL = process(
    element("begin", "startEvent", 0),
    element("bellen", "userTask", 1),
    element("gelukt", "exclusiveGateway", 2),
    element("einde", "endEvent", 3),
    flows=(("begin", "bellen"), ("bellen", "gelukt"), ("gelukt", "einde")),
)


def test_a_drawing_names_itself_and_tells_its_steps_in_order() -> None:
    drawing = drawn(SMALL, title="Diagram: Proef")
    assert drawing.get("role") == "img"
    assert drawing.get("aria-label") == "Diagram: Proef"
    assert drawing.findtext(f"{SVG}title") == "Diagram: Proef"
    assert drawing.findtext(f"{SVG}desc") == "In volgorde: Begin; Bellen; Einde."


def test_a_part_of_a_drawing_shows_a_step_with_what_it_hangs_on_at_its_own_size() -> None:
    names = ["begin", "bellen", "gelukt", "terugbellen", "afspreken", "noteren", "sturen", "einde"]
    ends = {0: "startEvent", len(names) - 1: "endEvent"}
    row = process(
        *(element(name, ends.get(place, "userTask"), place) for place, name in enumerate(names)),
        flows=tuple(pairwise(names)),
    )
    left, top, width, height = (float(side) for side in drawn(row, around="terugbellen").get("viewBox", "").split())
    assert (width, height) == tuple(
        float(drawn(row, around="terugbellen").get(side, "")) for side in ("width", "height")
    )
    inside = {e.id for e in row.elements.values() if e.bounds and left <= e.bounds.x <= left + width - e.bounds.width}
    assert inside == {"gelukt", "terugbellen", "afspreken"}
    assert left + width / 2 == 3 * 150 + 50
    assert top <= 100 <= top + height
    whole = float(drawn(row).get("width", ""))
    assert width < 700 < whole
    assert drawn(row, around="staat_er_niet").get("width") == drawn(row).get("width")


def test_a_step_that_is_done_current_or_marked_says_so_in_words_and_by_a_sign() -> None:
    plain = svg(SMALL)
    for option, word in (("done", "gedaan"), ("current", "nu bezig"), ("marked", "aangewezen")):
        drawing = drawn(SMALL, **{option: {"bellen"}})
        assert word in words(part(drawing, "bellen"))
        assert word not in words(part(drawing, "einde"))
        signs = drawing.findall(f"{SVG}g[@pointer-events='none']")
        assert len(signs) == 1, option
        assert "pointer-events" not in plain


def test_each_step_with_an_address_is_a_link_with_its_name() -> None:
    drawing = drawn(SMALL, links=lambda e: f"../{e.id}/" if e.kind == "userTask" else None)
    links = drawing.findall(f"{SVG}a")
    assert [(a.get("href"), a.get("aria-label")) for a in links] == [("../bellen/", "Bellen, stap")]
    assert drawing.get("role") == "group", "a link inside an image is not there for who hears the page"


@pytest.mark.parametrize(
    "kind", sorted({*KINDS, "task", "manualTask", "serviceTask", "scriptTask", "sendTask", "receiveTask"})
)
def test_every_kind_of_shape_is_drawn(kind: str) -> None:
    drawing = part(drawn(process(element("ding", kind, 1))), "ding")
    assert any(child.tag != f"{SVG}title" for child in drawing)


@pytest.mark.parametrize(
    "kind", ["message", "timer", "error", "escalation", "signal", "terminate", "conditional", "link", "compensate"]
)
def test_every_kind_of_event_has_a_sign_of_its_own(kind: str) -> None:
    def sign(of: str) -> str:
        return etree.tostring(
            part(drawn(process(element("ding", "endEvent", 1, event=Event(EventKind(of))))), "ding")
        ).decode()

    assert sign(kind) != sign("none")
    assert len({sign(other) for other in (kind, "message", "timer", "signal")}) >= 3


def test_what_does_not_interrupt_is_dashed() -> None:
    def border(interrupting: bool) -> str:
        event = element("klok", "boundaryEvent", 1, event=Event(EventKind.TIMER), interrupting=interrupting)
        return etree.tostring(part(drawn(process(event)), "klok")).decode()

    assert "stroke-dasharray" in border(interrupting=False)
    assert "stroke-dasharray" not in border(interrupting=True)


def test_an_event_sub_process_is_dotted_and_holds_its_name_at_the_top() -> None:
    box = element("tussendoor", "subProcess", 1, by_event=True, bounds=Bounds(0, 0, 400, 300))
    drawing = part(drawn(process(box)), "tussendoor")
    assert "stroke-dasharray" in etree.tostring(drawing).decode()
    line = drawing.find(f".//{SVG}tspan")
    assert line is not None
    assert float(line.get("y", "")) < 40


def test_what_runs_for_each_row_has_the_lines_of_a_loop_and_says_so() -> None:
    box = element("volgen", "subProcess", 1, by_event=True, bounds=Bounds(0, 0, 400, 300))
    plain = drawn(process(box))
    each = drawn(process(replace(box, properties={"voor_elke": "afspraken"})))
    for drawing, expected in ((plain, False), (each, True)):
        titles = [title.text or "" for title in drawing.iterfind(f".//{SVG}title")]
        descriptions = [text.text or "" for text in drawing.iterfind(f"{SVG}desc")]
        assert any("voor elke regel van een lijst" in title for title in titles) is expected
        assert any("voor elke regel van een lijst" in text for text in descriptions) is expected
    assert len(list(part(each, "volgen").iter())) > len(list(part(plain, "volgen").iter()))


def test_pool_lanes_notes_links_and_loops_are_drawn() -> None:
    drawing = drawn(
        process(
            element("bellen", "userTask", 1, loop=Loop(LoopKind.PARALLEL)),
            pool="Knooppunt",
            pool_bounds=Bounds(0, 0, 600, 300),
            lanes=(Lane("baan", "Coördinator", ("bellen",), Bounds(30, 0, 570, 300)),),
            notes=(
                Note("uitleg", NoteKind.TEXT_ANNOTATION, "Let op de termijn", Bounds(400, 20, 100, 40)),
                Note("map", NoteKind.DATA_OBJECT, "Dossier", Bounds(400, 200, 36, 50)),
                Note("groep", NoteKind.GROUP, "Samen", Bounds(90, 60, 300, 200)),
            ),
            links=(
                Link("a", LinkKind.ASSOCIATION, "uitleg", "bellen", ((400, 40), (250, 100))),
                Link("b", LinkKind.MESSAGE_FLOW, "bellen", "x", ((200, 180), (200, 400))),
            ),
        )
    )
    texts = words(drawing)
    for text in ("Knooppunt", "Coördinator", "Let op de termijn", "Dossier", "Samen"):
        assert text in texts
    assert drawing.get("viewBox") == "-16 -16 632 432", "everything is inside the drawing, with a margin"


def test_the_usual_way_and_a_condition_on_a_step_are_marked() -> None:
    flows = {
        "ja": Flow("ja", "gelukt", "einde", "ja", '=x = "ja"', ((0, 0), (50, 0))),
        "nee": Flow("nee", "gelukt", "einde", "nee", "", ((0, 0), (0, 50))),
    }
    gateway = element("gelukt", "exclusiveGateway", 1, default="nee")
    drawing = drawn(process(gateway, flow=flows))
    paths = {f.get("data-flow"): len(f.findall(f"{SVG}path")) for f in drawing.findall(f"{SVG}g[@data-flow]")}
    assert paths == {"ja": 2, "nee": 3}, "line and arrow; the usual way has a stroke across it as well"
    task = element("gelukt", "userTask", 1)
    drawing = drawn(process(task, flow=flows))
    paths = {f.get("data-flow"): len(f.findall(f"{SVG}path")) for f in drawing.findall(f"{SVG}g[@data-flow]")}
    assert paths == {"ja": 3, "nee": 2}


def test_a_long_word_stays_inside_its_shape() -> None:
    long = element("werk", "userTask", 1, name="Samenwerkingsovereenkomstbesprekingen voorbereiden")
    lines = [words(t) for t in part(drawn(process(long)), "werk").iter(f"{SVG}tspan")]
    assert len(lines) > 2
    assert max(len(line) for line in lines) <= 22
    assert "".join(line.removesuffix("-") for line in lines).startswith("Samenwerkingsovereenkomst")


def test_text_from_a_file_stays_text() -> None:
    hostile = element("x", "userTask", 1, name='<script>alert(1)</script> & "co"')
    drawing = drawn(process(hostile), links=lambda e: 'https://x.example/"><script>')
    assert not list(drawing.iter(f"{SVG}script"))
    assert "<script>alert(1)" in words(drawing)


def test_nothing_in_a_drawing_is_asked_from_elsewhere_or_refused_by_a_strict_policy() -> None:
    text = svg(load(ROOT / "workflows", "casus").root, done={"fase_signaleren"}, current={"fase_toestemming"})
    assert set(re.findall(r"https?://[^\"']+", text)) == {"http://www.w3.org/2000/svg"}
    assert "<style" not in text
    assert "style=" not in text
    assert "url(" not in text


def test_reading_goes_with_the_flow_through_loops_and_ends_with_what_waits_for_an_event() -> None:
    flow = process(
        element("melding", "subProcess", 0, by_event=True),
        element("einde", "endEvent", 5),
        element("opnieuw", "userTask", 1),
        element("bellen", "userTask", 2),
        element("begin", "startEvent", 1),
        element("klok", "boundaryEvent", 2, attached_to="bellen"),
        element("herinneren", "userTask", 3),
        flows=(
            ("begin", "bellen"),
            ("bellen", "opnieuw"),
            ("opnieuw", "bellen"),
            ("bellen", "einde"),
            ("klok", "herinneren"),
        ),
    )
    order = [e.id for e in reading_order(flow)]
    assert order.index("begin") < order.index("bellen") < order.index("opnieuw")
    assert order.index("bellen") < order.index("klok") < order.index("herinneren")
    assert order[-1] == "melding"
    assert sorted(order) == sorted(flow.elements)


def test_what_stands_in_a_sub_process_is_read_right_after_it() -> None:
    flow = process(
        element("blok", "subProcess", 1),
        element("erin", "userTask", 9, parent="blok"),
        element("erna", "userTask", 2),
        flows=(("blok", "erna"),),
    )
    assert [e.id for e in reading_order(flow)] == ["blok", "erin", "erna"]


def shipped() -> list[Process]:
    definitions = [load(ROOT / "workflows", root, "zuid-limburg") for root in ("casus", "opzetten")]
    return [p for definition in definitions for p in definition.processes.values()]


@pytest.fixture(scope="module")
def viewer() -> str:
    return (ROOT / "node_modules/bpmn-js/dist/bpmn-navigated-viewer.production.min.js").read_text("utf-8")


def test_every_shipped_diagram_stands_where_a_bpmn_editor_draws_it_and_its_words_fit(
    browser: Browser, viewer: str
) -> None:
    definitions = [load(ROOT / "workflows", root, "zuid-limburg") for root in ("casus", "opzetten")]
    files = {p.id: d.files[f"{p.id}.bpmn"].decode() for d in definitions for p in d.processes.values()}
    page = browser.new_page()
    page.set_content("<div id='theirs' style='width:1600px;height:1200px'></div><div id='ours'></div>")
    page.add_script_tag(content=viewer)
    wrong = {}
    for drawn_process in shipped():
        cut_off = page.evaluate(
            """async ([xml, ours]) => {
                const theirs = new BpmnJS({container: "#theirs"});
                const {warnings} = await theirs.importXML(xml);
                document.getElementById("ours").innerHTML = ours;
                const wrong = warnings.map(w => w.message);
                for (const part of document.querySelectorAll("#ours [data-element]")) {
                    const shape = theirs.get("elementRegistry").get(part.dataset.element);
                    const box = part.getBBox();
                    const off = !shape ? "not there" : Math.max(
                        shape.x - box.x, shape.y - box.y,
                        box.x + box.width - shape.x - shape.width, box.y + box.height - shape.y - shape.height,
                        shape.width - box.width, shape.height - box.height);
                    if (!(off < 1.5)) wrong.push(`${part.dataset.element}: ${off}`);
                }
                theirs.destroy();
                return wrong;
            }""",
            [files[drawn_process.id], svg(drawn_process)],
        )
        if cut_off:
            wrong[drawn_process.id] = cut_off
    page.close()
    assert not wrong, json.dumps(wrong, indent=1)


@pytest.mark.parametrize("width", [240, 300, 700, 1100, 1134])
def test_a_view_of_a_process_shows_at_its_own_size_where_the_case_is(width: int) -> None:
    row = process(
        *(element(f"stap_{n}", "userTask", n) for n in range(20)),
        flows=tuple((f"stap_{n}", f"stap_{n + 1}") for n in range(19)),
    )
    for number in range(20):
        seen = etree.fromstring(view(row, current={f"stap_{number}"}))
        moved, group = seen.find(f"{SVG}svg"), seen.find(f"{SVG}svg/{SVG}g")
        assert moved is not None
        assert group is not None
        assert seen.get("viewBox") is None, "it is as large as it is drawn"
        across, down = (float(n) for n in group.get("transform", "").removeprefix("translate(")[:-1].split())
        box = row.elements[f"stap_{number}"].bounds
        assert box is not None
        left = box.x + across + width * float(moved.get("x", "").rstrip("%")) / 100
        assert -1 <= left <= width - box.width + 1
        assert 0 <= box.y + down <= float(seen.get("height", "")) - box.height
    fits = process(*(element(f"stap_{n}", "userTask", n) for n in range(3)))
    whole = etree.fromstring(view(fits, done={"stap_0"}, current={"stap_2"}, title="Nu: Bellen"))
    assert whole.get("aria-label") == "Nu: Bellen"
    assert "Stap_0 (gedaan); Stap_1; Stap_2 (nu bezig)" in words(whole)


def test_a_mark_on_a_way_shows_the_path_that_was_taken() -> None:
    marked = drawn(SMALL, marked={"bellen_gelukt"})
    widths = {f.get("data-flow"): f[0].get("stroke-width") for f in marked.findall(f"{SVG}g[@data-flow]")}
    assert widths["bellen_gelukt"] == "3"
    assert widths["begin_bellen"] == "1.5"


def test_what_was_special_in_one_drawing_of_a_process_stands_in_no_other() -> None:
    first, second = element("een", "userTask", 0, name="Eén"), element("twee", "userTask", 1, name="Twee")
    of = process(first, second, flows=(("een", "twee"),))
    plain = svg(of)
    flow = next(iter(of.flows))
    special = [
        svg(of, done={"een"}),
        svg(of, current={"een"}),
        svg(of, marked={"twee", flow}),
        svg(of, links=lambda e: e.id),
    ]
    assert len({plain, *special}) == 5
    assert svg(of) == plain
    renamed = replace(of, elements={**of.elements, "een": replace(first, name="Anders")})
    assert "Anders" in svg(renamed)
    assert "Anders" not in svg(of)


def test_a_process_without_a_drawing_gives_an_empty_one() -> None:
    bare = process(replace(element("bellen", "userTask", 1), bounds=None))
    assert drawn(bare).find(f"{SVG}desc") is not None
