"""What to do about a breach of the standard, by its rule: the breach itself only says what is wrong."""

from collections.abc import Mapping

_CONNECT = "Verbind dit of haal het weg."
_REDRAW = "Teken de pijl opnieuw."
_NO_ARROW = "Haal de pijl weg."
_TWO = "Gebruik twee ruiten."
_PLAIN = "Gebruik een gewoon begin."
_TURN = "Draai de berichtpijl om, of haal haar weg."
_UNUSED = "Haal het weg als niemand het nodig heeft."

_REMEDIES: Mapping[str, str] = {
    "REF": "Kies iets dat er wel is, of haal de verwijzing weg.",
    "EXT006": "Gebruik een stippellijn.",
    "EXT007": "Gebruik een stippellijn.",
    "EXT008": _NO_ARROW,
    "EXT009": _NO_ARROW,
    "EXT011": "Vul bij de escalatie een code in.",
    "EXT013": "Vul het in of haal het weg.",
    "EXT014": "Haal de taal weg, of kies FEEL.",
    "EXT017": _TWO,
    "EXT018": _TWO,
    "EXT019": "Teken de pijlen die ontbreken, of haal de richting weg.",
    "EXT021": _NO_ARROW,
    "EXT022": _NO_ARROW,
    "EXT024": "Haal 'isImmediate' bij de pijl weg.",
    "EXT026": "Kies een pijl die hier begint.",
    "EXT029": "Vul een aantal in, 0 of meer.",
    "EXT030": "Vul een aantal in, 1 of meer.",
    "EXT031": "Gebruik een gewone pijl.",
    "EXT032": _UNUSED,
    "EXT035": "Zet het soort proces op privé, of laat het leeg.",
    "EXT036": "Haal de choreografie weg.",
    "EXT037": "Vul een aantal in, 1 of meer.",
    "EXT038": "Vul een aantal in, 1 of meer.",
    "EXT049": _NO_ARROW,
    "EXT053": "Maak er een gebruikerstaak van of een beslistabel.",
    "EXT056": "Haal de choreografie weg.",
    "EXT059": "Kies een bericht of een klok.",
    "EXT061": "Teken de stappen erin.",
    "EXT062": "Haal het rondje weg.",
    "EXT067": "Vul de lijst in, met een = ervoor.",
    "EXT068": "Kies een lijst die er wel is.",
    "EXT079": "Haal de gegevens bij het deelproces weg.",
    "EXT084": _UNUSED,
    "EXT088": _UNUSED,
    "EXT091": "Laat de gegevens gaan naar wat van dezelfde soort is.",
    "EXT093": "Vul de gegevens aan, of haal ze weg.",
    "EXT096": "Laat de pijl naar de eerste stap gaan.",
    "EXT097": "Teken een rond begin.",
    "EXT098": _PLAIN,
    "EXT099": "Geef dat diagram een gewoon begin.",
    "EXT100": _PLAIN,
    "EXT101": _REDRAW,
    "EXT102": "Laat de berichtpijl bij een stap vertrekken.",
    "EXT103": "Haal de berichtpijl weg.",
    "EXT104": "Gebruik een rondje onderweg in plaats van een einde.",
    "EXT105": "Teken een einde, en een pijl ernaartoe.",
    "EXT106": "Kies een ander einde.",
    "EXT107": _CONNECT,
    "EXT108": _TURN,
    "EXT109": "Haal de berichtpijl weg.",
    "EXT111": "Kies een andere gebeurtenis.",
    "EXT112": "Laat de pijl naar de stap zelf gaan.",
    "EXT113": "Teken met een pijl wat er dan gebeurt.",
    "EXT114": "Gebruik een stippellijn naar de stap die herstelt.",
    "EXT115": _CONNECT,
    "EXT116": _CONNECT,
    "EXT117": "Haal de andere pijl weg.",
    "EXT118": "Teken de pijl helemaal.",
    "EXT119": _TURN,
    "EXT124": "Haal haar weg, of teken een pijl ernaartoe.",
    "EXT126": "Teken de pijl helemaal.",
    "EXT127": "Kies bij het rondje een bericht.",
    "EXT132": "Vul een datum of een duur in.",
    "EXT133": "Vul een herhaling in, zoals R3/P7D.",
    "EXT134": "Vul een duur in, zoals P14D.",
    "EXT136": "Teken waar nog meer op wordt gewacht.",
    "EXT137": "Haal de voorwaarde weg.",
    "EXT138": "Zet er een bericht of een klok voor.",
    "EXT140": "Haal weg wat op de rand hangt.",
    "EXT141": "Laat de andere pijl ergens anders aankomen.",
    "EXT142": _NO_ARROW,
    "EXT143": "Teken die stippellijn.",
    "EXT144": "Laat de stippellijn naar een stap gaan die herstelt.",
    "EXT146": "Kies een gewoon einde.",
    "EXT148": "Kies een bericht of een klok.",
    "EXT149": "Kies een gewoon rondje.",
    "EXT150": _CONNECT,
    "EXT151": _CONNECT,
    "EXT152": "Laat de pijl binnen het deelproces blijven.",
}


def remedy(rule: str) -> str:
    """What to do about a breach of this rule, "" where no advice is known or the rule is not of the standard."""
    return _REMEDIES.get(rule.split("/", 1)[0], "")
