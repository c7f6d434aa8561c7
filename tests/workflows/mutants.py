"""Ways in which a region changes the reference process by accident, and changes that do no harm.

Each mutant is a definition made from the reference by one slip; `caught_by` names the spelregels or the kinds of
findings (`soundness:…`, `check:…`) of which at least one must refuse it. Run as a program it tells what became of each.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from engine import decisions, definitions, feel, proof
from engine.checks.answers import answers
from engine.checks.dialect import dialect
from engine.checks.names import names
from engine.checks.promised import promised
from engine.checks.references import details, whole
from engine.checks.rule import Finding, Severity
from engine.checks.tables import tables as judged
from engine.definitions import Deadline, Definition, Element, Event, Flow, Loop, Process, Role
from engine.definitions.kinds import EventKind, Kind, LoopKind, TimerKind
from engine.forms import Field, Option

WORKFLOWS = Path(__file__).parents[2] / "workflows"
Change = Callable[[Definition], Definition]


@dataclass(frozen=True)
class Mutant:
    """One slip: what somebody did, and what must see it."""

    name: str
    change: Change
    caught_by: frozenset[str] = frozenset()


def reference() -> Definition:
    """The reference process as it is shipped."""
    return definitions.load(WORKFLOWS, "casus")


def refusals(definition: Definition, only: frozenset[str] = frozenset()) -> frozenset[str]:
    """The mandatory spelregels that a definition breaks, the ways in which it is unsound, and the checks that refuse
    it; of those in `only`, if given.
    """
    definition = read(definition)
    rules = proof.read_rules(definition.files["spelregels.yaml"], "spelregels.yaml")
    asked = [rule for rule in rules if not only or rule.id in only]
    ids = frozenset(v.rule.id for v in proof.prove(definition, asked) if v.refused)
    if not only or any(id.startswith("soundness:") for id in only):
        ids |= {f"soundness:{finding.rule}" for finding in proof.sound(definition)}
    if not only or any(id.startswith("check:") for id in only):
        ids |= checked(definition)
    return ids


def checked(definition: Definition) -> frozenset[str]:
    """The checks that refuse what a definition names, asks and records."""
    return frozenset(f"check:{f.rule.id}" for f in findings(definition) if f.severity is Severity.ERROR)


def findings(definition: Definition) -> list[Finding]:
    """What the checks tell of what a definition names, asks and records."""
    tables = {f: decisions.read(content, f) for f, content in definition.files.items() if f.endswith(".dmn")}
    known = frozenset(table.id for several in tables.values() for table in several)
    breaches = [finding for process in definition.processes.values() for finding in details(definition, process, known)]
    breaches += [finding for process in definition.processes.values() for finding in dialect(process)]
    asked = {f.key: f for form in definition.forms.values() for f in form.input_fields()}
    breaches += [
        finding for file, several in tables.items() for table in several for finding in judged(file, table, asked)
    ]
    breaches += [*whole(definition), *names(definition, tables), *answers(definition, tables)]
    return [*breaches, *promised(definition, tables)]


def read(definition: Definition) -> Definition:
    """The definition as it would be read: a diagram that nothing calls any more is no part of it."""
    reached = [definition.id]
    for id in reached:
        called = [e.called for e in definition.processes[id].elements.values() if e.called in definition.processes]
        reached += [name for name in dict.fromkeys(called) if name not in reached]
    return replace(definition, processes={id: definition.processes[id] for id in reached})


# --- the moves of somebody who draws ---------------------------------------------------------------------------


def process(id: str, change: Callable[[Process], Process]) -> Change:
    """Change one diagram."""
    return lambda d: replace(d, processes={**d.processes, id: change(d.processes[id])})


def chain(*changes: Change) -> Change:
    """Several changes, one after another."""

    def all_of(definition: Definition) -> Definition:
        for change in changes:
            definition = change(definition)
        return definition

    return all_of


def element(of: str, id: str, **values: object) -> Change:
    """Change what an element says."""
    return process(
        of,
        lambda p: replace(p, elements={**p.elements, id: replace(p.elements[id], **values)}),  # type: ignore[arg-type]
    )


def flow(of: str, id: str, **values: object) -> Change:
    """Change what an arrow says."""
    return process(of, lambda p: replace(p, flows={**p.flows, id: replace(p.flows[id], **values)}))  # type: ignore[arg-type]


def prop(of: str, id: str, **values: str | None) -> Change:
    """Change or (with None) take away properties."""

    def change(p: Process) -> Process:
        known = {**p.elements[id].properties, **values}
        kept = {key: value for key, value in known.items() if value is not None}
        return replace(p, elements={**p.elements, id: replace(p.elements[id], properties=kept)})

    return process(of, change)


def _linked(p: Process, elements: Mapping[str, Element], flows: Mapping[str, Flow]) -> Process:
    """The process with the ends of its arrows told to its elements again, in the order of the arrows."""
    return replace(
        p,
        flows=flows,
        elements={
            id: replace(
                e,
                incoming=tuple(f.id for f in flows.values() if f.target == id),
                outgoing=tuple(f.id for f in flows.values() if f.source == id),
            )
            for id, e in elements.items()
        },
    )


def without(of: str, id: str, via: str = "") -> Change:
    """Delete an element and draw the arrows that came in on to where its (chosen) way out went."""

    def change(p: Process) -> Process:
        way = via or p.elements[id].outgoing[0]
        target = p.flows[way].target
        inside = {e.id for e in p.elements.values() if e.id == id or e.parent == id or e.attached_to == id}
        flows = {
            f.id: replace(f, target=target) if f.target == id else f
            for f in p.flows.values()
            if f.source not in inside and not (f.target in inside and f.target != id)
        }
        return _linked(p, {k: e for k, e in p.elements.items() if k not in inside}, flows)

    return process(of, change)


def gone(of: str, *ids: str) -> Change:
    """Delete elements with what stands in them and every arrow from or to them."""

    def change(p: Process) -> Process:
        inside = {e.id for e in p.elements.values() if {e.id, e.parent, e.attached_to} & set(ids)}
        flows = {f.id: f for f in p.flows.values() if not {f.source, f.target} & inside}
        return _linked(p, {k: e for k, e in p.elements.items() if k not in inside}, flows)

    return process(of, change)


def cut(of: str, id: str) -> Change:
    """Delete an arrow."""
    return process(of, lambda p: _linked(p, p.elements, {k: f for k, f in p.flows.items() if k != id}))


def reroute(of: str, id: str, target: str) -> Change:
    """Draw an arrow to somewhere else."""

    def change(p: Process) -> Process:
        return _linked(p, p.elements, {**p.flows, id: replace(p.flows[id], target=target)})

    return process(of, change)


def arrow(of: str, source: str, target: str, condition: str = "") -> Change:
    """Draw an arrow."""

    def change(p: Process) -> Process:
        id = f"{source}_{target}_erbij"
        return _linked(p, p.elements, {**p.flows, id: Flow(id, source, target, "erbij", condition)})

    return process(of, change)


def put(of: str, new: Element, on: str) -> Change:
    """Put an element on an arrow."""

    def change(p: Process) -> Process:
        old = p.flows[on]
        flows = {
            **p.flows,
            on: replace(old, target=new.id),
            f"{new.id}_verder": Flow(f"{new.id}_verder", new.id, old.target),
        }
        parent = p.elements[old.source].parent
        return _linked(p, {**p.elements, new.id: replace(new, process=of, parent=parent)}, flows)

    return process(of, change)


def move(of: str, id: str, on: str) -> Change:
    """Cut an element out and put it on another arrow."""
    return lambda d: put(of, d.processes[of].elements[id], on)(without(of, id)(d))


def copy(of: str, id: str, to: str, on: str, name: str = "") -> Change:
    """Copy a step to an arrow, of another diagram perhaps."""
    return lambda d: put(to, replace(d.processes[of].elements[id], id=name or f"{id}_kopie"), on)(d)


def swap(of: str, one: str, other: str) -> Change:
    """Let two steps change places: each keeps its id, and gets the arrows of the other."""
    ids = {one: other, other: one}

    def change(p: Process) -> Process:
        flows = {
            f.id: replace(f, source=ids.get(f.source, f.source), target=ids.get(f.target, f.target))
            for f in p.flows.values()
        }
        return _linked(p, p.elements, flows)

    return process(of, change)


def renamed(of: str, old: str, new: str) -> Change:
    """Give an element another id."""

    def change(p: Process) -> Process:
        flows = {
            f.id: replace(f, source=new if f.source == old else f.source, target=new if f.target == old else f.target)
            for f in p.flows.values()
        }
        elements = {
            (new if k == old else k): replace(
                e,
                id=new if k == old else k,
                parent=new if e.parent == old else e.parent,
                attached_to=new if e.attached_to == old else e.attached_to,
            )
            for k, e in p.elements.items()
        }
        return _linked(p, elements, flows)

    return process(of, change)


def inside(of: str, parent: str, *ids: str) -> Change:
    """Draw elements into a frame."""
    return chain(*(element(of, id, parent=parent) for id in ids))


def withdrawal_inside(definition: Definition) -> Definition:
    """Withdrawing consent as an interrupting event sub-process of the traject, beside the other ones."""
    frame = Element("gezin_stopt", Kind.SUB_PROCESS, "Gezin stopt", process="casus", parent="traject", by_event=True)
    ids = ("toestemming_ingetrokken", "pad_intrekking", "delen_gestopt")
    return chain(
        process("casus", lambda p: replace(p, elements={**p.elements, frame.id: frame})),
        inside("casus", frame.id, *ids),
        element("casus", "toestemming_ingetrokken", kind="startEvent", attached_to=""),
    )(definition)


def task(id: str, **properties: str) -> Element:
    """A new step of the procesregisseur."""
    given = {"termijn": "contact", "fase": "overleg", **properties}
    return Element(id, Kind.USER_TASK, id.replace("_", " "), roles=("procesregisseur",), properties=given, form=id)


def default(of: str, gateway: str, to: str, **conditions: str) -> Change:
    """Make another arrow the default one; the arrows get these conditions."""
    changes = [element(of, gateway, default=to)]
    changes += [flow(of, id, condition=text) for id, text in conditions.items()]
    return chain(*changes)


def question(form: str, key: str, /, **values: object) -> Change:
    """Change a question of a form, or one in the rows of its lists. With `key=""` it is taken away."""

    def changed(fields: tuple[Field, ...]) -> tuple[Field, ...]:
        kept = [field for field in fields if not (field.key == key and values.get("key") == "")]
        return tuple(
            replace(field, fields=changed(field.fields), **(values if field.key == key else {}))  # type: ignore[arg-type]
            for field in kept
        )

    return lambda d: replace(d, forms={**d.forms, form: replace(d.forms[form], fields=changed(d.forms[form].fields))})


def choices(*values: str) -> tuple[Option, ...]:
    """Answers to choose from."""
    return tuple(Option(value, value) for value in values)


def term(id: str, duration: str, counts_from: str = "taak", excused: Collection[str] = ()) -> Change:
    """Change a deadline of the region."""
    changed = Deadline(id, duration, counts_from, excused=frozenset(excused))
    return lambda d: replace(d, settings=replace(d.settings, deadlines={**d.settings.deadlines, id: changed}))


def overseen_by_nobody(d: Definition) -> Definition:
    """A region in which no role sees all cases."""
    roles: dict[str, Role] = {id: replace(role, oversees=()) for id, role in d.settings.roles.items()}
    return replace(d, settings=replace(d.settings, roles=roles))


def row_gone(file: str, id: str) -> Change:
    """Delete a row of a decision table."""

    def change(d: Definition) -> Definition:
        head, _, tail = d.files[file].partition(f'<rule id="{id}">'.encode())
        return replace(d, files={**d.files, file: head + tail.partition(b"</rule>")[2]})

    return change


def role(id: str, **values: object) -> Change:
    """Change what a role of the region is."""
    return lambda d: replace(
        d,
        settings=replace(d.settings, roles={**d.settings.roles, id: replace(d.settings.roles[id], **values)}),  # type: ignore[arg-type]
    )


def municipality(id: str) -> Change:
    """A municipality more, for which nothing else is filled in."""
    return lambda d: replace(
        d, settings=replace(d.settings, municipalities={**d.settings.municipalities, id: id.title()})
    )


def _because(of: str, parts: str) -> Change:
    """Say of a diagram why these parts of it are gone."""
    return process(of, lambda p: replace(p, properties={**p.properties, "anders": parts, "reden": "Zo werkt het."}))


def clock(of: str, id: str, text: str, timer: str = "duration") -> Change:
    """Change the time that an event waits for."""
    return element(of, id, event=Event(EventKind.TIMER, "", TimerKind(timer), text))


def phase(old: str, new: str) -> Change:
    """Give a phase another name, everywhere: in its steps, in the calls, and as the name of its diagram."""

    def renamed_in(p: Process) -> Process:
        elements = {
            id: replace(
                e,
                process=new if e.process == old else e.process,
                called=new if e.called == old else e.called,
                properties={k: new if (k, v) == ("fase", old) else v for k, v in e.properties.items()},
            )
            for id, e in p.elements.items()
        }
        return replace(p, id=new if p.id == old else p.id, elements=elements)

    return lambda d: replace(d, processes={(new if id == old else id): renamed_in(p) for id, p in d.processes.items()})


def drawn_in(of: str, call: str) -> Change:
    """Draw a called diagram in the place of its call, as a part of the diagram around it."""

    def change(d: Definition) -> Definition:
        around = d.processes[of]
        called = d.processes[around.elements[call].called]
        part = replace(around.elements[call], kind=Kind.SUB_PROCESS, called="", properties={})
        inside = {id: replace(e, process=of, parent=e.parent or call) for id, e in called.elements.items()}
        merged = replace(
            around, elements={**around.elements, call: part, **inside}, flows={**around.flows, **called.flows}
        )
        return replace(d, processes={**d.processes, of: merged})

    return change


def mutant(name: str, change: Change, *caught_by: str) -> Mutant:
    """One mutant."""
    return Mutant(name, change, frozenset(caught_by))


CONSENT = "eerst_toestemming"
WITHDRAWN = ("na_intrekken_niet_delen", "na_intrekken_geen_overleg")
ANYTIME = "intrekken_kan_altijd"
DEAD = ("soundness:vast", "soundness:nooit", "soundness:rondje")

# fmt: off
MUTANTS = (
    # consent before anything is shared
    mutant("de vraag om toestemming gewist", without("toestemming", "toestemming_vastleggen"), CONSENT),
    mutant("de hele fase toestemming gewist", without("casus", "fase_toestemming"), CONSENT),
    mutant(
        "de keuze na toestemming in het overzicht gewist",
        without("casus", "toestemming_besluit", "toestemming_besluit_ja"),
        CONSENT,
    ),
    mutant("nee leidt ook naar de intake", reroute("casus", "toestemming_besluit_nee", "fase_intake"), CONSENT),
    mutant("een pijl van signaleren rechtstreeks naar intake",
           reroute("casus", "naar_fase_toestemming", "fase_intake"), CONSENT),
    mutant("een pijl van signaleren rechtstreeks naar de steun",
           reroute("casus", "naar_fase_toestemming", "samen"), CONSENT),
    mutant("de samenvatting delen voor toestemming",
           copy("verkennen", "verkenning_delen", "signaleren", "naar_signaal_bespreken"), CONSENT),
    mutant("verkennen voor toestemming",
           chain(reroute("casus", "naar_fase_toestemming", "samen"),
                 reroute("casus", "naar_afsluiten_ingang", "fase_toestemming"),
                 reroute("casus", "geschiktheid_ja", "afsluiten_ingang")), CONSENT),
    mutant("voorwaarde van ja en nee verwisseld",
           chain(reroute("casus", "toestemming_besluit_ja", "afsluiten_ingang"),
                 reroute("casus", "toestemming_besluit_nee", "fase_intake")), CONSENT),
    mutant("de voorwaarde vraagt naar het signaal in plaats van toestemming",
           flow("casus", "toestemming_besluit_ja", condition='=besproken_met_gezin = "ja"'), CONSENT),
    mutant("de voorwaarde laat ook nee door",
           flow("casus", "toestemming_besluit_ja", condition='=toestemming_gegeven in ("ja", "nee")'), CONSENT),
    mutant("ontvangst bevestigen deelt het signaal", prop("signaleren", "ontvangst_bevestigen", deelt="ja"), CONSENT),
    mutant("raad vragen met naam", prop("signaleren", "raad_vragen", deelt="ja"), CONSENT),
    mutant("eigen zorg bieden deelt ook", prop("toestemming", "eigen_zorg_bieden", deelt="ja"), CONSENT),
    mutant("afsluitbrief naar alle partners", prop("afsluiten", "afsluitbrief_sturen", deelt="ja"), CONSENT),
    mutant("de toestemming telt niet meer als toestemming",
           prop("toestemming", "toestemming_vastleggen", register=None), CONSENT, "weigeren_schaadt_niet"),
    mutant("toestemming naast de intake in plaats van ervoor",
           chain(element("signaleren", "besproken_samen"),
                 copy("intake", "aanmelder_terugkoppelen", "signaleren", "naar_ontvangst_bevestigen")), CONSENT),
    mutant("intake voor toestemming",
           chain(reroute("casus", "naar_fase_toestemming", "fase_intake"),
                 reroute("casus", "naar_geschiktheid", "fase_toestemming"),
                 reroute("casus", "toestemming_besluit_ja", "geschiktheid")), CONSENT),
    # each meeting has its own consent
    mutant("toestemming voor het vooroverleg gewist",
           without("voorbespreking", "voorbespreking_toestemming_vragen"), "voorbespreking_eigen_toestemming"),
    mutant("de keuze voor het vooroverleg gewist",
           without("voorbespreking", "voorbespreking_besluit", "voorbespreking_besluit_ja"),
           "voorbespreking_eigen_toestemming"),
    mutant("nee leidt toch naar het vooroverleg",
           reroute("voorbespreking", "voorbespreking_besluit_nee", "voorbespreking_houden"),
           "voorbespreking_eigen_toestemming"),
    mutant("vooroverleg voor de vraag", swap("voorbespreking", "voorbespreking_toestemming_vragen",
                                             "voorbespreking_houden"), "voorbespreking_eigen_toestemming"),
    mutant("de algemene toestemming geldt ook voor het vooroverleg",
           flow("voorbespreking", "voorbespreking_besluit_ja", condition='=toestemming_gegeven = "ja"'),
           "voorbespreking_eigen_toestemming"),
    mutant("toestemming per genodigde gewist", without("overleg", "genodigden_toestemming_nagaan"),
           "overleg_eigen_toestemming"),
    mutant("de keuze of het overleg zo kan gewist",
           without("overleg", "overleg_kan_doorgaan", "overleg_kan_doorgaan_ja"), "overleg_eigen_toestemming"),
    mutant("uitnodigen voor de toestemming", move("overleg", "uitnodigen", "naar_genodigden_toestemming_nagaan"),
           "overleg_eigen_toestemming"),
    mutant("meteen na plannen het overleg", reroute("overleg", "naar_genodigden_toestemming_nagaan", "overleg_houden"),
           "overleg_eigen_toestemming"),
    mutant("nee leidt toch naar de uitnodigingen",
           reroute("overleg", "overleg_kan_doorgaan_nee", "voorbereiding_begint"), *DEAD),
    mutant("na opschalen meteen weer overleggen",
           chain(put("casus", task("snel_overleg", soort="knooppuntoverleg", stand="gepland"), "naar_fase_steun"),
                 put("casus", task("snel_uitnodigen", stuurt="uitnodiging"), "snel_overleg_verder")),
           "overleg_eigen_toestemming"),
    # withdrawing
    mutant("de gebeurtenis intrekken gewist",
           gone("casus", "toestemming_ingetrokken", "pad_intrekking", "delen_gestopt"), ANYTIME),
    mutant("intrekken binnen het traject getekend, zodat een verhuizing het uitzet", withdrawal_inside, ANYTIME),
    mutant("intrekken alleen aan de rand van de steun",
           chain(inside("casus", "samen", "toestemming_ingetrokken", "pad_intrekking", "delen_gestopt"),
                 element("casus", "toestemming_ingetrokken", attached_to="fase_steun")), ANYTIME),
    mutant("intrekken onderbreekt niet meer",
           element("casus", "toestemming_ingetrokken", interrupting=False), *WITHDRAWN),
    mutant("intrekken luistert naar een ander bericht",
           element("casus", "toestemming_ingetrokken", event=Event(EventKind.MESSAGE, "ingetrokken")), ANYTIME),
    mutant("na intrekken gaat het traject verder met steun",
           element("casus", "pad_intrekking", called="steun"), "na_intrekken_eigen_zorg"),
    mutant("na intrekken gaat het traject verder met een overleg",
           element("casus", "pad_intrekking", called="overleg"), *WITHDRAWN),
    mutant("na intrekken nog een verslag delen",
           copy("overleg", "verslag_delen", "intrekking", "naar_gezin_bevestigen"), *WITHDRAWN),
    mutant("delen stoppen deelt met alle partners waarom", prop("intrekking", "delen_stoppen", deelt="ja"),
           *WITHDRAWN),
    mutant("na intrekken een overleg over hoe het verder moet",
           copy("overleg", "overleg_plannen", "intrekking", "naar_gezin_bevestigen"), *WITHDRAWN),
    mutant("delen stoppen gewist", without("intrekking", "delen_stoppen"), "na_intrekken_stoppen"),
    mutant("eigen zorg na intrekken gewist", without("intrekking", "eigen_zorg_borgen"), "na_intrekken_eigen_zorg"),
    mutant("geen uitkomst na intrekken", without("intrekking", "zaak_afronden"), "altijd_een_uitkomst"),
    # refusing
    mutant("eigen zorg bij weigeren gewist", without("toestemming", "eigen_zorg_bieden"), "weigeren_schaadt_niet"),
    mutant("na weigeren loopt het dood", cut("toestemming", "toestemming_besluit_nee"), "weigeren_schaadt_niet",
           *DEAD),
    mutant("na weigeren blijft men vragen",
           chain(cut("toestemming", "naar_zonder_knooppunt_verder"),
                 arrow("toestemming", "eigen_zorg_bieden", "toestemming_besluit")), *DEAD),
    mutant("na weigeren klaar zonder uitkomst", reroute("casus", "toestemming_besluit_nee", "traject_klaar"),
           "altijd_een_uitkomst"),
    # handing over
    mutant("overdragen zonder vragen bij afsluiten", without("afsluiten", "overdracht_toestemming_vragen"),
           "overdracht_met_akkoord"),
    mutant("nee en toch overdragen bij afsluiten", reroute("afsluiten", "overdracht_akkoord_nee", "warme_overdracht"),
           "overdracht_met_akkoord"),
    mutant("overdragen zonder vragen bij verhuizen", without("verhuizing", "overdracht_nieuwe_gemeente_vragen"),
           "overdracht_met_akkoord", CONSENT),
    mutant("de keuze bij verhuizen gewist", without("verhuizing", "overdracht_besluit", "overdracht_besluit_ja"),
           "overdracht_met_akkoord", CONSENT),
    mutant("overdragen zonder vragen bij twee jaar", without("twee_jaar", "vervolg_vragen"),
           "overdracht_met_akkoord", CONSENT),
    mutant("overdragen voor de vraag bij twee jaar", swap("twee_jaar", "vervolg_vragen", "overdracht_voorschools"),
           "overdracht_met_akkoord", CONSENT),
    mutant("kraamzorg overdragen zonder toestemming voor het kind",
           without("geboorte", "kind_toestemming_besluit", "kind_toestemming_besluit_ja"), "kind_met_akkoord"),
    mutant("toestemming voor het kind gewist", without("geboorte", "toestemming_kind_vastleggen"), "kind_met_akkoord"),
    # safety
    mutant("meldcode: 1 en 2 verwisseld", swap("veiligheid", "signalen_in_kaart", "collega_raadplegen"),
           "meldcode_1_voor_2"),
    mutant("meldcode: stap 2 gewist", without("veiligheid", "collega_raadplegen"), "meldcode_2_voor_3"),
    mutant("meldcode: stap 3 overgeslagen", reroute("veiligheid", "gesprek_mogelijk_ja", "gesprek_afgerond"),
           "meldcode_3_voor_4", "soundness:nooit"),
    mutant("meldcode: 3 en 4 verwisseld", swap("veiligheid", "met_gezin_praten", "onveiligheid_wegen"),
           "meldcode_3_voor_4"),
    mutant("meldcode: 4 en 5 verwisseld", swap("veiligheid", "onveiligheid_wegen", "besluit_nemen"),
           "meldcode_4_voor_5"),
    mutant("meldcode: stap 4 gewist", without("veiligheid", "onveiligheid_wegen"), "meldcode_4_voor_5"),
    mutant("meldcode: het gesprek vervalt om een andere reden",
           flow("veiligheid", "gesprek_mogelijk_nee", condition='=meldcode_direct_gevaar = "nee"'),
           "meldcode_3_voor_4"),
    mutant("melden voor het besluit", swap("veiligheid", "melding_doen", "signalen_in_kaart"), "veilig_besluit_eerst"),
    mutant("meldcode stopt voor het besluit", reroute("veiligheid", "naar_besluit_nemen", "veiligheid_besloten"),
           "onveiligheid_leidt_tot_besluit", "soundness:nooit"),
    mutant("onveiligheid gewist", gone("casus", "onveiligheid"), "onveiligheid_leidt_tot_besluit"),
    mutant("onveiligheid binnen het traject getekend, zodat intrekken haar stopt",
           element("casus", "onveiligheid", parent="traject"), "onveiligheid_leidt_tot_besluit"),
    # every case ends in an evaluation or an outcome
    mutant("dossier afsluiten gewist", without("afsluiten", "dossier_afsluiten"), "altijd_een_uitkomst"),
    mutant("afsluiten overgeslagen bij wat niet past", reroute("casus", "geschiktheid_nee", "traject_klaar"),
           "altijd_een_uitkomst"),
    mutant("geen uitkomst bij verhuizen", prop("verhuizing", "zaak_afronden_verhuizing", register=None),
           "altijd_een_uitkomst"),
    mutant("verhuizen loopt weg voor het afronden",
           reroute("verhuizing", "naar_zaak_afronden_verhuizing", "verhuizing_afgerond"), "altijd_een_uitkomst"),
    mutant("contact verbroken eindigt na de brief", reroute("contact_verbroken", "naar_contact_verbroken_afronden",
                                                            "afgerond_open_deur"), "altijd_een_uitkomst"),
    mutant("na verbroken contact opnieuw zoeken in plaats van afronden",
           element("casus", "pad_contact_verbroken", called="geen_contact"), "altijd_een_uitkomst"),
    # silence after a loss
    mutant("verlies onderbreekt niet", element("casus", "zwangerschap_verloren_bericht", interrupting=False),
           "stil_na_verlies"),
    mutant("verlies gewist", gone("casus", "zwangerschap_verloren"), "stil_na_verlies", "verlies_stopt_berichten"),
    mutant("na verlies toch evalueren", element("casus", "pad_verlies", called="evalueren"),
           "stil_na_verlies", "verlies_stopt_berichten"),
    mutant("na verlies een uitnodiging", copy("overleg", "uitnodigen", "verlies", "naar_persoonlijk_contact"),
           "stil_na_verlies"),
    mutant("berichten stoppen gewist", without("verlies", "berichten_stoppen"), "verlies_stopt_berichten"),
    mutant("verlies van een kind stopt het traject", element("casus", "kind_verloren_bericht", interrupting=True),
           "verlies_van_een_gaat_door"),
    mutant("over een verloren kind stopt niemand iets", without("verlies_van_een", "kind_berichten_stoppen"),
           "verlies_van_een_stopt_berichten"),
    mutant("van een verlies wordt iets gedeeld", prop("verlies_van_een", "kind_persoonlijk_contact", deelt="ja"),
           "verlies_stil"),
    mutant("de zaak na verlies niet afgerond", without("verlies", "verlies_afronden"), "altijd_een_uitkomst"),
    # owner and deadline
    mutant("een stap zonder rol", element("overleg", "plan_vastleggen", roles=()), "eigenaar_en_termijn"),
    mutant("een rol die niet bestaat", element("bewaken", "steun_starten", roles=("zorgheld",)), "eigenaar_en_termijn"),
    mutant("een stap zonder termijn", prop("overleg", "verslag_delen", termijn=None), "eigenaar_en_termijn"),
    mutant("een termijn die niet bestaat", prop("intake", "elders_verwijzen", termijn="ooit"), "eigenaar_en_termijn"),
    mutant("een nieuwe stap zonder eigenaar",
           put("steun", replace(task("nog_iets"), roles=()), "naar_steun_afspreken"), "eigenaar_en_termijn"),
    # dead ends
    mutant("samenvoegen als keuze: dubbel", element("overleg", "voorbereiding_klaar", kind="exclusiveGateway"),
           "soundness:dubbel"),
    mutant("splitsen als keuze: loopt vast",
           chain(element("overleg", "voorbereiding_begint", kind="exclusiveGateway"),
                 default("overleg", "voorbereiding_begint", "naar_uitnodigen",
                         ouders_voorbereiden_naar_voorbereiding_klaar=""),
                 flow("overleg", "naar_ouders_voorbereiden", condition='=tolk_nodig = "ja"')), *DEAD),
    mutant("keuze als samenvoegen: loopt vast", element("casus", "steun_ingang", kind="parallelGateway"), *DEAD),
    mutant("een pijl terug vanuit het signaal naar voor de splitsing",
           reroute("signaleren", "raad_vragen_naar_eerste_of_nieuwe_poging", "signaal_verdelen"), "soundness:dubbel",
           *DEAD),
    mutant("de keuze in de fase toestemming gewist",
           without("toestemming", "toestemming_besluit", "toestemming_besluit_nee"), "soundness:nooit"),
    mutant("een stap waar geen pijl meer heen gaat", reroute("evalueren", "naar_gezin_gehoord", "evaluatie_houden"),
           "soundness:nooit"),
    mutant("verbroken contact is een gewoon einde",
           element("geen_contact", "contact_verbroken", event=Event(EventKind.NONE)), "soundness:nooit"),
    mutant("verbroken contact wordt nergens opgevangen", gone("casus", "contact_verbroken"), "soundness:fout"),
    mutant("samenvatting delen voor toestemming, zonder te zeggen dat het delen is",
           chain(prop("verkennen", "verkenning_delen", deelt=None),
                 copy("verkennen", "verkenning_delen", "signaleren", "naar_signaal_bespreken")), CONSENT),
    mutant("een melding buiten de meldcode om",
           copy("veiligheid", "melding_doen", "signaleren", "naar_signaal_bespreken"), "veilig_besluit_eerst"),
    mutant("een lus zonder einde", reroute("geen_contact", "naar_contact_hersteld", "nieuwe_poging"),
           "soundness:rondje", "soundness:nooit"),
    # each yes is for one purpose
    mutant("toestemming vragen zonder dat het signaal is besproken",
           flow("signaleren", "gesprek_gelukt_ja", condition='=besproken_met_gezin != "ja"'),
           "signaal_eerst_besproken"),
    mutant("wie het nog moet bespreken, slaat dat over",
           flow("signaleren", "al_besproken_ja", condition='=gezin_weet_het = "nee"'), "signaal_eerst_besproken"),
    mutant("de toestemming is voor iets anders", prop("toestemming", "toestemming_vastleggen", doel="overdracht"),
           "delen_met_toestemming"),
    mutant("een overdracht heet samenwerken", prop("verhuizing", "overdracht_doen", doel="delen"),
           "delen_met_toestemming"),
    mutant("delen over het kind heet overdracht", prop("geboorte", "kraamzorg_overdragen", doel="overdracht"),
           "overdracht_met_akkoord"),
    mutant("de samenvatting delen juist bij nee",
           flow("verkennen", "samenvatting_besluit_ja", condition='=samenvatting_akkoord = "nee"'),
           "samenvatting_met_akkoord"),
    mutant("de vraag over de samenvatting telt niet meer",
           without("verkennen", "samenvatting_besluit", "samenvatting_besluit_ja"), "samenvatting_met_akkoord"),
    mutant("delen zonder te zeggen waarvoor", prop("bewaken", "opdracht_geven", doel=None), "delen_met_doel"),
    mutant("delen zonder het vast te leggen", prop("overleg", "uitnodigen", register=None), "delen_vastgelegd"),
    mutant("toestemming zonder te zeggen waarvoor", prop("geboorte", "toestemming_kind_vastleggen", doel=None),
           "toestemming_precies"),
    mutant("toestemming zonder met wie", question("toestemming_vastleggen", "organisatie", properties={}),
           "toestemming_precies"),
    mutant("toestemming zonder waarover", question("vervolg_vragen", "soorten", key=""), "toestemming_precies"),
    mutant("de grond van het delen valt weg", question("warme_overdracht", "overdracht_grond", properties={}),
           "delen_verantwoord"),
    mutant("een partner voor de toestemming", element("toestemming", "uitleg_geven", roles=("kernpartner",)),
           "partner_na_toestemming"),
    # a rule that would go silent
    mutant("het plannen is niet meer te herkennen", prop("overleg", "overleg_plannen", stand=None),
           "overleg_eigen_toestemming"),
    mutant("het uitnodigen is niet meer te herkennen", prop("overleg", "uitnodigen", stuurt=None),
           "overleg_eigen_toestemming"),
    mutant("het signaal bespreken is niet meer te herkennen", prop("signaleren", "signaal_bespreken", regelt=None),
           "signaal_eerst_besproken"),
    mutant("de uitkomst zonder formulier", element("intrekking", "zaak_afronden", kind="manualTask", form=""),
           "altijd_een_uitkomst"),
    mutant("een vooroverleg dat niet is gehouden maar wel deelt",
           chain(prop("voorbespreking", "voorbespreking_houden", stand="gepland"),
                 without("voorbespreking", "voorbespreking_toestemming_vragen")), "voorbespreking_eigen_toestemming"),
    # meetings and agreements
    mutant("na het overleg geen plan", without("overleg", "plan_vastleggen"), "overleg_leidt_tot_plan"),
    mutant("opschalen en bijstellen verwisseld",
           chain(reroute("casus", "evaluatie_besluit_opschalen", "steun_ingang"),
                 reroute("casus", "evaluatie_besluit_bijstellen", "overleg_ingang")), "opschalen_leidt_tot_overleg"),
    mutant("niemand volgt de afspraken", gone("casus", "afspraak_volgen"), "check:afspraak_gevolgd"),
    mutant("de stappen van het volgen gewist", without("casus", "fase_bewaken"), "check:afspraak_gevolgd"),
    mutant("bij elke afspraak een ander diagram", element("casus", "fase_bewaken", called="verkennen"),
           "check:afspraak_gevolgd"),
    mutant("volgen voor elk doel in plaats van voor elke afspraak",
           prop("casus", "afspraak_volgen", voor_elke="gezinsdoelen"), "check:afspraak_gevolgd"),
    # looking back never waits for an agreement
    mutant("de klok om terug te kijken gewist", gone("casus", "terugkijkmoment"), "terugkijken_blijft_lopen"),
    mutant("terugkijken alleen als iemand erom vraagt",
           element("casus", "terugkijkmoment", event=Event(EventKind.MESSAGE, "tijd_voorbij")),
           "terugkijken_blijft_lopen"),
    mutant("na het overleg wachten op elke afspraak",
           put("casus", Element("wachten", Kind.CALL_ACTIVITY, "Afspraken", called="bewaken",
                                loop=Loop(LoopKind.PARALLEL, '=afspraken[status = "open"]', "afspraak")),
               "overleg_naar_wat_komt_eerst"), "terugkijken_blijft_lopen"),
    mutant("na het bijstellen wachten op een bericht",
           put("casus", Element("wachten", Kind.INTERMEDIATE_CATCH_EVENT, "Wachten",
                                event=Event(EventKind.MESSAGE, "hulp_is_klaar")), "steun_naar_wat_komt_eerst"),
           "terugkijken_blijft_lopen"),
    mutant("open afspraken krijgen geen einde", without("casus", "fase_afronden"), "open_afspraak_krijgt_einde"),
    mutant("na het terugkijken meteen klaar", reroute("casus", "evaluatie_besluit_goed", "samen_klaar"),
           "open_afspraak_krijgt_einde", "soundness:nooit"),
    # the meldcode, to its end
    mutant("melden terwijl er niet toe besloten is",
           flow("veiligheid", "melden_besluit_nee", condition='=veiligheid_melden = "ja"'), "veilig_besluit_eerst"),
    mutant("melden hangt af van een andere vraag",
           flow("veiligheid", "melden_besluit_nee", condition='=veiligheid_hulp = "nee"'), "veilig_besluit_eerst"),
    mutant("uitnodigen zonder dat een van de ouders ja zei",
           flow("overleg", "overleg_kan_doorgaan_ja", condition='=overleg_kan_doorgaan = "ja"'),
           "overleg_eigen_toestemming"),
    mutant("besluiten te melden en het niet doen",
           flow("veiligheid", "melden_besluit_nee", condition='=gesprek_veilig = "nee"'), "besluit_wordt_melding"),
    mutant("onveiligheid maar een keer te melden", prop("casus", "onveiligheid_bericht", vaker="nee"),
           "onveiligheid_altijd_te_melden"),
    mutant("een stap van de meldcode bij een andere fase", prop("veiligheid", "signalen_in_kaart", fase="afsluiten"),
           "veiligheid_afgeschermd"),
    mutant("een stap van de meldcode gaat naar een ander", prop("veiligheid", "besluit_nemen", toewijzen=None),
           "veiligheid_in_eigen_hand"),
    mutant("een stap na verlies staat niet in de kring", prop("verlies", "persoonlijk_contact", kring=None),
           "verlies_in_kring"),
    mutant("een gewone stap in het veiligheidsdossier", prop("intake", "elders_verwijzen", fase="veiligheid"),
           "veiligheid_in_eigen_hand"),
    mutant("met wie is geraadpleegd valt weg", question("collega_raadplegen", "meldcode_overlegd_met", properties={}),
           "raadplegen_vastgelegd"),
    mutant("wat het gezin van het besluit weet valt weg",
           question("besluit_nemen", "gezin_op_de_hoogte", properties={}), "besluit_verantwoord"),
    mutant("of de ouders erbij waren komt nergens te staan",
           question("overleg_houden", "ouders_aanwezig", properties={}), "ouders_aan_tafel"),
    # terms that last too long, or too short
    mutant("delen stoppen met een late termijn", prop("intrekking", "delen_stoppen", termijn="afsluiten"),
           "intrekken_werkt_meteen"),
    mutant("de termijn van intrekken een week", term("intrekking", "P7D"), "intrekken_werkt_meteen"),
    mutant("intrekken telt vanaf een antwoord", term("intrekking", "1 werkdag", "evaluatie_datum"),
           "intrekken_werkt_meteen"),
    mutant("het gezin hoort laat dat het delen stopt", prop("intrekking", "gezin_bevestigen", termijn="contact"),
           "intrekken_werkt_meteen"),
    mutant("eigen zorg na een kwartaal", prop("toestemming", "eigen_zorg_bieden", termijn="evaluatie"),
           "eigen_zorg_snel"),
    mutant("wegen na twee weken", prop("veiligheid", "onveiligheid_wegen", termijn="afsluiten"), "onveiligheid_direct"),
    mutant("melden na een week", prop("veiligheid", "melding_doen", termijn="veiligheid_triage"),
           "onveiligheid_direct"),
    mutant("terugkoppeling na een halfjaar", term("veiligheid_triage", "P6M"), "terugkoppeling_veilig_thuis"),
    mutant("na een verlies een week lang berichten", prop("verlies", "berichten_stoppen", termijn="contact"),
           "na_verlies_meteen_stil"),
    mutant("na een verlies pas na een maand iemand", prop("verlies", "persoonlijk_contact", termijn="twee_jaar"),
           "na_verlies_iemand"),
    mutant("meteen na een verlies weer vragen", term("afspraak_controle", "P2D"), "rust_na_verlies"),
    mutant("een overleg na een half jaar", term("overleg", "P6M"), "overleg_snel"),
    mutant("met spoed later dan zonder", term("overleg_spoed", "P3M"), "overleg_snel"),
    mutant("na vier jaar terugkijken", term("evaluatie_vervolg", "P4Y"), "terugkijken_op_tijd"),
    mutant("toestemming vragen na een jaar", term("toestemming", "P1Y"), "niets_blijft_liggen"),
    # who may
    mutant("alleen de casusregisseur mag intrekken melden",
           prop("casus", "toestemming_ingetrokken", rollen="casusregisseur"), "intrekken_kan_altijd"),
    mutant("alleen partners mogen intrekken melden",
           prop("casus", "toestemming_ingetrokken", rollen="kernpartner,casusregisseur"), "intrekken_kan_altijd"),
    mutant("alleen wie de casussen niet ziet mag intrekken melden",
           prop("casus", "toestemming_ingetrokken", rollen="bestuurder"), "intrekken_kan_altijd"),
    mutant("niemand overziet de casussen, en niemand hoort dat iemand intrekt", overseen_by_nobody,
           "intrekken_kan_altijd"),
    mutant("alleen de casusregisseur mag een verlies melden",
           prop("casus", "zwangerschap_verloren_bericht", rollen="casusregisseur"), "check:rol_niemand"),
    mutant("een gemeente zonder Knooppuntteam", municipality("nergenshuizen"), "check:rol_niemand"),
    # steps that protect or inform a family
    mutant("ja op een overdracht die niet komt", without("afsluiten", "warme_overdracht"), "overdracht_gebeurt"),
    mutant("ja op een samenvatting die niemand krijgt", without("verkennen", "verkenning_delen"),
           "samenvatting_gedeeld"),
    mutant("of van iemand het gezag onbekend is telt niet meer",
           row_gone("wie_moet_toestemmen.dmn", "wie_moet_toestemmen_regel_7"), "check:tabel_kolom"),
    mutant("geen raad als het gesprek niet lukt", without("signaleren", "raad_vragen"), "raad_bij_geen_gesprek"),
    mutant("geen uitleg voor de toestemming", without("toestemming", "uitleg_geven"), "uitleg_voor_toestemming"),
    mutant("niemand gaat na wie er moet tekenen",
           without("toestemming", "toestemming_nodig_van"), "wie_moet_tekenen_eerst"),
    mutant("wie niet past hoort geen andere weg", without("intake", "elders_verwijzen"), "elders_geholpen"),
    mutant("de aanmelder hoort niets", without("intake", "aanmelder_terugkoppelen"), "aanmelder_hoort_besluit"),
    mutant("geen doelen van het gezin", without("verkennen", "gezinsdoelen_opstellen"), "doelen_van_het_gezin"),
    mutant("de uitkomst van de voorbespreking blijft geheim",
           without("voorbespreking", "uitkomst_bespreken"), "uitkomst_voorbespreking"),
    mutant("ouders gaan onvoorbereid aan tafel", without("overleg", "ouders_voorbereiden"), "ouders_voorbereid"),
    mutant("wie er niet bij was hoort niets", without("overleg", "ouders_bijpraten"), "ouders_bijgepraat"),
    mutant("niemand krijgt het verslag", without("overleg", "verslag_delen"), "verslag_voor_iedereen"),
    mutant("enkelvoudige steun zonder afspraak", without("casus", "fase_steun"), "eerst_een_plan"),
    mutant("terugkijken zonder het gezin", without("evalueren", "gezin_gehoord"), "gezin_gehoord"),
    mutant("afsluiten zonder brief", without("afsluiten", "afsluitbrief_sturen"), "gezin_hoort_het_einde"),
    mutant("wachten zonder iets voor de tussentijd",
           without("bewaken", "wachttijd_overbruggen"), "wachttijd_overbrugd"),
    mutant("na een geboorte staat het kind nergens", without("geboorte", "geboorte_vastleggen"), "geboorte_vastgelegd"),
    mutant("over het kind niets gevraagd", without("geboorte", "toestemming_kind_vastleggen"), "kind_apart_gevraagd"),
    mutant("na een geboorte loopt niemand het plan na", without("geboorte", "plan_nalopen"), "plan_na_geboorte"),
    mutant("niemand zoekt een gezin dat stil is", without("geen_contact", "contact_zoeken"), "contact_gezocht"),
    mutant("opgeven zonder een andere weg", without("geen_contact", "andere_weg_zoeken"), "eerst_een_andere_weg"),
    mutant("stoppen zonder te wegen of het veilig is",
           without("contact_verbroken", "contactverlies_wegen"), "contactverlies_gewogen"),
    mutant("geen brief dat terugkomen mag", without("contact_verbroken", "brief_sturen"), "open_deur"),
    mutant("niemand vraagt of een overdracht is aangekomen",
           without("verhuizing", "overdracht_nagaan"), "overdracht_aangekomen"),
    mutant("na een verlies is er niemand", without("verlies", "persoonlijk_contact"), "iemand_na_verlies"),
    mutant("wie steun bij rouw wil krijgt die niet", without("verlies", "rouwzorg_regelen"), "rouwzorg"),
    mutant("niemand kijkt later nog om", without("verlies", "later_omkijken"), "later_omgekeken"),
    mutant("na een verlies van een kind kijkt niemand later om",
           without("verlies_van_een", "kind_later_omkijken"), "later_omgekeken"),
    mutant("wie intrekt hoort niet dat het is gebeurd",
           without("intrekking", "gezin_bevestigen"), "intrekken_bevestigd"),
    mutant("na een melding hoort niemand iets",
           without("veiligheid", "terugkoppeling_vastleggen"), "melding_krijgt_vervolg"),
    mutant("wie niet past wordt verkend",
           flow("casus", "geschiktheid_ja", condition='=past_bij_knooppunt = "nee"'), "alleen_wie_past"),
    mutant("een voorbespreking die niemand wil",
           flow("casus", "voorbespreking_keuze_ja", condition='=voorbespreking_gewenst = "nee"'),
           "voorbespreking_gewenst"),
    mutant("na een verhuizing loopt alles door", element("casus", "gezin_verhuist_bericht", interrupting=False),
           "verhuizing_stopt_traject"),
    mutant("wie verhuist wordt niet overgedragen", gone("casus", "gezin_verhuist"), "verhuizing_afgerond"),
    mutant("de keuze of het past gewist, iedereen gaat door",
           without("casus", "geschiktheid", "geschiktheid_ja"), "alleen_wie_past"),
    mutant("een kind dat twee wordt merkt niemand", gone("casus", "kind_wordt_twee"), "twee_jaar_afgerond"),
    mutant("een geboorte is niet te melden", gone("casus", "kind_geboren"), "geboorte_vastgelegd"),
    mutant("contact kwijt is niet te melden", gone("casus", "contact_kwijt"), "contact_gezocht"),
    mutant("meteen terugkijken kan niet meer", gone("casus", "nu_terugkijken_bericht"), "terugkijken_op_verzoek"),
    mutant("weer aan tafel kan niet meer", gone("casus", "overleg_gevraagd_bericht"), "overleg_op_verzoek"),
    mutant("onveiligheid kan alleen een partner melden",
           prop("casus", "onveiligheid_bericht", rollen="kernpartner"), "onveiligheid_melden_kan_altijd"),
    # answers that nobody gives
    mutant("een voorwaarde met een hoofdletter",
           flow("casus", "geschiktheid_ja", condition='=past_bij_knooppunt = "Ja"'), "check:antwoord_onbekend"),
    mutant("een voorwaarde met een andere vraag",
           flow("geen_contact", "pogingen_op_ja", condition='=zwangerschapsduur_weken = "3"'),
           "check:antwoord_onbekend"),
    mutant("een antwoord met een andere waarde",
           question("contact_zoeken", "contact_gelukt", options=choices("yes", "nee")), "check:antwoord_onbekend"),
    mutant("een antwoord weg dat een keuze nodig heeft",
           question("evaluatie_houden", "evaluatie_uitkomst", options=choices("goed", "bijstellen")),
           "check:antwoord_onbekend"),
    mutant("een lijst met een stand die niet bestaat",
           element("casus", "fase_afronden",
                   loop=Loop(LoopKind.PARALLEL, '=afspraken[status = "openstaand"]', "afspraak")),
           "check:antwoord_onbekend"),
    mutant("alleen wat openstaat afronden",
           element("casus", "fase_afronden", loop=Loop(LoopKind.PARALLEL, '=afspraken[status = "open"]', "afspraak")),
           "check:wachtend_overgeslagen"),
    mutant("een keuze die altijd dezelfde kant op gaat", flow("geen_contact", "contact_besluit_ja", condition="=false"),
           "check:antwoord_vast"),
    mutant("bij de eerste afspraak die klaar is stopt de rest",
           element("casus", "fase_afronden",
                   loop=Loop(LoopKind.PARALLEL, '=afspraken[status = "open"]', "afspraak", condition="=true")),
           "check:antwoord_vast"),
    mutant("een lijst die altijd leeg is",
           element("casus", "fase_afronden", loop=Loop(LoopKind.PARALLEL, "=[]", "afspraak")), "check:antwoord_vast"),
    mutant("nooit meer spoed", prop("overleg", "overleg_houden", spoed_als="=false"), "check:antwoord_vast"),
    mutant("de stap gewist die de vraag stelt", without("evalueren", "evaluatie_houden"), "check:naam_onbekend"),
    mutant("de vraag staat er, maar niemand ziet hem",
           question("persoonlijk_contact", "rouwzorg_gewenst", hide=feel.parse("true")), "check:naam_onbekend"),
    mutant("een lus over de verkeerde lijst",
           element("casus", "fase_afronden", loop=Loop(LoopKind.PARALLEL, "=afsprakenlijst", "afspraak")),
           "check:naam_onbekend"),
    mutant("toegewezen aan een naam die niemand invult", prop("veiligheid", "melding_doen", toewijzen="melder"),
           "check:naam_onbekend"),
    # a free choice, and what is recorded of it
    mutant("het ja staat al aangekruist", question("toestemming_vastleggen", "antwoord", default="ja"),
           "check:vrije_keuze"),
    mutant("het besluit om niet te melden staat er al", question("besluit_nemen", "veiligheid_melden", default="nee"),
           "check:vrije_keuze"),
    mutant("niemand kan nee zeggen", question("vervolg_vragen", "vervolg_gewenst", options=choices("ja")),
           "check:vrije_keuze"),
    mutant("niemand kan ja zeggen tegen een overdracht",
           question("overdracht_nieuwe_gemeente_vragen", "overdracht_gewenst", options=choices("ja_graag", "nee")),
           "check:vrije_keuze"),
    mutant("een ja zonder te zeggen van wie", question("vervolg_vragen", "vervolg_toestemmingen", required=False),
           "check:antwoord_leeg"),
    mutant("afspraken komen in geen register", prop("overleg", "plan_vastleggen", register=None), "check:register"),
    mutant("een stand die het register niet kent",
           question("plan_vastleggen", "status", options=choices("nog_open", "gedaan")), "check:register"),
    mutant("een nieuwe afspraak kan niet open zijn",
           question("steun_afspreken", "status", options=choices("wachtend", "gedaan")), "check:register"),
    mutant("wat gedeeld wordt, heet niet gedeeld", prop("afsluiten", "warme_overdracht", deelt="nee"),
           "check:eigenschap_ontbreekt"),
    mutant("een fase die niet bestaat", prop("evalueren", "evaluatie_houden", fase="terugkijken"), "check:fase"),
    # time that does not count
    mutant("een termijn zonder duur", term("intake", ""), "check:termijn_duur"),
    mutant("een termijn in woorden", term("geboorte", "vijf dagen"), "check:termijn_duur"),
    mutant("een termijn van een eeuw", term("evaluatie", "P100Y"), "check:termijn_duur"),
    mutant("een termijn vanaf een naam", term("steun_start", "P14D", "gezin_naam"), "check:termijn_duur"),
    mutant("bij spoed geen termijn", prop("overleg", "overleg_houden", termijn_spoed=None), "check:termijn"),
    mutant("een klok zonder tijd", clock("verlies", "tijd_en_rust", ""), "check:klok_nooit"),
    mutant("een klok die nooit afgaat", clock("bewaken", "datum_voorbij", "=null", "date"), "check:klok"),
    mutant("een klok die op een naam wacht", clock("casus", "terugkijkmoment", "=gezin_naam", "date"),
           "check:klok_nooit"),
    mutant("een klok voor na een eeuw", clock("geen_contact", "even_wachten", "P100Y"), "check:klok_nooit"),
    # work and messages for nobody
    mutant("een bericht dat niemand kan sturen",
           prop("casus", "kind_geboren_bericht", rollen="bestuurder"), "check:rol_niemand"),
    mutant("niemand overziet de casussen", overseen_by_nobody, "check:rol_niemand"),
    mutant("niemand wordt casusregisseur",
           chain(question("overleg_houden", "casusregisseur", properties={}),
                 question("steun_afspreken", "casusregisseur", properties={})), "check:rol_niemand"),
    mutant("een stap voor een organisatie die er niet is",
           prop("verkennen", "kennismaken", organisatie='="zomaar"'), "check:rol_niemand"),
)

# Slips that change the drawing but break nothing, each with why.
EQUIVALENT = (
    (
        mutant("de herinnering bij een afspraak gewist, met een reden", chain(
               gone("bewaken", "datum_voorbij", "opnieuw_nagaan", "afspraak_nagaan", "nagaan_uitkomst",
                    "nagaan_afgerond", "afspraak_opschalen", "opschalen_besluit", "opschalen_afgerond",
                    "wachten_op_datum", "nieuwe_datum"),
               prop("bewaken", "afspraak_uitvoeren", anders="datum_voorbij",
                    reden="Wij bellen elke week over wat openstaat."),
               _because("bewaken", "afspraak_nagaan, afspraak_opschalen"))),
        "De termijn van de stap zelf blijft bewaakt; het seintje is een extra.",
    ),
)

HARMLESS = (
    mutant("een andere naam voor een stap", element("overleg", "overleg_houden", name="Om tafel")),
    mutant("een ander id voor toestemming vastleggen", renamed("toestemming", "toestemming_vastleggen", "ja_of_nee")),
    mutant("een ander id voor delen stoppen", renamed("intrekking", "delen_stoppen", "stop_met_delen")),
    mutant("een ander id voor een meldcodestap", renamed("veiligheid", "besluit_nemen", "stap_vijf")),
    mutant("een ander id voor een onderbreking", renamed("casus", "toestemming_ingetrokken", "gezin_stopt")),
    mutant("een ander id voor een keuze", renamed("casus", "toestemming_besluit", "mag_het")),
    mutant("een ander id voor eigen zorg", renamed("toestemming", "eigen_zorg_bieden", "zelf_blijven_helpen")),
    mutant("een andere termijn", prop("intake", "aanmelding_beoordelen", termijn="contact")),
    mutant("een andere rol, met een reden",
           chain(element("overleg", "overleg_plannen", roles=("coordinator",)),
                 prop("overleg", "overleg_plannen", anders="rollen", reden="De coördinator houdt de agenda bij."))),
    mutant("een extra stap voor toestemming",
           put("toestemming", task("folder_geven", fase="toestemming"), "naar_uitleg_geven")),
    mutant("een extra stap na het overleg", put("overleg", task("nabellen"), "naar_overleg_klaar")),
    mutant("een extra overleg binnen het team", put("verkennen", task("intern_overleggen"), "naar_route_bepalen")),
    mutant("dubbel evalueren", copy("evalueren", "evaluatie_houden", "evalueren", "naar_evalueren_klaar")),
    mutant("twee keer toestemming vragen",
           copy("toestemming", "toestemming_vastleggen", "toestemming", "naar_toestemming_besluit")),
    mutant("eerst een tweede uitleg",
           copy("toestemming", "uitleg_geven", "toestemming", "naar_toestemming_vastleggen")),
    mutant("eigen zorg ook bij wat niet past",
           copy("toestemming", "eigen_zorg_bieden", "intake", "naar_besluit_bekend")),
    mutant("nee in plaats van ja als voorwaarde",
           default("casus", "toestemming_besluit", "toestemming_besluit_ja", toestemming_besluit_ja="",
                   toestemming_besluit_nee='=toestemming_gegeven = "nee"')),
    mutant("de voorwaarde andersom geschreven",
           flow("casus", "toestemming_besluit_ja", condition='=not(toestemming_gegeven != "ja")')),
    mutant("een ander einde", element("overleg", "overleg_klaar", name="Klaar")),
    mutant("het vooroverleg helemaal weg",
           chain(without("casus", "voorbespreking_keuze", "voorbespreking_keuze_nee"),
                 gone("casus", "fase_voorbespreking"), lambda d: replace(
                     d, processes={k: p for k, p in d.processes.items() if k != "voorbespreking"}))),
    mutant("een extra herinnering bij het plannen",
           put("overleg", task("herinneren", stuurt="uitnodiging"), "naar_overleg_houden")),
    mutant("eerst de ouders voorbereiden, dan uitnodigen",
           chain(without("overleg", "ouders_voorbereiden"),
                 lambda d: put("overleg", reference().processes["overleg"].elements["ouders_voorbereiden"],
                               "overleg_kan_doorgaan_ja")(d))),
    mutant("een andere uitleg bij een stap", element("intake", "aanmelding_beoordelen", documentation="Anders.")),
    mutant("een ander id voor signaal bespreken", renamed("signaleren", "signaal_bespreken", "gesprek_met_gezin")),
    mutant("een ander id voor het plan", renamed("overleg", "plan_vastleggen", "afspraken_noteren")),
    mutant("een andere naam voor de fase signaleren", phase("signaleren", "opmerken")),
    mutant("het overleg in het overzicht getekend", drawn_in("casus", "fase_overleg")),
    mutant("de afspraken een voor een afronden",
           element("casus", "fase_afronden",
                   loop=Loop(LoopKind.SEQUENTIAL, '=afspraken[status = "open" or status = "wachtend"]', "afspraak"))),
    mutant("een termijn in werkdagen", term("evaluatie", "50 werkdagen")),
    mutant("na intrekken een hele dag", term("intrekking", "P1D")),
    mutant("na een verlies veertig dagen rust", term("afspraak_controle", "P40D")),
    mutant("een overleg na vijf weken, met een reden", term("overleg", "P35D", excused=["duur"])),
    mutant("alleen wie overzicht houdt mag intrekken melden",
           prop("casus", "toestemming_ingetrokken", rollen="coordinator", anders="rollen",
                reden="Eén nummer voor alle gezinnen.")),
    mutant("de procesregisseur is ook casusregisseur, en meldt het intrekken",
           chain(role("procesregisseur", also=("casusregisseur",), excused=frozenset({"casusregisseur"})),
                 prop("casus", "toestemming_ingetrokken", rollen="casusregisseur", anders="rollen",
                      reden="De regio is klein."))),
    mutant("een termijn vanaf de start van de casus", term("intake", "5 werkdagen", "casus")),
    mutant("een klok met een vaste tijd", clock("geen_contact", "even_wachten", "P5D")),
    mutant("een antwoord erbij",
           question("persoonlijk_contact", "rouwzorg_gewenst", options=choices("ja", "later", "nee", "weet_niet"))),
    mutant("een vraag minder verplicht", question("uitleg_geven", "uitleg_begrepen", required=False)),
    mutant("een andere vraag als label", question("contact_zoeken", "contact_gelukt", label="Lukte het?")),
    mutant("een stap door meer rollen, met een reden",
           chain(element("bewaken", "steun_starten", roles=("coordinator", "casusregisseur")),
                 prop("bewaken", "steun_starten", anders="rollen", reden="De coördinator valt in."))),
    mutant("geen spoed meer, met een reden",
           prop("overleg", "overleg_houden", termijn_spoed=None, spoed_als=None, anders="termijn_spoed, spoed_als",
                reden="Het overleg is elke week.")),
    mutant("fase niet ingevuld", prop("evalueren", "evaluatie_houden", fase=None)),
    mutant("een langere wachttijd na verlies, met een reden",
           chain(element("verlies", "tijd_en_rust", event=Event(EventKind.TIMER, "", TimerKind.DURATION, "P2M")),
                 prop("verlies", "tijd_en_rust", anders="klok", reden="Wij bellen zelf na een maand."))),
)
# fmt: on


def main() -> None:
    """Tell what became of each mutant."""
    original = reference()
    for mutant in (*MUTANTS, *(mutant for mutant, _ in EQUIVALENT), *HARMLESS):
        ids = refusals(mutant.change(original))
        right = bool(ids & mutant.caught_by) if mutant.caught_by else not ids
        print(f"{'ok ' if right else 'NEE'} {mutant.name}: {', '.join(sorted(ids)) or 'niets'}")  # noqa: T201


if __name__ == "__main__":
    main()
