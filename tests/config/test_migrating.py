"""Our quick way through migrations writes what Django's own writes (config/migrating.py)."""

import pytest
from django.core.management import get_commands
from django.db import connection, models
from django.db.migrations import Migration, operations
from django.db.migrations.state import ProjectState

from config.migrating import GrowingState


def a_table(name: str, **fields):
    columns = [("id", models.BigAutoField(primary_key=True)), *fields.items()]
    return operations.CreateModel(name, columns, options={"indexes": [], "constraints": []})


def owner(name: str = "Owner"):
    return models.ForeignKey(f"plays.{name}", models.CASCADE, null=True)


def story() -> list:
    """Everything that a state grows in place, and between it what Django renders anew."""
    return [
        a_table("Owner", code=models.IntegerField(unique=True)),
        a_table("Thing", owner=owner(), label=models.CharField(max_length=20)),
        operations.AddField("thing", "keeper", owner_named("keeper")),
        operations.AddField("thing", "size", models.IntegerField(default=3), preserve_default=False),
        operations.AddIndex("thing", models.Index(fields=["label", "size"], name="plays_label")),
        operations.AddConstraint(
            "thing", models.UniqueConstraint(fields=["owner", "size"], name="plays_one")
        ),
        operations.AddField("owner", "best", models.OneToOneField("plays.Thing", models.SET_NULL, null=True)),
        operations.AlterField("owner", "code", models.BigIntegerField(unique=True)),
        operations.CreateModel("Special", [], options={"proxy": True}, bases=("plays.thing",)),
        operations.AddField("thing", "tags", models.ManyToManyField("plays.Owner", related_name="tagged")),
        operations.AddField("thing", "note", models.TextField(db_index=True, default="")),
        operations.RenameField("thing", "label", "title"),
        operations.AlterField("owner", "id", models.UUIDField(primary_key=True)),
        operations.RenameModel("Owner", "Person"),
        a_table("Late", person=owner("Person"), on=models.DateField(db_index=True)),
        operations.RemoveIndex("thing", "plays_label"),
        operations.RemoveConstraint("thing", "plays_one"),
        operations.RemoveField("thing", "keeper"),
    ]


def owner_named(name: str):
    return models.ForeignKey("plays.Owner", models.CASCADE, null=True, related_name=name)


def written(state) -> list[str]:
    """The SQL of the story, told by a state whose models were rendered before it began."""
    migration = Migration("0001_initial", "plays")
    migration.operations = story()
    assert state.apps
    with connection.schema_editor(collect_sql=True, atomic=False) as editor:
        migration.apply(state, editor, collect_sql=True)
    return editor.collected_sql


def shape(apps) -> dict:
    """Per model: its fields in order, who points at it, its indexes and constraints."""
    return {
        model._meta.label: (
            [
                (field.name, type(field).__name__)
                for field in (*model._meta.fields, *model._meta.many_to_many)
            ],
            sorted(relation.name for relation in model._meta.related_objects),
            sorted(index.name for index in model._meta.indexes),
            sorted(rule.name for rule in model._meta.constraints),
        )
        for model in apps.get_models(include_auto_created=True)
    }


@pytest.mark.django_db
def test_the_same_sql_is_written_and_the_same_models_stand_at_the_end():
    usual, quick = ProjectState(), GrowingState()
    assert written(quick) == written(usual)
    assert quick == usual
    grown = shape(quick.apps)
    assert grown == shape(usual.apps), "what was added in place differs from what Django renders"
    assert quick.is_delayed, "a migration that runs Python asks for models rendered from the start"
    quick.clear_delayed_apps_cache()
    assert shape(quick.apps) == grown


def test_migrate_is_ours():
    assert get_commands()["migrate"] == "config"
