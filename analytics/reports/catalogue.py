"""Every report, as data: what it counts, what that means in words, how it is drawn."""

from django.utils.translation import gettext_lazy as _

from analytics.numbers import Kind
from analytics.reports import findings, makers, people, promises, room
from analytics.reports.base import TIME, Ask, Report

CHAT, MAIL = ("chat",), ("email",)

# ── What words mean, once for every report that counts them. ──

CREATED = _("New conversations, counted when they began. Spam, filtered mail and the trash are left out.")
OWNED = _(
    "New conversations, counted when they began, by whom they belong to now. Spam and the trash are left out."
)
CLOSED = _("Each closing, counted when it happened, by who owned the conversation then.")
FIRST = _(
    "From the first message of the other side to the first reply of a person. Bots, welcome messages and automatic "
    "answers do not count, and neither do conversations that we began. Counted when the conversation began."
)
FIRST_OWN = _(
    "From the moment that a conversation was given to somebody to their first reply, by who replied first. "
    "Counted when the conversation began."
)
EVERY = _("Each reply that ends a wait, from the oldest message that it answers. Counted at the reply.")
WAITED = _(
    "How long visitors wait for a person: from their first message, or from when the bot handed over, to the first reply. "
    "Counted when the conversation began."
)
TO_CLOSE = _(
    "How long conversations were open until their last closing; where they were opened again, the times are added up."
)
SINCE_BEGUN = _(
    "From the beginning of a conversation to each of its closings, also the time that it was closed in between. "
    "Counted at the closing."
)


def created_by(
    key: str, title, by: str, finding, *, channels=(), kind=Kind.CREATED, meaning=CREATED, span=6
) -> Report:
    column = _("Tickets") if kind.startswith("ticket") else _("Conversations")
    words = {"kind": kind, "title": column, "finding": finding}
    asks = (Ask("counts", (kind,), by), *([] if by in makers.COUNT_NONE else [Ask("counts", (kind,))]))
    return Report(
        key, title, meaning, makers.counts_by, asks, by=by, kinds=(kind,), chart="bars",
        channels=channels, span=span, words=words,
    )  # fmt: skip


def took_by(key: str, title, by: str, kind: str, meaning, finding, *, channels=(), span=6) -> Report:
    return Report(
        key, title, meaning, makers.seconds_by, (Ask("spreads", (kind,), by),), by=by, kinds=(kind,), chart="bars",
        timed=True, channels=channels, span=span, words={"kind": kind, "finding": finding},
    )  # fmt: skip


def took_over_time(
    key: str, title, kind: str, meaning, finding, *, channels=(), target=False, span=12
) -> Report:
    return Report(
        key, title, meaning, makers.seconds_over_time, (Ask("spreads", (kind,), grain=TIME, before=True),),
        kinds=(kind,), chart="line", timed=True, channels=channels, span=span,
        words={"kind": kind, "finding": finding, "target": target},
    )  # fmt: skip


def how_long(key: str, title, kind: str, meaning, finding, span=6) -> Report:
    return Report(
        key, title, meaning, makers.distribution, (Ask("spreads", (kind,), grain=TIME),), kinds=(kind,),
        chart="distribution", timed=True, span=span, words={"kind": kind, "finding": finding},
    )  # fmt: skip


def promised_by(key: str, title, by: str) -> Report:
    asks = (Ask("counts", (Kind.SLA_MET, Kind.SLA_BREACHED), by),)
    return Report(
        key, title, KEPT, promises.promises_by, asks, by=by, kinds=(Kind.SLA_MET, Kind.SLA_BREACHED), span=6
    )


KEPT = _(
    "A promise is kept when its clock ended in time, and broken at the moment that it ran over. "
    "The clock is the one of the service level itself."
)
VOTES = _(
    "Votes of 1 to 5, counted when they were given; good is 4 or 5. Asked: how often somebody was asked."
)
MOST = _("%(name)s has most: %(part)s")
QUICKEST = _("%(name)s is quickest: %(time)s")
FROM_PAGE = _("Chats begin most often on %(name)s: %(part)s")


def first_finding(now, before, target):
    then = before.median if before.n >= findings.LEAST else None
    return findings.replies(now.median, n=now.n, target=target, before=then)


def wait_finding(now, _before, _target):
    return findings.takes(_("Half of all visitors wait less than %(time)s"), now.median, now.n)


def reply_finding(now, _before, _target):
    return findings.takes(_("Half of all replies take less than %(time)s"), now.median, now.n)


def close_finding(now, _before, _target):
    return findings.takes(_("Half are closed within %(time)s"), now.median, now.n)


def since_begun_finding(now, _before, _target):
    return findings.takes(_("Half of all closings come within %(time)s of the beginning"), now.median, now.n)


def replies_within(whole):
    return findings.takes(_("9 in 10 replies take less than %(time)s"), whole.p90, whole.n)


def within_finding(whole):
    return findings.takes(_("9 in 10 first replies come within %(time)s"), whole.p90, whole.n)


def closed_within(whole):
    return findings.takes(_("9 in 10 are closed within %(time)s"), whole.p90, whole.n)


BUSY = Report(
    "busy-hours", _("Busy hours"), CREATED, makers.week_of_hours, (Ask("counts", (Kind.CREATED,), grain="weekday_hour"),),
    kinds=(Kind.CREATED,), chart="heat", span=6, words={"kind": Kind.CREATED},
)  # fmt: skip
WORK = Report(
    "shares-of-work",
    _("Shares of work"),
    _(
        "Replies: every reply of a person. First reply and time to close are medians. Rated good: votes of 4 or 5 about "
        "them. These are shares of work, not a race."
    ),
    people.shares_of_work,
    (
        Ask("counts", (Kind.REPLY, Kind.CLOSED), "member"),
        Ask("spreads", (Kind.FIRST_RESPONSE, Kind.SETTLED), "member"),
        Ask("valued", (Kind.RATED,), "member"),
    ),
    by="member",
    kinds=(Kind.REPLY, Kind.CLOSED, Kind.FIRST_RESPONSE, Kind.SETTLED, Kind.RATED),
    timed=True,
)
VOLUME = Report(
    "volume-over-time",
    _("Volume"),
    _(
        "New: counted when they began. Closed and re-opened: each time it happened. Open at the end: all that began "
        "or were opened again up to then, less what was closed. Spam and the trash are left out."
    ),
    makers.counts_over_time,
    (
        Ask("counts", (Kind.CREATED, Kind.CLOSED, Kind.REOPENED), grain=TIME, before=True),
        Ask("backlog", grain=TIME),
    ),
    kinds=(Kind.CREATED, Kind.CLOSED, Kind.REOPENED),
    chart="line",
    words={
        "lines": [
            (Kind.CREATED, _("New")),
            (Kind.CLOSED, _("Closed")),
            (Kind.REOPENED, _("Re-opened")),
        ],
        "finding": findings.volume,
        "backlog": True,
    },
)
FIRST_REPLY = took_over_time(
    "first-reply", _("First replies"), Kind.FIRST_RESPONSE, FIRST, first_finding, target=True
)

CHAT_PAGE = (
    created_by("chat-by-user", _("Chats by owner"), "member", MOST, channels=CHAT, meaning=OWNED),
    created_by("chat-by-chatflow", _("Chats by chatflow"), "chatflow", MOST, channels=CHAT),
    created_by("chat-by-page", _("Chats by page"), "page", FROM_PAGE, channels=CHAT),
    created_by("chat-closed-by-user", _("Closed chats by owner"), "member", MOST, channels=CHAT, kind=Kind.CLOSED, meaning=CLOSED),
    took_by("chat-first-by-user", _("First reply in chats by agent"), "member", Kind.FIRST_BY_OWNER, FIRST_OWN, QUICKEST, channels=CHAT),
    took_over_time("chat-wait", _("Waiting in chats"), Kind.WAIT, WAITED, wait_finding, channels=CHAT, span=6),
)  # fmt: skip
MAIL_PAGE = (
    created_by("mail-by-user", _("E-mails by owner"), "member", MOST, channels=MAIL, meaning=OWNED),
    created_by("mail-closed-by-user", _("Closed e-mails by owner"), "member", MOST, channels=MAIL, kind=Kind.CLOSED, meaning=CLOSED),
    took_by("mail-first-by-user", _("First reply to e-mails by agent"), "member", Kind.FIRST_BY_OWNER, FIRST_OWN, QUICKEST, channels=MAIL),
    took_over_time("mail-first", _("First replies to e-mails"), Kind.FIRST_RESPONSE, FIRST, first_finding, channels=MAIL, target=True, span=6),
)  # fmt: skip
VOLUME_PAGE = (
    VOLUME,
    created_by("volume-by-inbox", _("Conversations by inbox"), "inbox", MOST),
    created_by("volume-by-kind", _("Conversations by kind of channel"), "channel_kind", MOST),
    created_by("volume-by-team", _("Conversations by team"), "team", MOST),
    BUSY,
)
REPLIES_PAGE = (
    FIRST_REPLY,
    how_long("first-reply-spread", _("How long first replies take"), Kind.FIRST_RESPONSE, FIRST, within_finding),
    took_by("first-reply-by-user", _("First reply by agent"), "member", Kind.FIRST_RESPONSE, FIRST, QUICKEST),
    took_by("first-reply-by-team", _("First reply by team"), "team", Kind.FIRST_RESPONSE, FIRST, QUICKEST),
    took_by("first-reply-by-kind", _("First reply by kind of channel"), "channel_kind", Kind.FIRST_RESPONSE, FIRST, QUICKEST),
    took_over_time("every-reply", _("Every reply"), Kind.RESPONSE, EVERY, reply_finding, span=6),
    took_over_time("wait", _("Waiting"), Kind.WAIT, WAITED, wait_finding, span=6),
    how_long("every-reply-spread", _("How long replies take"), Kind.RESPONSE, EVERY, replies_within),
    took_by("every-reply-by-user", _("Every reply by agent"), "member", Kind.RESPONSE, EVERY, QUICKEST),
    took_by("every-reply-by-team", _("Every reply by team"), "team", Kind.RESPONSE, EVERY, QUICKEST),
    took_by("every-reply-by-kind", _("Every reply by kind of channel"), "channel_kind", Kind.RESPONSE, EVERY, QUICKEST),
)  # fmt: skip
CLOSING_PAGE = (
    took_over_time("time-to-close", _("Time to close"), Kind.SETTLED, TO_CLOSE, close_finding, span=6),
    took_over_time("since-beginning", _("From beginning to closing"), Kind.CLOSED, SINCE_BEGUN, since_begun_finding, span=6),
    how_long("time-to-close-spread", _("How long until closed"), Kind.SETTLED, TO_CLOSE, closed_within),
    took_by("time-to-close-by-user", _("Time to close by agent"), "member", Kind.SETTLED, TO_CLOSE, QUICKEST),
    took_by("time-to-close-by-team", _("Time to close by team"), "team", Kind.SETTLED, TO_CLOSE, QUICKEST),
    took_by("time-to-close-by-kind", _("Time to close by kind of channel"), "channel_kind", Kind.SETTLED, TO_CLOSE, QUICKEST),
)  # fmt: skip
TEAM_PAGE = (
    WORK,
    Report(
        "workload", _("Open now"), _("What is open in this moment, by whom it belongs to; waiting: the other side wrote last, and no bot has it."),
        people.workload, (), by="member", chart="bars", load=people.open_now, is_now=True,
    ),
)  # fmt: skip
LEVELS_PAGE = (
    Report(
        "promises-by-goal", _("Promises by goal"), KEPT, promises.by_goal,
        (Ask("valued", (Kind.SLA_MET, Kind.SLA_BREACHED)),), kinds=(Kind.SLA_MET, Kind.SLA_BREACHED), chart="bars", span=6,
    ),
    promised_by("promises-by-inbox", _("Promises by inbox"), "inbox"),
    promised_by("promises-by-priority", _("Promises by priority"), "priority"),
    promised_by("promises-by-agent", _("Promises by agent"), "member"),
)  # fmt: skip
VOTES_PAGE = (
    Report(
        "votes-over-time", _("Satisfaction"), VOTES, promises.votes_over_time,
        (Ask("valued", (Kind.RATED,), grain=TIME, before=True), Ask("counts", (Kind.ASKED,), grain=TIME)),
        kinds=(Kind.RATED, Kind.ASKED), chart="line",
    ),
    Report(
        "votes", _("Votes"), VOTES, promises.votes_by_score, (Ask("valued", (Kind.RATED,), grain=TIME, before=True),),
        kinds=(Kind.RATED,), chart="distribution", span=6,
    ),
    *(
        Report(
            f"votes-by-{key}", title, VOTES, promises.votes_by,
            (Ask("valued", (Kind.RATED,), by), Ask("counts", (Kind.ASKED,), by)), by=by, kinds=(Kind.RATED, Kind.ASKED),
            chart="bars", span=span,
        )
        for key, title, by, span in (("agent", _("Votes by agent"), "member", 6), ("chatflow", _("Votes by chatflow"), "chatflow", 12))
    ),
)  # fmt: skip
TICKETS_PAGE = (
    Report(
        "tickets-over-time", _("Tickets"), _("New, closed and re-opened tickets, each counted when it happened."),
        makers.counts_over_time,
        (Ask("counts", (Kind.TICKET_CREATED, Kind.TICKET_CLOSED, Kind.TICKET_REOPENED), grain=TIME, before=True),),
        kinds=(Kind.TICKET_CREATED, Kind.TICKET_CLOSED, Kind.TICKET_REOPENED), chart="line",
        words={
            "lines": [(Kind.TICKET_CREATED, _("New")), (Kind.TICKET_CLOSED, _("Closed")), (Kind.TICKET_REOPENED, _("Re-opened"))],
            "finding": findings.tickets,
        },
    ),
    Report(
        "tickets-by-status", _("Tickets by status"), _("All tickets as they stand in this moment."), room.tickets_by_status, (),
        chart="bars", span=6, load=room.tickets_now, is_now=True,
    ),
    created_by("tickets-by-pipeline", _("Tickets by pipeline"), "pipeline", MOST, kind=Kind.TICKET_CREATED, meaning=_("New tickets, counted when they were made.")),
    created_by("tickets-by-source", _("Tickets by source"), "source", MOST, kind=Kind.TICKET_CREATED, meaning=_("New tickets, counted when they were made.")),
    took_over_time("ticket-time-to-close", _("Time to close tickets"), Kind.TICKET_CLOSED, _("From when a ticket was made to each closing."), close_finding, span=6),
)  # fmt: skip
LABELS_PAGE = (
    created_by("labels", _("Labels"), "label", _("“%(name)s” is most frequent: %(part)s"), span=12,
               meaning=_("New conversations that carry a label now; one with two labels counts for each of them.")),
)  # fmt: skip
PAGES_PAGE = (
    created_by("pages", _("Pages"), "page", FROM_PAGE, channels=CHAT, span=12,
               meaning=_("New chats by the page that they began on, without what follows a question mark.")),
)  # fmt: skip
ADDRESSES_PAGE = (
    Report(
        "addresses", _("E-mail addresses"),
        _(
            "How each address of the team fares in this moment. Did not arrive: messages written in the period that did not "
            "leave or came back. Missing: mail that its server has and we have not. What waits, could not be read or is "
            "missing is no conversation yet: these numbers lead to no list."
        ),
        room.addresses, (), load=room.addresses_now, is_now=True,
    ),
)  # fmt: skip
