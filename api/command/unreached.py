"""A database that can't do what it is asked, told to who gave a command."""

from engine import store

SENTENCES = {
    store.Trouble.AWAY: (
        "Knooppunt kan niet bij de database. Draait die, en klopt het adres onder [database] (of achter --database)? "
        "De melding was: {0}"
    ),
    store.Trouble.FULL: (
        "Knooppunt kan niets schrijven in de database: de schijf is vol, of doet het niet. Maak ruimte en probeer het "
        "opnieuw. De melding was: {0}"
    ),
    store.Trouble.BUSY: (
        "De database is nu te druk. Wacht even en probeer het opnieuw. De melding was: {0}"
    ),
}  # fmt: skip


def sentence(error: Exception) -> str:
    """What to do about it; "" where the error is about something else."""
    why = store.trouble(error)
    # the statement is not told: what stands in it might be of a family
    return SENTENCES[why].format(getattr(error, "orig", error)) if why else ""
