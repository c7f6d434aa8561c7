"""The rules of what reads files, which can only name them: diagrams, forms, tables, settings and examples."""

from engine.checks.rule import Rule, Topic

_FILE = "Zonder leesbaar bestand is er niets om na te kijken of te draaien."
_FORM = "Een formulier dat niet klopt, laat iemand met een lege pagina zitten."
_TABLE = "Een tabel die niet klopt, geeft geen advies aan wie beslist."
_CODE = "Wat een bestand zelf laat doen, ziet niemand. Alles wat er gebeurt, staat in het diagram."
EXACT = "Wat niet precies vastligt, voert de computer niet uit: liever geen casus dan een verkeerde."
_SMALLER = "Knip het in kleinere diagrammen die elkaar aanroepen."
_TABLED = "begin > bellen > wegen > klaar\nwegen: businessRuleTask camunda:decisionRef=advies"
_ADVICE = 'aantal number => advies\n< 2 => "een bezoek"\n>= 2 => "twee bezoeken"'
_DMN = '<?xml version="1.0"?>\n<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/">{0}</definitions>'
_COLUMN = '<input id="vraag"><inputExpression id="om"><text>aantal</text></inputExpression></input>'
_KEPT = "begin > bellen > klaar"
_KINDS = "gegevenssoorten: {contact: {naam: Hoe we jullie bereiken}}"
_GROUND = "grond: toestemming, artikel: AVG artikel 6 lid 1 a"


def _form(parts: str) -> dict[str, str]:
    """An example with a form of these parts."""
    return {"formulieren/vragen.form": parts}


def _table(decision: str) -> dict[str, str]:
    """An example with a table that is written out."""
    return {"proef.bpmn": _TABLED, "advies.dmn": _DMN.format(decision)}


_QUESTION = "- {type: textfield, key: waarom, label: Waarom}"
_RIGHT_FORM = _form(_QUESTION)
_RIGHT_TABLE = {"proef.bpmn": _TABLED, "advies.dmn": _ADVICE}

# --- any file --------------------------------------------------------------------------------------------------

NO_FILE = Rule(
    "bestand",
    Topic.READING,
    "Het bestand of de map bestaat, en je mag het lezen.",
    _FILE,
    "Kijk de naam na, en of je het bestand mag lezen.",
    wrong="",
    right="",
    unprovable=True,
)
EMPTY = Rule(
    "leeg",
    Topic.READING,
    "In het bestand of de map staat iets om na te kijken.",
    _FILE,
    "Kies een ander bestand of een andere map.",
    wrong={"proef.bpmn": ""},
    right=_KEPT,
    unprovable=True,
)
LARGE_FILE = Rule(
    "bestand_groot",
    Topic.READING,
    "Een diagram is niet groter dan 20 MB.",
    _FILE,
    _SMALLER,
    wrong="",
    right="",
    unprovable=True,
)
DEEP_FILE = Rule(
    "bestand_diep",
    Topic.READING,
    "In een diagram zit niet te veel in elkaar.",
    _FILE,
    _SMALLER,
    wrong="",
    right="",
    unprovable=True,
)
XML = Rule(
    "xml",
    Topic.READING,
    "Een diagram is leesbare XML, zonder DOCTYPE.",
    _FILE,
    "Open het in de modeler en sla het opnieuw op.",
    wrong={"proef.bpmn": '<?xml version="1.0"?>\n<definitions><process id="proef">'},
    right=_KEPT,
    unprovable=True,
)
NO_BPMN = Rule(
    "geen_bpmn",
    Topic.READING,
    "Een diagram is BPMN 2.0.",
    _FILE,
    "Sla het diagram in het programma waar het uit komt op als BPMN 2.0.",
    wrong={"proef.bpmn": "<html><body>Proef</body></html>"},
    right=_KEPT,
    unprovable=True,
)
NO_PROCESS = Rule(
    "geen_proces",
    Topic.READING,
    "In een diagram staat een proces.",
    _FILE,
    "Teken een begin, stappen en een einde.",
    wrong={
        "proef.bpmn": '<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" targetNamespace="x">'
        '<collaboration id="pools" /></definitions>'
    },
    right=_KEPT,
    unprovable=True,
)
SEVERAL = Rule(
    "meer_processen",
    Topic.READING,
    "In een bestand staat een proces.",
    "Een casus gaat door een proces. Van twee processen in een bestand weet niemand welk er begint.",
    "Maak van elk proces een eigen bestand.",
    wrong=f'{_KEPT}\n<process id="ander"><userTask id="bezoeken" name="Bezoeken" /></process>',
    right=_KEPT,
    unprovable=True,
)
MANY = Rule(
    "te_veel",
    Topic.READING,
    "Een diagram heeft niet meer dan 3000 onderdelen.",
    "Wat niemand kan overzien en de computer niet kan nagaan, mag geen gezin raken.",
    _SMALLER,
    wrong="",
    right="",
    unprovable=True,
)
UNFINISHED = Rule(
    "niet_af",
    Topic.READING,
    "Een bestand is binnen een paar seconden helemaal na te kijken.",
    _FILE,
    _SMALLER,
    wrong="",
    right="",
    unprovable=True,
)
YAML = Rule(
    "yaml",
    Topic.READING,
    "Een bestand met instellingen is leesbare YAML.",
    _FILE,
    "Let op de inspringing: met spaties, en onder elkaar wat bij elkaar hoort.",
    wrong={"regio.yaml": "gemeenten: {dorp: [Dorp}"},
    right={"regio.yaml": "gemeenten: {dorp: Dorp}"},
    unprovable=True,
)
NO_REGION = Rule(
    "regio_onbekend",
    Topic.READING,
    "De regio waar om wordt gevraagd, bestaat.",
    _FILE,
    "Kies een map die in workflows/regios staat.",
    wrong="",
    right="",
    unprovable=True,
)

NO_HOME = Rule(
    "proces_onbekend",
    Topic.READING,
    "Het proces waar om wordt gevraagd, bestaat.",
    _FILE,
    "Kies een map die in workflows staat.",
    wrong="",
    right="",
    unprovable=True,
)

AUTHORITY = Rule(
    "zeggenschap",
    Topic.READING,
    "De regio zegt per leeftijd wiens ja telt: van de persoon zelf, van wie gezag heeft, of van allebei.",
    "Zegt de regio dat niet goed, dan gaat iets open met het ja van een ander, of blijft het voor altijd dicht.",
    "Schrijf bij onder_12, 12_15 en 16_plus: zelf, gezag of allebei.",
    wrong={"regio.yaml": "zeggenschap: {'10_12': [gezag]}"},
    right={"regio.yaml": "zeggenschap: {onder_12: [gezag]}"},
    unprovable=True,
)
NEEDS = Rule(
    "nodig",
    Topic.READING,
    "Wat een soort organisatie nodig heeft, staat er met soorten gegevens die bestaan, de grond en het artikel.",
    "Dit is wat opengaat als een ouder ja zegt. Een eigen verhaal hoort daar nooit bij: dat kiest een ouder zelf.",
    "Gebruik een soort uit gegevenssoorten, en vul grond en artikel in.",
    wrong={"regio.yaml": f"{_KINDS}\nnodig: {{knooppuntteam: {{delen: {{soorten: [geld], {_GROUND}}}}}}}"},
    right={"regio.yaml": f"{_KINDS}\nnodig: {{knooppuntteam: {{delen: {{soorten: [contact], {_GROUND}}}}}}}"},
    unprovable=True,
)

KEPT = Rule(
    "bewaren",
    Topic.READING,
    "De regio zegt van een dossier hoelang het blijft en waarom, in een duur die telt.",
    "Anders blijft een dossier voor altijd, of is het weg voordat iemand het nog nodig had.",
    "Schrijf een duur zoals P5Y, en bij 'grond' de wet of het besluit waar die op rust.",
    wrong={"regio.yaml": "bewaren: {dossier: {duur: 5 jaar, grond: besluit van het college}}"},
    right={"regio.yaml": "bewaren: {dossier: {duur: P5Y, grond: besluit van het college}}"},
    unprovable=True,
)

REMINDERS = Rule(
    "herinneringen",
    Topic.READING,
    "De regio zegt van herinneringen hoelang vooraf en hoelang daarna, in een tijd die telt.",
    "Anders hoort niemand dat er iets wacht, of iedereen te laat.",
    "Schrijf bij 'vooraf', 'na_regie' en 'na_organisatie' een tijd zoals '2 werkdagen' of P7D.",
    wrong={"regio.yaml": "herinneringen: {vooraf: twee dagen}"},
    right={"regio.yaml": "herinneringen: {vooraf: 2 werkdagen}"},
    unprovable=True,
)

UPKEEP = Rule(
    "handreiking",
    Topic.READING,
    "Wat bij een bladzijde van de handreiking staat, is een dag, een duur en een adres die kloppen.",
    "Wie leest, ziet wanneer iemand de bladzijde nalas en waar een reactie heen kan. Dat moet waar zijn.",
    "Schrijf een dag zoals 2027-03-01, een duur zoals P1Y, en een adres met mailto: of https:// ervoor.",
    wrong={"regio.yaml": "handreiking: {alles: {nagelezen: vorig jaar}}"},
    right={"regio.yaml": "handreiking: {alles: {nagelezen: 2026-03-01, elke: P1Y}}"},
    unprovable=True,
)

# --- diagrams --------------------------------------------------------------------------------------------------

NAME = Rule(
    "naam",
    Topic.FILE,
    "Een bestand heet zoals het proces dat erin staat.",
    "Aan de naam ziet de computer welk diagram wordt aangeroepen.",
    "Geef beide dezelfde naam.",
    wrong="proef: id=proeve\nbegin > bellen > klaar",
    right=_KEPT,
)
RUNNABLE = Rule(
    "uitvoerbaar",
    Topic.REFERENCES,
    "Een proces dat moet draaien, staat op 'uitvoerbaar'.",
    "Alleen een diagram dat op 'uitvoerbaar' staat, is bedoeld om te draaien.",
    "Zet in de modeler 'Executable' aan.",
    wrong="proef: isExecutable=false\nbegin > bellen > klaar",
    right=_KEPT,
)
ID = Rule(
    "id",
    Topic.STANDARD,
    "Elk onderdeel heeft een id die maar een keer voorkomt.",
    "Aan de id weet de computer waar een casus is. Twee keer dezelfde id is een casus op twee plekken.",
    "Geef het onderdeel een eigen id.",
    wrong=f'{_KEPT}\n<sequenceFlow id="bellen" sourceRef="bellen" targetRef="klaar" />',
    right=_KEPT,
    unprovable=True,
)
CODE = Rule(
    "code",
    Topic.DIALECT,
    "In een diagram staat geen programma: geen script, geen koppeling, geen regel die iets stil doet.",
    _CODE,
    "Haal het weg, en maak van wat er moet gebeuren een eigen stap.",
    wrong='begin > bellen > klaar\nbellen: <extensionElements><camunda:taskListener class="stuur.Mail" '
    'event="create" /></extensionElements>',
    right="begin > bellen > mailen > klaar",
    unprovable=True,
    silenced_by=frozenset({"soort"}),
)
LANGUAGE = Rule(
    "taal",
    Topic.DIALECT,
    "Een uitdrukking staat in FEEL, niet in een andere taal.",
    "Een andere taal kan van alles doen zonder dat iemand het ziet. FEEL rekent alleen.",
    'Schrijf de uitdrukking in FEEL, met een = ervoor, zoals =besluit = "ja".',
    wrong="begin > bellen > wachten > klaar\nwachten: intermediateCatchEvent duration=${wachttijd}",
    right="begin > bellen > wachten > klaar\nwachten: intermediateCatchEvent duration=P14D",
    unprovable=True,
    silenced_by=frozenset({"soort", "feel", "leeg_gelaten"}),
)
DATA = Rule(
    "gegevens",
    Topic.DIALECT,
    "Gegevens komen uit formulieren en tabellen, niet uit pijlen of regels ernaast.",
    "Wat onderweg verandert, ziet niemand. Een antwoord moet blijven wat iemand invulde.",
    "Vraag de gegevens in een stap.",
    wrong='begin > bellen > klaar\nbellen: <dataInputAssociation id="van"><assignment><from>1</from><to>aantal</to>'
    "</assignment></dataInputAssociation>",
    right=_KEPT,
    unprovable=True,
    silenced_by=frozenset({"soort"}),
)
NUMBER = Rule(
    "aantal",
    Topic.DIALECT,
    "Een aantal is een heel getal dat te tellen is.",
    EXACT,
    "Vul een heel getal in, of laat het leeg.",
    wrong="begin > bellen > klaar\nbellen: startQuantity=veel",
    right=_KEPT,
    unprovable=True,
)

# --- forms -----------------------------------------------------------------------------------------------------

FORM_JSON = Rule(
    "formulier_json",
    Topic.READING,
    "Een formulier is leesbare JSON van form-js.",
    _FORM,
    "Open het formulier in Camunda Modeler en sla het opnieuw op.",
    wrong=_form('{"type": "default",'),
    right=_RIGHT_FORM,
    unprovable=True,
)
FORM_LARGE = Rule(
    "formulier_groot",
    Topic.READING,
    "Een formulier is klein genoeg om in te vullen.",
    _FORM,
    "Verdeel het over meer stappen.",
    wrong="",
    right="",
    unprovable=True,
)
FORM_ID = Rule(
    "formulier_id",
    Topic.READING,
    "De id van een formulier is de naam van het bestand, zonder “.form”.",
    "Aan de id weet een stap welk formulier het is.",
    "Geef het formulier als id de naam van het bestand, zonder “.form”.",
    wrong=_form('{"type": "default", "id": "anders", "components": []}'),
    right=_RIGHT_FORM,
    unprovable=True,
)
FORM_KIND = Rule(
    "formulier_soort",
    Topic.READING,
    "Een formulier is er een van form-js.",
    _FORM,
    "Maak het formulier opnieuw in Camunda Modeler.",
    wrong=_form('{"type": "ander", "id": "vragen", "components": []}'),
    right=_RIGHT_FORM,
    unprovable=True,
)
FORM_SHAPE = Rule(
    "formulier_vorm",
    Topic.READING,
    "Een formulier heeft een lijst met onderdelen.",
    _FORM,
    "Zet de vragen onder “components”.",
    wrong=_form('{"type": "default", "id": "vragen"}'),
    right=_RIGHT_FORM,
    unprovable=True,
)
FORM_EMPTY = Rule(
    "formulier_leeg",
    Topic.READING,
    "In een formulier staat een vraag.",
    _FORM,
    "Voeg minstens een vraag toe.",
    wrong=_form("- {type: text, id: uitleg, text: Bel het gezin.}"),
    right=_RIGHT_FORM,
    unprovable=True,
)
FORM_DEEP = Rule(
    "formulier_diep",
    Topic.READING,
    "Groepen in een formulier zitten hoogstens vijf lagen in elkaar.",
    "In wat dieper zit, raakt iemand die invult de weg kwijt.",
    "Houd het bij een paar lagen.",
    wrong=_form("- " + "".join(f"{{type: group, id: g{n}, components: [" for n in range(7)) + "]}" * 7),
    right=_RIGHT_FORM,
    unprovable=True,
)
PART_ID = Rule(
    "onderdeel_id",
    Topic.READING,
    "Elk onderdeel van een formulier heeft een eigen id.",
    "Aan de id weet de computer waar een antwoord bij hoort.",
    "Geef elk onderdeel een eigen id.",
    wrong=_form(f"{_QUESTION}\n- {{type: textfield, id: waarom, key: hoe, label: Hoe}}"),
    right=_form(f"{_QUESTION}\n- {{type: textfield, key: hoe, label: Hoe}}"),
    unprovable=True,
)
PART_KIND = Rule(
    "onderdeel_soort",
    Topic.READING,
    "Een formulier heeft alleen onderdelen die Knooppunt kan tonen.",
    _FORM,
    "Kies een onderdeel dat Knooppunt kent.",
    wrong=_form("- {type: image, id: foto}\n" + _QUESTION),
    right=_RIGHT_FORM,
    unprovable=True,
)
PART_PROPERTY = Rule(
    "onderdeel_eigenschap",
    Topic.READING,
    "Een onderdeel van een formulier heeft alleen eigenschappen die Knooppunt leest.",
    "Wat niet wordt gelezen, werkt ook niet. Wie het formulier maakte, denkt van wel.",
    "Haal de eigenschap weg.",
    wrong=_form("- {type: textfield, key: waarom, label: Waarom, readonly: true}"),
    right=_RIGHT_FORM,
    unprovable=True,
)
VALIDATION = Rule(
    "controle",
    Topic.READING,
    "Wat een formulier controleert, kan worden gecontroleerd.",
    "Een controle die niet werkt, laat door wat fout is of houdt tegen wat goed is.",
    "Verbeter de controle, of haal haar weg.",
    wrong=_form("- {type: textfield, key: waarom, label: Waarom, validate: {minLength: kort}}"),
    right=_form("- {type: textfield, key: waarom, label: Waarom, validate: {minLength: 3}}"),
    unprovable=True,
)
KEY = Rule(
    "veldnaam",
    Topic.READING,
    "Elke vraag heeft een eigen veldnaam, van kleine letters, cijfers en _.",
    "Onder de veldnaam staat het antwoord. Twee vragen met een naam overschrijven elkaar.",
    "Geef de vraag een eigen veldnaam, zoals gezin_naam.",
    wrong=_form("- {type: textfield, key: Waarom dan, label: Waarom}"),
    right=_RIGHT_FORM,
    unprovable=True,
)
FORM_TEXT = Rule(
    "formulier_tekst",
    Topic.READING,
    "Elke vraag heeft een opschrift, in gewone tekst.",
    "Wie invult, leest het opschrift. Zonder weet niemand wat er wordt gevraagd.",
    "Vul bij de vraag het opschrift in.",
    wrong=_form("- {type: textfield, key: waarom}"),
    right=_RIGHT_FORM,
    unprovable=True,
)
OPTIONS = Rule(
    "antwoorden",
    Topic.READING,
    "Een keuzevraag heeft antwoorden, elk met een eigen waarde en een opschrift.",
    "Twee antwoorden met een waarde zijn later niet uit elkaar te houden.",
    "Geef elk antwoord een eigen “value” en een “label”.",
    wrong=_form(
        "- {type: radio, key: wil, label: Wil het gezin, values: [{value: ja, label: Ja}, {value: ja, label: Nee}]}"
    ),
    right=_form(
        "- {type: radio, key: wil, label: Wil het gezin, values: [{value: ja, label: Ja}, {value: nee, label: Nee}]}"
    ),
    unprovable=True,
)
CONDITION = Rule(
    "voorwaarde",
    Topic.READING,
    "Wanneer een vraag verborgen is, staat in FEEL.",
    "Een vraag die nooit verschijnt, kan niemand beantwoorden.",
    'Schrijf de voorwaarde met een = ervoor, bijvoorbeeld =zwanger != "ja".',
    wrong=_form("- {type: textfield, key: waarom, label: Waarom, conditional: {hide: soms}}"),
    right=_form(
        "- {type: textfield, key: naam, label: Naam}\n"
        "- {type: textfield, key: waarom, label: Waarom, conditional: {hide: '=naam = \"\"'}}"
    ),
    unprovable=True,
)
COMPUTATION = Rule(
    "berekening",
    Topic.READING,
    "Wat vanzelf uit de antwoorden volgt, staat in FEEL.",
    "Wat niet uit te rekenen is, blijft leeg. De casus neemt dan stil de verkeerde weg.",
    "Schrijf bij “expression” met een = ervoor waar het uit volgt.",
    wrong=_form(f"{_QUESTION}\n- {{type: expression, key: besluit, expression: ja als er een reden is}}"),
    right=_form(
        f'{_QUESTION}\n- {{type: expression, key: besluit, expression: \'=if waarom = null then "nee" else "ja"\'}}'
    ),
    unprovable=True,
)
DEFAULT = Rule(
    "beginwaarde",
    Topic.READING,
    "De beginwaarde past bij de soort vraag.",
    "Een waarde die niet past, kan niemand bewaren.",
    "Verander de beginwaarde, of haal haar weg.",
    wrong=_form("- {type: number, key: aantal, label: Aantal, defaultValue: veel}"),
    right=_form("- {type: number, key: aantal, label: Aantal, defaultValue: 1}"),
    unprovable=True,
)
PROPERTIES = Rule(
    "eigenschappen",
    Topic.READING,
    "Bij “properties” staan namen met een tekst.",
    "Aan deze namen hangt waar een antwoord terechtkomt.",
    "Schrijf bij elke naam een tekst.",
    wrong=_form("- {type: textfield, key: waarom, label: Waarom, properties: [wat]}"),
    right=_RIGHT_FORM,
    unprovable=True,
)

# --- decision tables -------------------------------------------------------------------------------------------

DMN = Rule(
    "dmn",
    Topic.READING,
    "Een beslistabel is een leesbaar DMN-bestand.",
    _TABLE,
    "Maak de beslistabel in Camunda Modeler (DMN 1.3) en sla haar op.",
    wrong={"proef.bpmn": _TABLED, "advies.dmn": "<html>Advies</html>"},
    right=_RIGHT_TABLE,
)
NO_TABLE = Rule(
    "tabel",
    Topic.READING,
    "In een DMN-bestand staat een beslistabel.",
    _TABLE,
    "Maak er een beslistabel in.",
    wrong=_table(""),
    right=_RIGHT_TABLE,
)
TABLE_ID = Rule(
    "tabel_id",
    Topic.READING,
    "Elke tabel heeft een eigen id.",
    "Aan de id weet een stap welke tabel het is.",
    "Geef elke tabel een eigen id.",
    wrong=_table(
        f'<decision name="Advies"><decisionTable>{_COLUMN}<output name="advies" /><rule><inputEntry>'
        "<text>-</text></inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable></decision>"
    ),
    right=_RIGHT_TABLE,
)
TABLE_ALONE = Rule(
    "tabel_los",
    Topic.READING,
    "Een tabel staat op zichzelf: zij gebruikt geen uitkomst van een andere tabel.",
    "Wat tussen tabellen gebeurt, staat niet op de tekening.",
    "Zet die andere tabel als eigen stap in het diagram en lees haar uitkomst als veld.",
    wrong=_table(
        '<decision id="advies" name="Advies"><informationRequirement><requiredDecision href="#ander" />'
        f'</informationRequirement><decisionTable>{_COLUMN}<output name="advies" /><rule><inputEntry><text>-</text>'
        "</inputEntry><outputEntry><text>1</text></outputEntry></rule></decisionTable></decision>"
    ),
    right=_RIGHT_TABLE,
)
TABLE_KIND = Rule(
    "tabel_soort",
    Topic.READING,
    "Een beslissing is een tabel.",
    "Een tabel kan iedereen lezen en nakijken. Een formule niet.",
    "Maak er een beslistabel van.",
    wrong=_table(
        '<decision id="advies" name="Advies"><literalExpression><text>1</text></literalExpression></decision>'
    ),
    right=_RIGHT_TABLE,
)
TABLE_POLICY = Rule(
    "tabel_regel",
    Topic.READING,
    "Een tabel zegt met een trefregel van DMN welke regel telt, en bij PRIORITY en OUTPUT ORDER wat voorgaat.",
    _TABLE,
    "Kies UNIQUE, FIRST, ANY of COLLECT.",
    wrong={"proef.bpmn": _TABLED, "advies.dmn": f"PRIORITY: {_ADVICE}"},
    right=_RIGHT_TABLE,
)
TABLE_ROWS = Rule(
    "tabel_regels",
    Topic.READING,
    "Een tabel heeft regels, en elke regel een cel voor elke kolom.",
    _TABLE,
    "Vul de regels van de tabel in.",
    wrong={"proef.bpmn": _TABLED, "advies.dmn": "aantal number => advies"},
    right=_RIGHT_TABLE,
)
TABLE_OUTCOME = Rule(
    "tabel_uitkomst",
    Topic.READING,
    "Een tabel heeft een uitkomst, en elke uitkomst een eigen naam.",
    _TABLE,
    "Voeg een kolom voor de uitkomst toe, met een eigen naam.",
    wrong=_table(
        f'<decision id="advies" name="Advies"><decisionTable>{_COLUMN}<rule><inputEntry><text>-</text>'
        "</inputEntry></rule></decisionTable></decision>"
    ),
    right=_RIGHT_TABLE,
)
TABLE_CELL = Rule(
    "tabel_cel",
    Topic.READING,
    "In elke cel van een tabel staat FEEL.",
    _TABLE,
    "Schrijf in de cel een waarde of een vergelijking, zoals < 2.",
    wrong={"proef.bpmn": _TABLED, "advies.dmn": _ADVICE.replace("< 2", "minder dan (")},
    right=_RIGHT_TABLE,
)
TABLE_LANGUAGE = Rule(
    "tabel_taal",
    Topic.READING,
    "Een tabel is geschreven in FEEL.",
    "Een andere taal kan van alles doen zonder dat iemand het ziet. FEEL rekent alleen.",
    "Schrijf de cel in FEEL, en kies in de modeler FEEL als taal.",
    wrong=_table(
        f'<decision id="advies" name="Advies"><decisionTable>{_COLUMN}<output name="advies" /><rule>'
        '<inputEntry expressionLanguage="groovy"><text>-</text></inputEntry>'
        "<outputEntry><text>1</text></outputEntry></rule>"
        "</decisionTable></decision>"
    ),
    right=_RIGHT_TABLE,
)

# --- spelregels and examples -----------------------------------------------------------------------------------

SPELREGELS = Rule(
    "spelregels",
    Topic.GIVEN,
    "Wat in spelregels.yaml staat, is te lezen en compleet.",
    "Spelregels beschermen gezinnen. Wat niet te lezen is, beschermt niemand.",
    "Schrijf de regel zoals in het voorbeeldproces.",
    wrong={"spelregels.yaml": "spelregels: Doe het goed"},
    right={"spelregels.yaml": "spelregels: []"},
)
EXAMPLE = Rule(
    "voorbeeld",
    Topic.EXAMPLES,
    "Elk voorbeeld loopt zoals het er staat.",
    "Voorbeelden laten zien wat het proces hoort te doen. Klopt er een niet, dan klopt de tekening of het voorbeeld "
    "niet.",
    "Pas het voorbeeld of het diagram aan.",
    wrong="",
    right="",
)
