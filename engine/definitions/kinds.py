"""The kinds of BPMN, each named once, and the groups of kinds that more than one reader asks for.

A member is also the text that stands in the XML. Where a name is not the standard's own, its docstring says what it is.
"""

from enum import StrEnum


class Kind(StrEnum):
    """A flow node."""

    TASK = "task"
    USER_TASK = "userTask"
    MANUAL_TASK = "manualTask"
    SERVICE_TASK = "serviceTask"
    SCRIPT_TASK = "scriptTask"
    BUSINESS_RULE_TASK = "businessRuleTask"
    SEND_TASK = "sendTask"
    RECEIVE_TASK = "receiveTask"
    CALL_ACTIVITY = "callActivity"
    SUB_PROCESS = "subProcess"
    TRANSACTION = "transaction"
    AD_HOC_SUB_PROCESS = "adHocSubProcess"
    EXCLUSIVE_GATEWAY = "exclusiveGateway"
    PARALLEL_GATEWAY = "parallelGateway"
    INCLUSIVE_GATEWAY = "inclusiveGateway"
    EVENT_BASED_GATEWAY = "eventBasedGateway"
    COMPLEX_GATEWAY = "complexGateway"
    START_EVENT = "startEvent"
    END_EVENT = "endEvent"
    INTERMEDIATE_CATCH_EVENT = "intermediateCatchEvent"
    INTERMEDIATE_THROW_EVENT = "intermediateThrowEvent"
    BOUNDARY_EVENT = "boundaryEvent"


class EventKind(StrEnum):
    """What makes an event happen, or what it throws: the standard's trigger and result."""

    NONE = "none"
    MESSAGE = "message"
    TIMER = "timer"
    CONDITIONAL = "conditional"
    ERROR = "error"
    ESCALATION = "escalation"
    SIGNAL = "signal"
    LINK = "link"
    COMPENSATE = "compensate"
    CANCEL = "cancel"
    TERMINATE = "terminate"
    MULTIPLE = "multiple"  # one of several
    PARALLEL_MULTIPLE = "parallelMultiple"  # all of several


class TimerKind(StrEnum):
    """How a clock says when it goes off."""

    DATE = "date"
    DURATION = "duration"
    CYCLE = "cycle"


class LoopKind(StrEnum):
    """How an activity is repeated: again and again, or for each of several, side by side or one after another."""

    STANDARD = "standard"
    PARALLEL = "parallel"
    SEQUENTIAL = "sequential"


class NoteKind(StrEnum):
    """What stands on a drawing and is not run."""

    TEXT_ANNOTATION = "textAnnotation"
    GROUP = "group"
    DATA_OBJECT = "dataObjectReference"
    DATA_STORE = "dataStoreReference"
    DATA_INPUT = "dataInput"
    DATA_OUTPUT = "dataOutput"


class LinkKind(StrEnum):
    """A line on a drawing that is no sequence flow."""

    ASSOCIATION = "association"
    DATA_INPUT_ASSOCIATION = "dataInputAssociation"
    DATA_OUTPUT_ASSOCIATION = "dataOutputAssociation"
    MESSAGE_FLOW = "messageFlow"


TASKS = frozenset(
    {
        Kind.TASK,
        Kind.USER_TASK,
        Kind.MANUAL_TASK,
        Kind.SERVICE_TASK,
        Kind.SCRIPT_TASK,
        Kind.BUSINESS_RULE_TASK,
        Kind.SEND_TASK,
        Kind.RECEIVE_TASK,
    }
)
"""What is done in one go."""

PERSONAL = frozenset({Kind.USER_TASK, Kind.MANUAL_TASK})
"""What a person does."""

WORK = PERSONAL | {Kind.BUSINESS_RULE_TASK}
"""What is done, by a person or by a table, and leaves something behind."""

EMBEDDED = frozenset({Kind.SUB_PROCESS, Kind.TRANSACTION})
"""What holds steps of its own, in an order."""

SUB_PROCESSES = EMBEDDED | {Kind.AD_HOC_SUB_PROCESS}
"""What holds steps of its own."""

ACTIVITIES = TASKS | SUB_PROCESSES | {Kind.CALL_ACTIVITY}
"""What may be repeated, and on whose edge an event may stand."""

GATEWAYS = frozenset(
    {
        Kind.EXCLUSIVE_GATEWAY,
        Kind.PARALLEL_GATEWAY,
        Kind.INCLUSIVE_GATEWAY,
        Kind.EVENT_BASED_GATEWAY,
        Kind.COMPLEX_GATEWAY,
    }
)

CONDITIONAL_SPLITS = frozenset({Kind.EXCLUSIVE_GATEWAY, Kind.INCLUSIVE_GATEWAY, Kind.COMPLEX_GATEWAY})
"""Where conditions say which ways are taken."""

THROWS = frozenset({Kind.END_EVENT, Kind.INTERMEDIATE_THROW_EVENT})
"""Events that make something happen."""

LISTENS = frozenset({Kind.START_EVENT, Kind.BOUNDARY_EVENT, Kind.INTERMEDIATE_CATCH_EVENT})
"""Events to which something happens."""

AWAITS = frozenset({Kind.INTERMEDIATE_CATCH_EVENT, Kind.RECEIVE_TASK})
"""Where a flow stands still until something happens."""

HAPPENS = frozenset({EventKind.MESSAGE, EventKind.SIGNAL, EventKind.TIMER, EventKind.CONDITIONAL})
"""What may happen without a step of the case: what a process begins by, and what it waits for to go on."""

EVENTS = THROWS | LISTENS

FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS

NAMED = frozenset({EventKind.MESSAGE, EventKind.SIGNAL})
"""What goes, by its name, to whoever waits for it, also in another process."""

CODED = frozenset({EventKind.ERROR, EventKind.ESCALATION})
"""What goes up, by its code, to whoever around it catches it."""

NOTES = frozenset(NoteKind)

LINKS = frozenset(LinkKind)

EVENT_KINDS = frozenset(EventKind)
