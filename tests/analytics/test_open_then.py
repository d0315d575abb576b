"""What stood open at a day's end, from marks: the same with and without them, whatever changes later (AN-1)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from analytics import again, numbers, open_then, reader, standing, writing
from analytics.models import Fact, OpenThen
from analytics.place import reading
from analytics.scope import Scope
from conversations.actions import restore, set_label, set_status, trash
from conversations.actions.labels import label_called
from conversations.models import Conversation
from workspaces.models import Member

pytestmark = pytest.mark.django_db


def days_of(scope: Scope) -> list[tuple]:
    return numbers.backlog(scope)[::9]


def test_with_and_without_marks_it_is_the_same(world_of, monkeypatch):
    with world_of(80) as world:
        pk = world.workspace.pk
        reader.read(pk)
        while again.go_on(pk):
            pass
        begun = Conversation.objects.order_by("created_at").values_list("created_at", flat=True)
        first = begun[0].date()
        ours = Member.objects.filter(workspace=pk).order_by("pk").first()
        scope = Scope(first, first + timedelta(days=300), world.workspace.time_zone)
        scopes = [scope, replace(scope, kinds=("chat",)), replace(scope, members=(ours.pk,))]
        without = [days_of(one) for one in scopes]

        def agree() -> None:
            for one in scopes:
                for day, n in days_of(one):
                    for many in (0, 2000):  # looked for from the newest on, or looked up
                        monkeypatch.setattr(standing, "MANY", many)
                        assert standing.behind(one, standing.THEN, at=day).count() == n, (one, day, many)

        monkeypatch.setattr(timezone, "now", lambda now=timezone.now: now() + timedelta(days=60))
        open_then.make_marks(pk)
        marks = OpenThen.objects.count()
        assert marks > 20
        assert [days_of(one) for one in scopes] == without
        agree()
        open_then.make_marks(pk)
        assert OpenThen.objects.count() == marks

        def change(row: Conversation) -> None:
            with reading(pk) as place:
                assert writing.write_conversations([row.pk], place.days, timezone.now())

        old = Conversation.objects.present().exclude(status="closed").order_by("created_at").first()
        set_label(old, label_called("Later"), True, by=ours)
        change(old)
        set_status(old, "closed", by=ours)
        change(old)
        was = OpenThen.objects.filter(subjects__contains=[old.pk])
        assert not was.filter(at__gt=datetime.now(UTC)).exists()  # it was open then, whatever it is now
        assert was.count() > 10
        agree()
        trash(old, by=ours)
        change(old)
        assert not was.exists()
        agree()
        restore(old, by=ours)
        change(old)
        assert was.count() > 10
        agree()
        mended = {one.at: set(one.subjects) for one in OpenThen.objects.all()}
        OpenThen.objects.all().delete()
        open_then.make_marks(pk)
        assert {one.at: set(one.subjects) for one in OpenThen.objects.all()} == mended


def test_a_statement_reads_no_more_than_since_the_mark(world_of, monkeypatch):
    with world_of(60) as world:
        pk = world.workspace.pk
        reader.read(pk)
        while again.go_on(pk):
            pass
        monkeypatch.setattr(timezone, "now", lambda now=timezone.now: now() + timedelta(days=60))
        open_then.make_marks(pk)
        newest = OpenThen.objects.latest("at")
        assert newest.subjects == sorted(newest.subjects) != []
        Fact.objects.filter(kind__in=open_then.OPENING, at__lt=newest.at).delete()
        assert set(open_then.at(newest.at).strip("{}").split(",")) == {str(pk) for pk in newest.subjects}
