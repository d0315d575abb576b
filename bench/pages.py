"""What a page of the inbox costs: list, thread and one live row, through the whole of Django."""

from functools import partial

from django.test import Client

from bench.report import report, timed
from bench.scene import scene

SIZES = (100, 5000)


def run(rounds: int) -> None:
    rows: dict[str, list[float]] = {}
    for size in SIZES:
        with scene(size) as (member, conversations):
            client = Client(SERVER_NAME="localhost")
            client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
            slug = member.workspace.slug
            pages = {
                "list of 50": f"/w/{slug}/inbox/open/",
                "thread beside its list": f"/w/{slug}/inbox/open/{conversations[0].pk}/",
                "one row": f"/w/{slug}/conversations/{conversations[0].pk}/row/",
                "replay of nothing": f"/w/{slug}/live/since/?after=999999999999",
            }
            for label, url in pages.items():
                assert client.get(url).status_code == 200, url
                for _ in range(rounds * 4):
                    wall, _cpu = timed(partial(client.get, url))
                    rows.setdefault(f"{label}, {size} open", []).append(wall * 1000)
    report("pages", rows, "milliseconds a request")
