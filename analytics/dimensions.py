"""What facts are told apart by: the columns of a fact, and how roll-ups call them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Dimension:
    """`column` of a fact, the `filter` of a Scope that chooses among its values, and whether none is a value too."""

    key: str
    column: str
    filter: str
    counts_none: bool = False
    text: bool = False

    @property
    def none(self) -> str | int:
        return "" if self.text else 0


# Kept by every roll-up beside the one thing more.
ALWAYS = {
    one.key: one
    for one in (
        Dimension("inbox", "inbox_id", "inboxes", counts_none=True),
        Dimension("channel", "channel_id", "channels", counts_none=True),
        Dimension("channel_kind", "channel_kind", "kinds", counts_none=True, text=True),
    )
}
# The one thing more. Who has nobody is a line of every report about people, so nobody is kept as "".
ONE_MORE = {
    one.key: one
    for one in (
        Dimension("member", "member_id", "members", counts_none=True),
        Dimension("team", "team_id", "teams", counts_none=True),
        Dimension("chatflow", "chatflow_id", "chatflows"),
        Dimension("version", "version_id", "versions"),
        Dimension("label", "labels", "labels"),
        Dimension("country", "country", "countries", text=True),
        Dimension("priority", "priority", "priorities", text=True),
        Dimension("page", "page", "pages", text=True),
        Dimension("source", "source", "sources", text=True),
        Dimension("pipeline", "pipeline_id", "pipelines"),
    )
}
ALL = ALWAYS | ONE_MORE


def as_text(value: object) -> str:
    """A value as roll-ups and cells have it: none is ""."""
    return "" if value in (0, None, "") else str(value)
