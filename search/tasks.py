"""Keeps the months ahead ready, and the index of words tidy."""

from datetime import timedelta

from celery import shared_task
from django.db import connection
from django.utils import timezone

MONTHS_AHEAD = 3


@shared_task
def make_months() -> None:
    """The partition of this month and of the next three. A row without one would stand in the default partition."""
    with connection.cursor() as cursor:
        for number in range(MONTHS_AHEAD + 1):
            moment = timezone.now() + timedelta(days=30 * number)
            cursor.execute("select public.search_make_partition(%s)", [moment])


@shared_task
def tidy_words() -> None:
    """Put what writers left waiting into the index."""
    with connection.cursor() as cursor:
        cursor.execute("select public.search_tidy()")
