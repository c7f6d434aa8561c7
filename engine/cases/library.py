"""The published definitions, as cases run by them."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from engine import access, process, store
from engine.access import Person, Roles
from engine.definitions import Definition, Organisation, Retention, Role, Settings, assemble
from engine.definitions.letters import Text, texts_of
from engine.process import Model
from engine.store.versions import Version
from engine.words import Hat, Kept, Letter, Register


class Library:
    """The published definitions, each read and built once per process and shared by all threads. Terms that are
    `examples` count in a demo alone.
    """

    def __init__(self, *, examples: bool = False) -> None:
        self._examples = examples
        self._models: dict[str, Model] = {}
        self._known: tuple[frozenset[str], dict[str, Model]] = (frozenset(), {})
        self._now: tuple[tuple[store.versions.Version, ...], Published] = ((), Published(()))
        self._starters: dict[str, frozenset[str]] = {}
        self._lock = threading.Lock()

    def model(self, tx: store.Transaction, version_id: str) -> Model:
        """The model of one version, with the organisations as they are called here by now."""
        marks = frozenset(version.mark for version in store.versions.current(tx))
        known, models = self._known
        if known != marks:
            self._known = marks, (models := {})
        if version_id not in models:
            models[version_id] = _as_called(self._drawn(tx, version_id), store.organisations.different(tx))
        return models[version_id]

    def _drawn(self, tx: store.Transaction, version_id: str) -> Model:
        """The model of one version as its files have it."""
        model = self._models.get(version_id)
        if model is None:
            name, region, files, overridden = store.versions.files(tx, version_id)
            model = process.compile_model(assemble(name, region, files, overridden))
            with self._lock:
                self._models[version_id] = model
        return model

    def current(self, tx: store.Transaction) -> tuple[Model, ...]:
        """The models that new cases start with, for every process of every region."""
        return self._published(tx).models

    def _published(self, tx: store.Transaction) -> "Published":
        """What is published now, built anew only when something of it changed."""
        versions = store.versions.current(tx)
        known, published = self._now
        if known != versions:
            published = Published(tuple(self.model(tx, version.id) for version in versions))
            self._now = versions, published
        return published

    def versions(self, tx: store.Transaction, region: str) -> tuple[Version, ...]:
        """All that a region published, the newest first."""
        return store.versions.of_region(tx, region)

    def is_newest(self, tx: store.Transaction, model: Model) -> bool:
        """Whether new cases of its process and region start with this version."""
        return model.definition.version in {version.id for version in store.versions.current(tx)}

    def starters(self, model: Model, now: datetime) -> frozenset[str]:
        """The roles of the first task of a process: who may start it."""
        version = model.definition.version
        if version not in self._starters:
            opened = process.start(model, {}, now).open[:1]
            first = (model.definition.element(task.process, task.element) for task in opened)
            self._starters[version] = frozenset(role for element in first for role in element.roles)
        return self._starters[version]

    def guarded(self, tx: store.Transaction) -> frozenset[str]:
        """The processes in which a family's consent decides who may know."""
        return self._published(tx).guarded

    def hats(self, tx: store.Transaction, person: Person) -> Mapping[Hat, Person]:
        """As whom somebody may act, one at a time."""
        if len({appointment.role for appointment in person.appointments}) < 2:  # nobody can be two of one
            return {}
        places = [appointment.municipality for appointment in person.appointments]
        return access.hats(person, self.roles(tx, places), self.guarded(tx))

    def roles(self, tx: store.Transaction, places: Iterable[str]) -> Roles:
        """The roles of every municipality here, as its own region has them. Of these `places` one may have gone over
        into another since: there they are what they were when its cases began.
        """
        roles = self._published(tx).roles
        gone: dict[str, dict[str, Role]] = {}
        for place in set(places) - roles.keys():
            for version in store.versions.in_use(tx, place):
                gone.setdefault(place, {}).update(self.model(tx, version).definition.settings.roles)
        return {**roles, **gone} if gone else roles

    def regions(self, tx: store.Transaction) -> tuple[Settings, ...]:
        """The settings of every region here in which families are helped."""
        return self._published(tx).regions

    def settings(self, tx: store.Transaction, model: Model) -> Settings:
        """The settings of a case, with the Knooppunt teams of other regions among its organisations: a family may agree
        to being handed over to one.
        """
        own = model.definition.settings
        regions = (settings for settings in self.regions(tx) if settings.region != own.region)
        teams = {id: team for settings in regions for id, team in settings.organisations.items() if team.team}
        return replace(own, organisations={**teams, **own.organisations}) if teams else own

    def kept(self, tx: store.Transaction, municipality: str, what: Kept) -> Retention | None:
        """How long something is kept in a municipality, as its region says now; None where it does not say."""
        for settings in self.regions(tx):
            if municipality in settings.municipalities:
                term = settings.retention.get(what)
                return term if term is not None and (self._examples or not term.example) else None
        return None

    def letters(self, tx: store.Transaction, person: Person) -> tuple[Settings, Mapping[Letter, Text]]:
        """The region that somebody works in, or else the first one here, and its texts of mails."""
        places = {appointment.municipality for appointment in person.appointments}
        made = [model.definition for model in self.current(tx)]
        own = [definition for definition in made if places & definition.settings.municipalities.keys()]
        home = next(iter((*own, *made)), None)
        return (home.settings, texts_of(home.files)) if home else (Settings("", "Kansrijke Start"), {})

    def sort(self, tx: store.Transaction, organisation: str) -> str:
        """The kind of an organisation on the sociale kaart of any region here; "" where none has it."""
        return self._published(tx).sorts.get(organisation, "")


@dataclass(frozen=True)
class Published:
    """The models that new cases start with, and what follows from all of them together."""

    models: tuple[Model, ...]

    @cached_property
    def guarded(self) -> frozenset[str]:
        """The processes in which a family's consent decides who may know."""
        return frozenset(model.definition.id for model in self.models if guarded(model.definition))

    @cached_property
    def regions(self) -> tuple[Settings, ...]:
        """The settings of every region in which families are helped."""
        return tuple(model.definition.settings for model in self.models if guarded(model.definition))

    @cached_property
    def roles(self) -> Mapping[str, Mapping[str, Role]]:
        """The roles of every municipality, as its own region has them."""
        roles: dict[str, dict[str, Role]] = {}
        for settings in (model.definition.settings for model in self.models):
            for place in settings.municipalities:
                roles.setdefault(place, {}).update(settings.roles)
        return roles

    @cached_property
    def sorts(self) -> Mapping[str, str]:
        """The kind of every organisation on the sociale kaart of any region."""
        settings = (model.definition.settings for model in reversed(self.models))
        return {id: organisation.kind for region in settings for id, organisation in region.organisations.items()}


def _as_called(model: Model, known: Iterable[store.organisations.Known]) -> Model:
    """A model with what a house says of the organisations of its region."""
    settings = model.definition.settings
    rows = {row.id: row for row in known if row.region == settings.region}
    named = {id: _called(each, rows[id]) for id, each in settings.organisations.items() if id in rows}
    return (
        process.with_settings(model, replace(settings, organisations={**settings.organisations, **named}))
        if named
        else model
    )


def _called(organisation: Organisation, row: store.organisations.Known) -> Organisation:
    return replace(organisation, name=row.name, phone=row.phone, mail=row.mail, ended=row.ended_at is not None)


def guarded(definition: Definition) -> bool:
    """Whether what a family says decides who may know: where a process asks no consent there is no family."""
    asked = {e.properties.get("register") for p in definition.processes.values() for e in p.user_tasks}
    return Register.CONSENT in asked
