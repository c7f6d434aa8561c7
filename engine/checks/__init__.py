"""May a file be run, and may it be published? The gates between what a region draws and its cases.

The first gate, reading and dialect, decides whether a file can run at all. The second decides whether it may be
published: its drawing, what it refers to, the names in its expressions, its tables, its texts, and what can be
proved of it. A finding says where, what is wrong, why it matters and what to do.
"""

from engine.checks.dialect import dialect
from engine.checks.finding import Told, by_importance, grouped
from engine.checks.gates import demand, examine, first, publishable
from engine.checks.references import references
from engine.checks.rule import Change, Finding, Mend, Rule, Severity, Topic, rule_of, rules
from engine.checks.survey import Home, Report, beside, home_of, survey

__all__ = [
    "Change",
    "Finding",
    "Home",
    "Mend",
    "Report",
    "Rule",
    "Severity",
    "Told",
    "Topic",
    "beside",
    "by_importance",
    "demand",
    "dialect",
    "examine",
    "first",
    "grouped",
    "home_of",
    "publishable",
    "references",
    "rule_of",
    "rules",
    "survey",
]
