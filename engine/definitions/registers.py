"""The typed registers that a step may fill, and the columns that its form may fill them by."""

from collections.abc import Mapping

REQUIRED: Mapping[str, tuple[str, ...]] = {
    "toestemming": ("persoon", "besluit"),
    "overleg": ("datum",),
    "afspraken": ("wat", "wie", "voor_wanneer"),
    "verstrekking": ("aan", "wat", "grond"),
    "evaluatie": ("uitkomst",),
    "veiligheid": ("stap", "inhoud"),
}
"""Register → the columns without which a row says nothing."""

OPTIONAL: Mapping[str, tuple[str, ...]] = {
    "toestemming": ("rol", "organisaties", "categorieen", "datum", "grond", "vorm"),
    "overleg": ("tijd", "plaats", "aanwezig", "ouders_aanwezig", "reden_afwezig"),
    "afspraken": ("persoon", "doel", "opdracht", "status", "toelichting"),
    "verstrekking": ("kanaal", "datum"),
    "evaluatie": ("datum", "doelen_behaald", "gehoord", "toelichting"),
    "veiligheid": ("besluit", "overlegd_met", "datum", "geinformeerd"),
}
