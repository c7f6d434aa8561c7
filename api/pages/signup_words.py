"""What the pages say on which somebody asks for help with a family: in Dutch, and in English for who reads no Dutch."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from engine.cases.signups import Wrong
from engine.words import Answer, SignupBy, SignupState

DUTCH, ENGLISH = "nl", "en"


@dataclass(frozen=True)
class Said:
    """How a question is asked: its label, a line below it, and the words of what one chooses from."""

    label: str
    hint: str = ""
    choices: Mapping[str, str] = field(default_factory=dict)
    kind: str = "text"
    """Which field it is: text, tel, area, radio, select, check."""


@dataclass(frozen=True)
class Form:
    """What the page around the questions says."""

    title: str
    lead: str
    before: tuple[str, ...]
    send: str
    questions: Mapping[str, Said]


@dataclass(frozen=True)
class Words:
    """Everything that these pages say in one language."""

    title: str
    lead: str
    urgent: tuple[str, ...]
    """Phone numbers at every second place."""
    call: str
    family: tuple[str, str]
    professional: tuple[str, str]
    status: tuple[str, str]
    other_language: str
    choose: str
    optional: str
    place: Said
    no_place: str
    forms: Mapping[SignupBy, Form]
    wrong: Mapping[Wrong, str]
    summary: str
    trap: str
    trapped: str
    quick: str
    stale: str
    full: str
    sent_title: str
    sent: str
    sent_next: str
    within: str
    """By when, of a number of working days; `soon` where the region has another term, or none."""
    soon: str
    code: str
    keep: str
    print_it: str
    status_lead: str
    ask_status: str
    states: Mapping[SignupState, str]
    no_code: str
    back: str


_YES_NO = {Answer.YES.value: "Ja", Answer.NO.value: "Nee"}
_YES_NO_EN = {Answer.YES.value: "Yes", Answer.NO.value: "No"}
_KINDS = {
    "verloskundige": "Verloskundige",
    "kraamzorg": "Kraamzorg",
    "jgz": "Jeugdgezondheidszorg",
    "huisarts": "Huisarts of praktijkondersteuner",
    "ziekenhuis": "Ziekenhuis",
    "maatschappelijk_werk": "Maatschappelijk werk of wijkteam",
    "kinderopvang": "Kinderopvang",
    "ander_werk": "Iets anders",
}
_KINDS_EN = {
    "verloskundige": "Midwife",
    "kraamzorg": "Maternity care",
    "jgz": "Youth health care",
    "huisarts": "GP or practice nurse",
    "ziekenhuis": "Hospital",
    "maatschappelijk_werk": "Social work or neighbourhood team",
    "kinderopvang": "Childcare",
    "ander_werk": "Something else",
}

_FAMILY = Form(
    title="Hulp vragen voor jezelf",
    lead="Ben je zwanger, of heb je een kind jonger dan twee jaar? En kun je hulp gebruiken? Vertel het ons kort. "
    "Dan bellen we je.",
    before=(
        "Eén persoon van het Knooppunt in jouw gemeente leest dit en belt je. Die deelt niets met anderen zonder "
        "dat jij "
        "dat goedvindt.",
        "Schrijf niet meer dan je wilt. De rest kun je straks zelf vertellen.",
    ),
    send="Versturen",
    questions={
        "naam": Said("Hoe mogen we je noemen?", "Je voornaam is genoeg."),
        "telefoon": Said("Op welk nummer kunnen we je bellen?", kind="tel"),
        "bellen": Said("Wanneer kunnen we je rustig bellen?", "Bijvoorbeeld: als ik alleen ben, dinsdagochtend."),
        "inspreken": Said("Mogen we een bericht inspreken als je niet opneemt?", choices=_YES_NO, kind="radio"),
        "situatie": Said(
            "Wat past bij jou?",
            choices={
                "zwanger": "Ik ben zwanger",
                "jong_kind": "Ik heb een kind jonger dan twee jaar",
                "partner_zwanger": "Mijn partner is zwanger of kreeg ons kind",
            },
            kind="radio",
        ),
        "woorden": Said("Waar wil je hulp bij?", "In je eigen woorden. Eén zin is genoeg.", kind="area"),
        "taal": Said("In welke taal praat je het liefst?", "We kunnen een tolk vragen."),
    },
)
_PROFESSIONAL = Form(
    title="Een gezin aanmelden",
    lead="Voor wie werkt met een zwangere of een jong gezin. Bespreek het eerst met het gezin, en vul dit het liefst "
    "samen in. Het duurt twee minuten.",
    before=(
        "Eén persoon van het Knooppunt in die gemeente leest dit en neemt contact op. Alles over toestemming vragen we "
        "daarna aan het gezin zelf.",
        "Weet het gezin het nog niet, of twijfel je of iemand veilig is? Stuur dan niets. Bel voor raad, zonder naam.",
    ),
    send="Aanmelding versturen",
    questions={
        "weet_het": Said(
            "Weet het gezin hiervan?",
            choices={Answer.YES.value: "Ja, zij weten dat ik dit doorgeef en vinden het goed"},
            kind="check",
        ),
        "melder": Said("Jouw naam"),
        "werk": Said("Waar werk je?", choices=_KINDS, kind="select"),
        "organisatie": Said("Naam van je praktijk of organisatie"),
        "eigen_telefoon": Said("Op welk nummer kunnen we jou bellen?", kind="tel"),
        "naam": Said("Hoe heet de moeder, of het gezin?", "Zoals zij genoemd wil worden. Een voornaam is genoeg."),
        "telefoon": Said("Op welk nummer kunnen we haar bellen?", "Leeg? Dan bellen we jou eerst.", kind="tel"),
        "bellen": Said("Wanneer kunnen we haar rustig bellen?"),
        "zwanger": Said("Is zij zwanger?", choices=_YES_NO, kind="radio"),
        "woorden": Said(
            "Waar wil het gezin hulp bij?",
            "Zoals zij het zelf zeggen. Schrijf niets over anderen, en niets over veiligheid: bel daarvoor.",
            kind="area",
        ),
        "taal": Said("Welke taal praten zij het liefst?", "We kunnen een tolk vragen."),
    },
)
_FAMILY_EN = Form(
    title="Ask for help for yourself",
    lead="Are you pregnant, or do you have a child under two? And could you use some help? Tell us in a few words. "
    "We will call you.",
    before=(
        "One person of the Knooppunt team in your municipality reads this and calls you. That person shares nothing "
        "with others unless you agree.",
        "Write no more than you want to. You can tell us the rest yourself.",
    ),
    send="Send",
    questions={
        "naam": Said("What may we call you?", "Your first name is enough."),
        "telefoon": Said("On which number can we call you?", kind="tel"),
        "bellen": Said("When is a good and safe time to call?", "For example: when I am alone, Tuesday morning."),
        "inspreken": Said("May we leave a message if you don't answer?", choices=_YES_NO_EN, kind="radio"),
        "situatie": Said(
            "What fits you?",
            choices={
                "zwanger": "I am pregnant",
                "jong_kind": "I have a child under two",
                "partner_zwanger": "My partner is pregnant or had our child",
            },
            kind="radio",
        ),
        "woorden": Said("What would you like help with?", "In your own words. One sentence is enough.", kind="area"),
        "taal": Said("Which language do you speak best?", "We can ask for an interpreter."),
    },
)
_PROFESSIONAL_EN = Form(
    title="Sign up a family",
    lead="For those who work with somebody who is pregnant or with a young family. Talk with the family first, "
    "and fill "
    "this in together if you can. It takes two minutes.",
    before=(
        "One person of the Knooppunt team in that municipality reads this and gets in touch. After that we ask the "
        "family itself for consent.",
        "The family doesn't know yet, or you doubt whether somebody is safe? Then send nothing. Call for advice, "
        "without names.",
    ),
    send="Send",
    questions={
        "weet_het": Said(
            "Does the family know?",
            choices={Answer.YES.value: "Yes, they know that I pass this on and agree to it"},
            kind="check",
        ),
        "melder": Said("Your name"),
        "werk": Said("Where do you work?", choices=_KINDS_EN, kind="select"),
        "organisatie": Said("Name of your practice or organisation"),
        "eigen_telefoon": Said("On which number can we call you?", kind="tel"),
        "naam": Said("What is the mother or the family called?", "As she wants to be called. A first name is enough."),
        "telefoon": Said("On which number can we call her?", "Empty? Then we call you first.", kind="tel"),
        "bellen": Said("When is a good and safe time to call her?"),
        "zwanger": Said("Is she pregnant?", choices=_YES_NO_EN, kind="radio"),
        "woorden": Said(
            "What does the family want help with?",
            "As they say it themselves. Write nothing about others, and nothing about safety: call us for that.",
            kind="area",
        ),
        "taal": Said("Which language do they speak best?", "We can ask for an interpreter."),
    },
)

WORDS: Mapping[str, Words] = {
    DUTCH: Words(
        title="Hulp vragen aan het Knooppunt",
        lead="Het Knooppunt helpt wie zwanger is of een kind jonger dan twee jaar heeft, en meer hulp kan "
        "gebruiken. We "
        "zoeken samen met jou wie erbij past. Het kost niets.",
        urgent=(
            "Is er nu gevaar? Bel",
            "112",
            ". Is iemand thuis niet veilig? Bel Veilig Thuis:",
            "0800 2000",
            ". Gratis, dag en nacht.",
        ),
        call="Liever bellen?",
        family=("Ik vraag hulp voor mezelf", "Je vult een paar vragen in. We bellen je."),
        professional=("Ik meld een gezin aan", "Voor verloskundigen, kraamzorg, huisartsen en wie een gezin kent."),
        status=("Hoe staat het ervoor?", "Heb je al iets gestuurd? Kijk met je code hoe ver het is."),
        other_language="In English",
        choose="Maak een keuze",
        optional="mag leeg blijven",
        place=Said("In welke gemeente woon je?", kind="select"),
        no_place="Kies de gemeente.",
        forms={SignupBy.FAMILY: _FAMILY, SignupBy.PROFESSIONAL: _PROFESSIONAL},
        wrong={
            Wrong.MISSING: "Vul dit in: “{label}”",
            Wrong.LONG: "Maak dit korter, tot {most} tekens: “{label}”",
            Wrong.NO_NUMBER: "Vul een telefoonnummer met alle cijfers in: “{label}”",
            Wrong.NO_CHOICE: "Kies een van de antwoorden: “{label}”",
        },
        summary="Er is nog niets verstuurd. Kijk dit na",
        trap="Laat dit vak leeg",
        trapped="Er stond iets in een vak dat leeg moet blijven. We hebben het leeggemaakt. Verstuur je "
        "aanmelding nog eens.",
        quick="Dat ging wel heel snel. Kijk nog even na wat je hebt ingevuld, en verstuur het dan.",
        stale="Deze pagina stond lang open. Wat je invulde, staat er nog. Verstuur het nog eens.",
        full="Er wachten hier nu te veel aanmeldingen. Bel ons: dan helpen we je meteen verder.",
        sent_title="We hebben je aanmelding",
        sent="We nemen {term} contact op. Verwacht geen mail: we bellen.",
        within="binnen {number} werkdagen",
        soon="zo snel mogelijk",
        sent_next="Hoor je niets? Bel ons dan.",
        code="Met deze code zie je hoe ver het is:",
        keep="Schrijf de code op of print deze bladzij. We kunnen haar niet nog eens geven. In de code staat "
        "niets over "
        "wie je bent.",
        print_it="Printen kan met de knop van je browser.",
        status_lead="Vul de code in die je kreeg. Je ziet alleen hoe ver het is; niets van wat er is verteld.",
        ask_status="Jouw code",
        states={
            SignupState.RECEIVED: "Ontvangen. We nemen {term} contact op.",
            SignupState.TAKEN: "Iemand is ermee bezig en neemt contact op.",
            SignupState.SETTLED: "Afgerond. We hebben de aanmelding verwerkt. Wat er nu gebeurt, hoort het gezin "
            "van ons.",
        },
        no_code="Bij deze code vinden we niets. Kijk na of je haar goed overnam. Een code werkt tot zestig dagen na de "
        "afronding.",
        back="Terug",
    ),
    ENGLISH: Words(
        title="Ask the Knooppunt for help",
        lead="The Knooppunt helps people who are pregnant or have a child under two and could use more help. "
        "Together we "
        "look for who can help. It costs nothing.",
        urgent=(
            "Is there danger now? Call",
            "112",
            ". Is somebody not safe at home? Call Veilig Thuis:",
            "0800 2000",
            ". Free, day and night.",
        ),
        call="Rather call?",
        family=("I ask for help for myself", "You answer a few questions. We call you."),
        professional=("I sign up a family", "For midwives, maternity care, doctors and those who know a family."),
        status=("How far is it?", "Did you send something before? See with your code how far it is."),
        other_language="In het Nederlands",
        choose="Choose",
        optional="may stay empty",
        place=Said("In which municipality do you live?", kind="select"),
        no_place="Choose the municipality.",
        forms={SignupBy.FAMILY: _FAMILY_EN, SignupBy.PROFESSIONAL: _PROFESSIONAL_EN},
        wrong={
            Wrong.MISSING: "Answer this: “{label}”",
            Wrong.LONG: "Make this shorter, up to {most} characters: “{label}”",
            Wrong.NO_NUMBER: "Give a phone number with all its digits: “{label}”",
            Wrong.NO_CHOICE: "Choose one of the answers: “{label}”",
        },
        summary="Nothing was sent yet. Look at this",
        trap="Leave this box empty",
        trapped="There was something in a box that must stay empty. We emptied it. Please send again.",
        quick="That was very quick. Please look once more at what you filled in, and send it then.",
        stale="This page was open for a long time. What you filled in is still there. Please send again.",
        full="Too many people wait here now. Please call us: then we help you at once.",
        sent_title="We have received it",
        sent="We get in touch {term}. Don't wait for a mail: we call.",
        within="within {number} working days",
        soon="as soon as we can",
        sent_next="You hear nothing? Please call us.",
        code="With this code you see how far it is:",
        keep="Write the code down or print this page. We can't give it again. The code says nothing about who you are.",
        print_it="You can print with the button of your browser.",
        status_lead="Fill in the code that you got. You only see how far it is; nothing of what was told.",
        ask_status="Your code",
        states={
            SignupState.RECEIVED: "Received. We get in touch {term}.",
            SignupState.TAKEN: "Somebody is working on it and gets in touch.",
            SignupState.SETTLED: "Done. We have dealt with it. What happens now, the family hears from us.",
        },
        no_code="We find nothing with this code. See whether you copied it well. A code works until sixty days "
        "after it "
        "is done.",
        back="Back",
    ),
}
