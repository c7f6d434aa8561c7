"""What a diagram names must exist: forms, roles and deadlines."""

from engine.definitions import Definition, Process
from engine.errors import Problem


def references(definition: Definition, process: Process) -> tuple[Problem, ...]:
    """Forms, roles and deadlines that a process names and that do not exist."""
    found: list[Problem] = []
    settings = definition.settings
    for task in process.user_tasks:
        name = task.name or task.id
        if not task.form:
            found.append(Problem(process.file, task.id, "formulier", f"'{name}' heeft geen formulier."))
        elif task.form not in definition.forms:
            found.append(
                Problem(process.file, task.id, "formulier", f"Het formulier '{task.form}' bij '{name}' bestaat niet.")
            )
        found.extend(
            Problem(process.file, task.id, "rol", f"De rol '{role}' bij '{name}' bestaat niet in regio.yaml.")
            for role in task.roles
            if role not in settings.roles
        )
        if not task.roles:
            found.append(Problem(process.file, task.id, "rol", f"'{name}' heeft geen rol: niemand kan deze taak doen."))
        for term in (task.properties.get("termijn", ""), task.properties.get("termijn_spoed", "")):
            if term and term not in settings.deadlines:
                told = f"De termijn '{term}' bij '{name}' bestaat niet in regio.yaml."
                found.append(Problem(process.file, task.id, "termijn", told))
    return tuple(found)
