"""Knooppunt's own words, each written once: what stands in the database, in files of a region and in addresses.

They are texts as well as members, so a value that was read from any of these compares equal. The words of BPMN stand in
`engine.definitions.kinds`; those that the rules of a region are written in stand with their readers.
"""

from enum import StrEnum


class Part(StrEnum):
    """A part of a case that a person may or may not see, beside its registers, which are parts too."""

    COURSE = "verloop"
    GOALS = "doelen"
    INVOLVED = "betrokken"
    ANSWERS = "antwoorden"
    HISTORY = "historie"
    OUTCOME = "afloop"
    CIRCLE = "kring"


class Verb(StrEnum):
    """What a person may do with an open task."""

    SEE = "zien"
    CLAIM = "pakken"
    RELEASE = "loslaten"
    REASSIGN = "toewijzen"
    COMPLETE = "afronden"


class CaseStatus(StrEnum):
    """How a case stands: it runs, its process came to an end, somebody closed it before that, or its signal was a
    mistake and is removed.
    """

    RUNNING = "lopend"
    COMPLETED = "klaar"
    CLOSED = "gesloten"
    REMOVED = "verwijderd"


class Mistake(StrEnum):
    """Why somebody removes the own signal."""

    SLIP = "vergissing"
    DOUBLE = "dubbel_signaal"
    OTHER_FAMILY = "ander_gezin"


class TaskStatus(StrEnum):
    """How a task stands; a lapsed one was not needed any more."""

    OPEN = "open"
    COMPLETED = "klaar"
    LAPSED = "vervallen"


class AgreementStatus(StrEnum):
    """How an agreement stands; one that was passed on goes on without the case, a lapsed one is followed no more."""

    OPEN = "open"
    WAITING = "wachtend"
    DONE = "gedaan"
    NOT_DONE = "niet_gedaan"
    PASSED_ON = "overgedragen"
    LAPSED = "vervallen"


class MeetingStatus(StrEnum):
    """Whether a meeting is still to come."""

    PLANNED = "gepland"
    HELD = "gehouden"


class PlanningState(StrEnum):
    """How it stands with a meeting: people are asked when they can, a moment is chosen, or it is called off."""

    ASKING = "gevraagd"
    CHOSEN = "gekozen"
    CANCELLED = "afgezegd"


class Sent(StrEnum):
    """What a step sends: an invitation to a meeting, or what came of one."""

    INVITATION = "uitnodiging"
    REPORT = "verslag"


class Fits(StrEnum):
    """Whether somebody can come at a moment."""

    YES = "ja"
    IF_NEEDED = "als_het_moet"
    NO = "nee"


class Register(StrEnum):
    """A typed register that the form of a step may fill."""

    FAMILY = "gezin"
    CONSENT = "toestemming"
    MEETING = "overleg"
    AGREEMENT = "afspraken"
    DISCLOSURE = "verstrekking"
    EVALUATION = "evaluatie"
    SAFETY = "veiligheid"


class Relation(StrEnum):
    """What somebody of a family is to the child, or a holder of authority outside it."""

    MOTHER = "moeder"
    OTHER_PARENT = "andere_ouder"
    CHILD = "kind"
    GUARDIAN = "voogd"
    PARENT_OF_MOTHER = "ouder_van_moeder"


class AgeClass(StrEnum):
    """The ages at which the law lets somebody else decide."""

    UNDER_12 = "onder_12"
    FROM_12 = "12_15"
    FROM_16 = "16_plus"


class Authority(StrEnum):
    """Whether somebody has parental authority; not known counts as having it."""

    YES = "ja"
    NO = "nee"
    UNKNOWN = "onbekend"


class Purpose(StrEnum):
    """What data may be used for, as a family is asked it."""

    SHARING = "delen"
    PRELIMINARY = "voorbespreking"
    MEETING = "overleg"
    TRANSFER = "overdracht"


class Reply(StrEnum):
    """What somebody says to the request of one organisation. `OTHERWISE` names the kinds that it may know of."""

    YES = "ja"
    NO = "nee"
    OTHERWISE = "anders"
    NOT_ASKED = "niet_gevraagd"


class KnownData(StrEnum):
    """The kinds of data that code knows by name; a region lists all of them."""

    CONTACT = "contact"
    PLAN = "doelen_plan"
    CHILD = "opvoeding_kind"
    STORY = "verhaal"


class News(StrEnum):
    """How it goes with a signal, as who signalled may know it; each later one says more."""

    RECEIVED = "ontvangen"
    GOING = "bezig"
    TOLD = "verteld"
    ENDED = "afgerond"


class Arranged(StrEnum):
    """What a step says that it arranges, where Knooppunt acts on that."""

    SIGNALLER_KNOWS = "aanmelder_weet_het"


class Happening(StrEnum):
    """What happened to a case: the kind of a row of its history."""

    STARTED = "gestart"
    COMPLETED = "afgerond"
    CLAIMED = "opgepakt"
    RELEASED = "losgelaten"
    REASSIGNED = "toegewezen"
    TAKEN_BACK = "teruggenomen"
    CORRECTED = "gecorrigeerd"
    MESSAGE = "bericht"
    WITHDRAWN = "ingetrokken"
    CLOCK = "klok"
    CLOSED = "gesloten"
    REOPENED = "heropend"
    SKIPPED = "overgeslagen"
    UNDONE = "ongedaan"
    REMOVED = "verwijderd"
    JOINED = "samengevoegd"
    HANDED_OVER = "overgedragen"
    ACCESS_ASKED = "inzage_gevraagd"
    ACCESS_ENDED = "inzage_klaar"
    PLANNED = "overleg_gepland"
    CONTACTED = "contact_gehad"
    POSTPONED = "uitgesteld"
    PAUSED = "gepauzeerd"
    RESUMED = "hervat"


class Contact(StrEnum):
    """How somebody was in touch about a case or an agreement."""

    CALLED = "gebeld"
    MAILED = "gemaild"
    TEXTED = "bericht_gestuurd"
    MET = "langsgegaan"


class Reached(StrEnum):
    """What came of it."""

    SPOKEN = "aan_de_lijn"
    VOICEMAIL = "voicemail"
    NO_ANSWER = "niet_bereikt"
    CALLS_BACK = "belt_terug"
    SENT = "bericht_verstuurd"


class Message(StrEnum):
    """A message whose meaning does not depend on what a region draws after it (domain C; RUL-07)."""

    CONSENT_WITHDRAWN = "toestemming_ingetrokken"
    ASKED_ANEW = "toestemming_opnieuw"
    REOPENED = "heropenen"
    ACUTE_DANGER = "acute_onveiligheid"


class Noted(StrEnum):
    """What a case keeps of something that it was told, each under the name of the message with this behind it."""

    RECORDER = "_door"
    DAY = "_op"
    TELLER = "_van"
    ABOUT = "_voor"


class Teller(StrEnum):
    """Who told something that is nobody of the family."""

    SELF = "zelf"
    ORGANISATION = "organisatie"
    OTHER = "ander"


class RoleId(StrEnum):
    """A role that the code knows by name; a region may have more, and its names for these."""

    CORE_PARTNER = "kernpartner"
    CASUSREGISSEUR = "casusregisseur"
    AANMELDER = "aanmelder"
    PROCESREGISSEUR = "procesregisseur"
    COORDINATOR = "coordinator"
    BEHEERDER = "beheerder"  # these two see no family: who works here is arranged by the one,
    FUNCTIONARIS = "functionaris"  # and how families are dealt with is watched by the other
    SAFETY = "veiligheid"  # nobody is appointed to these two: who acts in the safety file of a case takes part as it,
    CIRCLE = "kring"  # and so does whom the family let know


class Hat(StrEnum):
    """As what somebody acts who both keeps an overview and works for a partner, or runs or watches the house: never as
    two of these at a time.
    """

    OVERVIEW = "overzicht"
    PARTNER = "partner"
    ADMIN = "beheer"
    OVERSIGHT = "toezicht"


class StaffChange(StrEnum):
    """What was changed about somebody who works here: the kind of a row of that person's history."""

    ADDED = "in_dienst"
    CHANGED = "gegevens_gewijzigd"
    APPOINTED = "rol_erbij"
    DISMISSED = "rol_weg"
    PROPOSED = "rol_voorgesteld"
    REFUSED = "voorstel_afgewezen"
    ENDED = "uit_dienst"
    INVITED = "uitgenodigd"
    STANDS_IN = "pakt_stap_op"
    IN_ANEW = "aanmelding_vervallen"
    AWAY = "afwezig"
    BACK = "weer_aanwezig"


class Ground(StrEnum):
    """Why somebody sees a case or a task."""

    CONSENT = "toestemming"
    OWN = "eigen_woorden"
    CIRCLE = "kring"
    HAVING = "opgepakt"
    STANDING_IN = "waarneming"
    ROLE = "rol"
    OVERVIEW = "overzicht"
    ACCESS = "inzage"
    LEAVING = "vertrek"


class Look(StrEnum):
    """What the look-log tells of an answer that changed nothing; of others it tells what happened (`Happening`)."""

    READ = "gelezen"
    REFUSED = "geweigerd"
    TRIMMED = "log_opgeschoond"
    EXPORTED = "uitgevoerd"


class AlarmKind(StrEnum):
    """What stands out in who looked."""

    MANY = "veel_gezinnen"
    HOURS = "buiten_werktijd"
    ELSEWHERE = "zonder_rol"


class Seen(StrEnum):
    """What of a case was looked at, beside its parts and registers."""

    FILE = "hele_dossier"
    LISTED = "vermelding"
    TASK = "open_taak"
    SIGNUP = "aanmelding"
    FIGURES = "aantallen"


class Phase(StrEnum):
    """A phase that the code knows by name, also as the process that it is drawn in."""

    SAFETY = "veiligheid"  # its steps are the safety file


class Passage(StrEnum):
    """How a case came to an element of its diagram, or left it."""

    BEGUN = "begonnen"
    COMPLETED = "klaar"
    SKIPPED = "overgeslagen"
    BROKEN_OFF = "afgebroken"


class Job(StrEnum):
    """The kind of work that waits for its moment."""

    CLOCK = "klok"
    RESUME = "hervatten"
    FORGET = "vergeten"
    SCRUB = "opschonen"
    TRIM = "inkijklog"


class Letter(StrEnum):
    """A mail that the house sends, as the file of its text is called."""

    INVITATION = "uitnodiging"
    KEY_ADDED = "sleutel_erbij"
    KEY_COPIED = "sleutel_gekopieerd"
    CODE_USED = "code_gebruikt"
    MOMENTS = "momenten"
    MEETING = "overleg"
    MEETING_OFF = "overleg_af"
    REMINDER = "wat_er_wacht"
    IN_ANEW = "opnieuw_aanmelden"
    SIGNAL_NEWS = "nieuws_over_signaal"


class Remind(StrEnum):
    """What of reminders a region sets: how long before a day one is told, and how long after it whom else."""

    BEFORE = "vooraf"
    OVERSEER = "na_regie"
    COLLEAGUES = "na_organisatie"


class LinkKind(StrEnum):
    """What somebody may answer by a link, without signing in."""

    AFSPRAAK = "stand_afspraak"
    MOMENT = "moment_kiezen"


class Kept(StrEnum):
    """What a region says of how long it is kept, and how long an erasure that was asked for can still be stopped."""

    DOSSIER = "dossier"
    SAFETY = "veiligheid"
    REMOVED = "verwijderd"
    LOOKS = "inkijklog"
    PAUSE = "bedenktijd"


class Erased(StrEnum):
    """What of a case was erased: all of it, or all but its safety files."""

    WHOLE = "alles"
    ALL_BUT_SAFETY = "behalve_veiligheid"


class AccessOutcome(StrEnum):
    """What came of it when somebody asked to see what is kept about that person."""

    GIVEN = "verstrekt"
    NOT_GIVEN = "niet_verstrekt"


class Basis(StrEnum):
    """Why something was erased."""

    TERM = "bewaartermijn"
    REQUEST = "verzoek"


class SignupBy(StrEnum):
    """Who asks the Knooppunt to help a family, without an account."""

    FAMILY = "gezin"
    PROFESSIONAL = "beroepskracht"


class SignupState(StrEnum):
    """How far it is with a sign-up, as its code tells; of the family it tells nothing."""

    RECEIVED = "ontvangen"
    TAKEN = "opgepakt"
    SETTLED = "afgerond"


class SignupOutcome(StrEnum):
    """What came of a sign-up."""

    SIGNAL = "signaal_gemaakt"
    HELPED = "geholpen"
    ELSEWHERE = "naar_elders"
    NOT_REACHED = "niet_bereikt"
    NOT_WANTED = "wil_niet"
    DOUBLE = "dubbele_aanmelding"
    NONE = "geen_aanmelding"


class BoardList(StrEnum):
    """One list of the agreements over all families."""

    LATE = "te_laat"
    WEEK = "deze_week"
    WAITING = "wachtlijst"
    ALL = "openstaand"
    DONE = "afgelopen"


class TaskList(StrEnum):
    """A list of the worklist, as its address names it."""

    MINE = "mijn"
    ROLE = "rol"
    LATE = "te-laat"
    ALL = "alle"


class Answer(StrEnum):
    """A yes or no, as forms record it."""

    YES = "ja"
    NO = "nee"


class Voice(StrEnum):
    """Whose yes counts for data about somebody: the person's own, or that of who has authority over that person."""

    OWN = "zelf"
    HOLDERS = "gezag"


class Domain(StrEnum):
    """In which part of the field an organisation works."""

    MEDICAL = "medisch"
    SOCIAL = "sociaal"
    PUBLIC = "publiek"
    INFORMAL = "informeel"


class Audience(StrEnum):
    """For whom something on the sociale kaart is."""

    PREGNANT = "zwangere"
    PARENT = "ouder"
    CHILD = "kind"


class Certainty(StrEnum):
    """Whether something was read somewhere, or is what we think."""

    FACT = "feit"
    ASSUMED = "aanname"
