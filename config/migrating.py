"""Migrating an empty database in seconds: what a migration only adds is added to the models already rendered.

Django renders a changed model's relatives anew after every operation. Here everything is related through its workspace,
so that each index would render the whole site again: nine tenths of the time of a first start.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.apps.registry import Apps
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState


class GrowingState(ProjectState):
    """Adds tables, columns, indexes and constraints in place; whatever alters or removes is Django's own.

    A migration that runs Python still gets models rendered for it: Django does that where a state `is_delayed`.
    """

    def clone(self) -> "GrowingState":
        usual = super().clone()
        copy = GrowingState(usual.models, usual.real_apps)
        copy.__dict__.update(usual.__dict__)
        return copy

    def add_model(self, model_state) -> None:
        if any(isinstance(base, str) for base in model_state.bases):
            return super().add_model(model_state)
        with self._rendered() as apps:
            super().add_model(model_state)
            if apps:
                apps.render_multiple([model_state])

    def add_field(self, app_label, model_name, name, field, preserve_default) -> None:
        if field.many_to_many or self._has_heirs(app_label, model_name):
            return super().add_field(app_label, model_name, name, field, preserve_default)
        with self._rendered() as apps:
            super().add_field(app_label, model_name, name, field, preserve_default)
            if apps:
                added = self.models[app_label, model_name].fields[name]
                apps.get_model(app_label, model_name).add_to_class(name, added.clone())
                apps.clear_cache()

    def _append_option(self, app_label, model_name, option_name, obj) -> None:
        with self._rendered() as apps:
            super()._append_option(app_label, model_name, option_name, obj)
            if apps:
                options = apps.get_model(app_label, model_name)._meta
                setattr(options, option_name, [*getattr(options, option_name), obj.clone()])

    @contextmanager
    def _rendered(self) -> Iterator[Apps | None]:
        """The models rendered so far, which Django does not see inside and so leaves as they are."""
        apps = self.__dict__.pop("apps", None)
        yield apps
        if apps:
            self.apps, self.is_delayed = apps, True

    def _has_heirs(self, app_label: str, model_name: str) -> bool:
        name = f"{app_label}.{model_name}"
        bases = (base for state in self.models.values() for base in state.bases)
        return any(isinstance(base, str) and base.lower() == name for base in bases)


class QuickExecutor(MigrationExecutor):
    def _create_project_state(self, with_applied_migrations=False) -> ProjectState:
        state = super()._create_project_state(with_applied_migrations)
        return GrowingState(state.models, state.real_apps)
