"""The published definitions, as cases run by them."""

import threading
from collections.abc import Iterable
from datetime import datetime

from engine import process, store
from engine.access import Roles
from engine.definitions import Role, assemble
from engine.process import Model


class Library:
    """The published definitions, each read and built once per process and shared by all threads."""

    def __init__(self) -> None:
        self._models: dict[str, Model] = {}
        self._starters: dict[str, frozenset[str]] = {}
        self._lock = threading.Lock()

    def model(self, tx: store.Transaction, version_id: str) -> Model:
        """The model of one version."""
        model = self._models.get(version_id)
        if model is None:
            name, region, files, overridden = store.versions.files(tx, version_id)
            model = process.compile_model(assemble(name, region, files, overridden))
            with self._lock:
                self._models[version_id] = model
        return model

    def current(self, tx: store.Transaction) -> tuple[Model, ...]:
        """The models that new cases start with, for every process of every region."""
        return tuple(self.model(tx, version.id) for version in store.versions.current(tx))

    def starters(self, model: Model, now: datetime) -> frozenset[str]:
        """The roles of the first task of a process: who may start it."""
        version = model.definition.version
        if version not in self._starters:
            opened = process.start(model, {}, now).open[:1]
            first = (model.definition.element(task.process, task.element) for task in opened)
            self._starters[version] = frozenset(role for element in first for role in element.roles)
        return self._starters[version]

    def roles(self, tx: store.Transaction, places: Iterable[str]) -> Roles:
        """The roles of every municipality here, as its own region has them. Of these `places` one may have gone over
        into another since: there they are what they were when its cases began.
        """
        roles: dict[str, dict[str, Role]] = {}
        for settings in (model.definition.settings for model in self.current(tx)):
            for place in settings.municipalities:
                roles.setdefault(place, {}).update(settings.roles)
        for place in set(places) - roles.keys():
            for version in store.versions.in_use(tx, place):
                roles.setdefault(place, {}).update(self.model(tx, version).definition.settings.roles)
        return roles
