"""Every test begins with full buckets and no remembered keys."""

import pytest
from django.conf import settings

from chatflows.widget import chat, limits
from events import dispatch


@pytest.fixture(autouse=True)
def full_buckets():
    client = dispatch.valkey()
    for key in client.scan_iter(f"{settings.KEY_PREFIX}:limit:*"):
        client.delete(key)
    limits._local.clear()
    chat._doors.clear()
