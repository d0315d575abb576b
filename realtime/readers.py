"""A member at a socket or a poll: who they are, what they may see now, and how to draw for them."""

from dataclasses import dataclass, field

from inboxes.models import Inbox, sees_only_own
from workspaces.models import Member


@dataclass(eq=False)
class Reader:
    """What is needed to choose and draw frames for a member. `sight` is recomputed when access_version moves."""

    member_id: int
    workspace_id: int
    slug: str
    access_version: int
    language: str
    zone: str
    session_key: str = ""
    auth_hash: str = ""
    inboxes: set[int] = field(default_factory=set)
    only_own: bool = False
    teams: set[int] = field(default_factory=set)

    def look_again(self, member: Member) -> None:
        """Take what the member may see now. Inside the scope."""
        self.access_version = member.access_version
        self.inboxes = set(Inbox.objects.visible_to(member).values_list("pk", flat=True))
        self.only_own = sees_only_own(member)
        self.teams = set(member.teams.values_list("pk", flat=True))

    def sees(self, conversation: dict) -> bool:
        """`conversation`: inbox, assignee and team ids. The same rule as ConversationQuerySet.visible_to."""
        if conversation["inbox"] not in self.inboxes:
            return False
        if not self.only_own:
            return True
        return conversation["assignee"] == self.member_id or conversation["team"] in self.teams
