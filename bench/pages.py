"""What a page of the inbox costs: list, thread, search and one live row, through the whole of Django; and P1, P2."""

from functools import partial

from django.template.loader import get_template
from django.test import Client

from bench.report import Figures, timed
from bench.scene import scene
from workspaces.scope import workspace_scope

SIZES = (100, 5000)


def run(rounds: int) -> int:
    """Returns how many goals were missed."""
    figures = Figures("pages")
    for size in SIZES:
        with scene(size) as (member, conversations):
            client = Client(SERVER_NAME="localhost")
            client.force_login(member.user, backend="allauth.account.auth_backends.AuthenticationBackend")
            slug = member.workspace.slug
            pages = {
                "list of 50": f"/w/{slug}/inbox/open/",
                "thread beside its list": f"/w/{slug}/inbox/open/{conversations[0].pk}/",
                "search": f"/w/{slug}/search/?q=anybody",
                "one row": f"/w/{slug}/conversations/{conversations[0].pk}/row/",
                "replay of nothing": f"/w/{slug}/live/since/?after=999999999999",
            }
            for url in pages.values():
                assert client.get(url).status_code == 200, url
            for _ in range(rounds * 4):
                for label, url in pages.items():
                    wall, cpu = timed(partial(client.get, url))
                    figures.add(f"{label}, {size} open", "ms", wall * 1000)
                    figures.add(f"{label}, {size} open", "ms of CPU", cpu * 1000)
            with workspace_scope(member.workspace):
                drawing(figures, member, rounds, size)
            if size == SIZES[-1]:
                weights(figures, client, pages)
    return figures.tell()


def drawing(figures: Figures, member, rounds: int, size: int) -> None:
    """P1: the rows of the list as we draw them, beside a ceiling that only joins strings and Django's include."""
    from conversations.fragments import rows_html
    from conversations.queries import get_view, page_of

    view, template = get_view("open"), get_template("conversations/_row.html")

    def rows():
        page = page_of(view, member)
        return [*page.yours, *page.theirs]

    ways = {
        "ours": lambda: rows_html(rows()),
        "strings": lambda: [joined(row) for row in rows()],
        "include": lambda: [template.render({"c": row}) for row in rows()],
    }
    for number in range(-2, rounds * 4):
        for label, draw in ways.items():
            _wall, cpu = timed(draw)
            if number >= 0:
                figures.add(f"rows, {label}, {size} open", "ms of CPU", cpu * 1000)
    ours, strings, include = (figures.middle(f"rows, {way}, {size} open", "ms of CPU") for way in ways)
    figures.goal("P1", f"queries and rows beside queries and strings, {size} open", ours / strings, 1.5)
    figures.goal("P1", f"queries and rows beside Django's include, {size} open", ours / include, 0.25)


def joined(row) -> str:
    return (
        f'<li class="rowbox" data-row="{row.pk}"><a class="crow" href="{row.url}" data-status="{row.status}">'
        f"<bdi>{row.contact_name}</bdi><span>{row.subject}</span><span>{row.preview}</span>"
        f"<time>{row.last_activity_at:%H:%M}</time></a></li>"
    )


def weights(figures: Figures, client: Client, pages: dict[str, str]) -> None:
    """P2: what a live update sends, beside the page that it spares."""
    page, row = (len(client.get(pages[name]).content) for name in ("list of 50", "one row"))
    figures.add("page", "bytes", page)
    figures.add("row", "bytes", row)
    figures.goal("P2", "bytes of a row beside its page", row / page, 1 / 50)
