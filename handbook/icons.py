"""The small signs inside shapes of a diagram, all drawn by hand for this project.

Task signs fill a box of 16 by 16 with the origin top left; event, gateway and activity marks are centred on
the origin. Each sign takes the line and fill colour of the group that it is put in.
"""

from engine.definitions.kinds import EventKind, Kind, LoopKind

INK = "var(--diagram-ink,#1f2933)"
PAPER = "var(--diagram-shape,#ffffff)"

TASKS = {
    Kind.USER_TASK: '<circle cx="8" cy="4.8" r="3.2"/><path d="M2 15c0-3.6 2.5-5.6 6-5.6s6 2 6 5.6z"/>',
    Kind.MANUAL_TASK: (
        '<path d="M1.5 13.5V8L6 3.4q1.5-.7 1.3 1L6.3 6.6h7.5q1.2 0 1.2 1t-1.2 1.1H10'
        'm3.7 0q1.1.1 1 1.1t-1.1 1H10m3.1 0q1 .2.9 1.2t-1.1 1.1l-1.4.4z"/>'
    ),
    Kind.SERVICE_TASK: (
        '<circle cx="8" cy="8" r="2.2"/><circle cx="8" cy="8" r="4.9"/>'
        '<path stroke-width="2" d="M8 .8v2.3M8 12.9v2.3M.8 8h2.3M12.9 8h2.3M2.9 2.9l1.6 1.6'
        'M11.5 11.5l1.6 1.6M13.1 2.9l-1.6 1.6M4.5 11.5l-1.6 1.6"/>'
    ),
    Kind.SCRIPT_TASK: '<path d="M3 1h7l3 3v11H3zM10 1v3h3M5.3 7h5.4M5.3 9.6h5.4M5.3 12.2h3.4"/>',
    Kind.BUSINESS_RULE_TASK: (
        f'<path d="M1 2.5h14v11H1z"/><path fill="{INK}" d="M1 2.5h14v3.4H1z"/><path d="M1 9.7h14M5.6 6v7.5"/>'
    ),
    Kind.SEND_TASK: (f'<path fill="{INK}" d="M1 3h14v10H1z"/><path stroke="{PAPER}" d="M1.4 3.6 8 9l6.6-5.4"/>'),
    Kind.RECEIVE_TASK: '<path d="M1 3h14v10H1z"/><path d="M1 3l7 6 7-6"/>',
}

_PLUS = "M-2-8H2V-2H8V2H2V8H-2V2H-8V-2H-2z"

EVENTS = {
    EventKind.MESSAGE: '<path d="M-8.5-5.5H8.5v11H-8.5z"/><path class="inner" d="M-8.5-5.5 0 1.2 8.5-5.5"/>',
    EventKind.TIMER: (
        '<circle r="10"/><path class="inner" d="M0-6.5V0L4.5 3M0-10v2M0 8v2M-10 0h2M8 0h2M5-8.7 4.2-7.2'
        "M8.7-5 7.2-4.2M8.7 5 7.2 4.2M5 8.7 4.2 7.2"
        'M-5 8.7-4.2 7.2M-8.7 5-7.2 4.2M-8.7-5-7.2-4.2M-5-8.7-4.2-7.2"/>'
    ),
    EventKind.ERROR: '<path d="M-8 8-3.6-6.4 1.6 1.4 8-8 3.6 6.4-1.6-1.4z"/>',
    EventKind.ESCALATION: '<path d="M0-9 6.8 8 0 1.6-6.8 8z"/>',
    EventKind.SIGNAL: '<path d="M0-9 8.8 6.2H-8.8z"/>',
    EventKind.TERMINATE: f'<circle r="9.5" fill="{INK}"/>',
    EventKind.CONDITIONAL: '<path d="M-7-9H7V9H-7zM-4.4-5.4H4.4M-4.4-1.8H4.4M-4.4 1.8H4.4M-4.4 5.4H4.4"/>',
    EventKind.LINK: '<path d="M-9-3.6H1.2V-8L9.6 0 1.2 8V3.6H-9z"/>',
    EventKind.COMPENSATE: '<path d="M-.6-6.4V6.4L-9.2 0zM8-6.4V6.4L-.6 0z"/>',
    EventKind.CANCEL: '<path d="M-8-5.2-5.2-8 0-2.8 5.2-8 8-5.2 2.8 0 8 5.2 5.2 8 0 2.8-5.2 8-8 5.2-2.8 0z"/>',
    EventKind.MULTIPLE: '<path d="M0-9.4 8.9-2.9 5.5 7.6H-5.5L-8.9-2.9z"/>',
    EventKind.PARALLEL_MULTIPLE: f'<path d="{_PLUS}"/>',
}

GATEWAYS = {
    Kind.EXCLUSIVE_GATEWAY: '<path stroke-width="3" d="M-7.5-8.5 7.5 8.5M7.5-8.5-7.5 8.5"/>',
    Kind.PARALLEL_GATEWAY: '<path stroke-width="3.4" d="M0-11V11M-11 0H11"/>',
    Kind.INCLUSIVE_GATEWAY: '<circle r="10.5" stroke-width="2.6"/>',
    Kind.COMPLEX_GATEWAY: '<path stroke-width="3.2" d="M0-11V11M-11 0H11M-7.6-7.6 7.6 7.6M7.6-7.6-7.6 7.6"/>',
    Kind.EVENT_BASED_GATEWAY: ('<circle r="13.5"/><circle r="10.8"/><path d="M0-7.4 7-2.3 4.3 6H-4.3L-7-2.3z"/>'),
}

MARKS = {
    LoopKind.PARALLEL: '<path stroke-width="2.4" d="M-4.5-6V6M0-6V6M4.5-6V6"/>',
    LoopKind.SEQUENTIAL: '<path stroke-width="2.4" d="M-6-4.5H6M-6 0H6M-6 4.5H6"/>',
    LoopKind.STANDARD: '<path d="M-3.2 5.4A6.2 6.2 0 1 1 2.6 5.7M-7 5.8h4.2V1.6"/>',
    "collapsed": '<path d="M-7-7H7V7H-7zM0-4.4V4.4M-4.4 0H4.4"/>',
    "adhoc": '<path stroke-width="2.2" d="M-7 2C-4.6-3.6-2.2-2.4 0 0S4.6 3.6 7-2"/>',
}

CHECK = (
    '<circle r="9" fill="var(--diagram-done-ink,#0f6b3a)" stroke="var(--diagram-paper,#ffffff)"'
    ' stroke-width="1.5"/>'
    '<path d="M-4.4.2-1.2 3.6 4.6-3.4" stroke="var(--diagram-paper,#ffffff)" stroke-width="2.2"/>'
)
PIN = (
    '<path d="M0 0C-6-8-9-11-9-16a9 9 0 0 1 18 0C9-11 6-8 0 0z" fill="var(--diagram-marked-ink,#0b4f9e)"'
    ' stroke="var(--diagram-paper,#ffffff)" stroke-width="1.5"/>'
    '<circle cy="-16" r="3.4" fill="var(--diagram-paper,#ffffff)" stroke="none"/>'
)
