"""What beat asks the worker for, and how often. What is due stands in rows; this only says when to look."""


def every(seconds: float, task: str, *, within: float = 0) -> dict:
    """One line of beat's schedule; a worker that comes `within` seconds late lets it be (else: a round late)."""
    return {"task": task, "schedule": float(seconds), "options": {"expires": within or seconds}}


SCHEDULE = {
    "exports": every(60, "records.tasks.make_exports"),
    "erasures": every(60, "records.tasks.erase_people"),
    "retention": every(3600, "records.tasks.let_go"),
    "reactions": every(5, "events.tasks.run_reactions"),
    "scheduled": every(1, "conversations.tasks.send_due", within=3),
    "mail": every(5, "channels_app.tasks.understand_mail"),
    "files of customers": every(5, "channels_app.tasks.fetch_what_was_sent"),
    "aside": every(3600, "channels_app.tasks.purge_aside"),
    "unread mailboxes": every(300, "channels_app.tasks.watch_mailboxes"),
    "breakers": every(3600, "channels_app.tasks.forget_automatic_mail"),
    "notifications": every(3, "notifications.tasks.send_due"),
    "trouble": every(60, "notifications.tasks.tell_of_trouble"),
    "old notifications": every(86400, "notifications.tasks.forget_old", within=3600),
    "idle": every(60, "realtime.tasks.set_idle_away"),
    "working hours": every(30, "inboxes.tasks.flip_due"),
    "heartbeat": every(10, "config.tasks.beat_heartbeat"),
    "counters": every(60, "conversations.tasks.fold_counters"),
    "service levels": every(15, "tickets.tasks.mark_due"),
    "counters of tickets": every(60, "tickets.tasks.fold_counts"),
    "figures": every(5, "analytics.tasks.read_log"),
    "reports by e-mail": every(30, "analytics.tasks.send_letters"),
    "figures read again": every(10, "analytics.tasks.read_again"),
    "figures compared": every(86400, "analytics.tasks.compare", within=3600),
    "figures of chatflows": every(60, "chatflows.tasks.fold_figures"),
    "bulk": every(30, "conversations.tasks.resume_bulk"),
    "unanswered": every(60, "conversations.tasks.recheck_unanswered"),
    "old decisions": every(86400, "conversations.tasks.forget_decisions", within=3600),
    "left behind": every(300, "conversations.tasks.resume_hand_over"),
    "snoozed": every(30, "conversations.tasks.wake_snoozed"),
    "relocations": every(10, "conversations.tasks.relocate", within=30),
    "quiet": every(60, "conversations.tasks.close_quiet"),
    "files": every(3600, "conversations.tasks.sweep_files"),
    "months of search": every(86400, "search.tasks.make_months", within=3600),
    "words of search": every(60, "search.tasks.tidy_words"),
    "sessions": every(3600, "config.tasks.clear_expired"),
    "bots": every(2, "chatflows.tasks.speak_due"),
    "bots without a word": every(60, "chatflows.tasks.expire_due"),
    "rules that wait": every(60, "automation.tasks.sweep_rules"),
    "old rule runs": every(86400, "automation.tasks.forget_runs", within=3600),
    "bulk of contacts": every(30, "contacts.tasks.resume_jobs"),
    "files of contacts": every(3600, "contacts.tasks.forget_files"),
    "lists of contacts": every(60, "contacts.tasks.keep_lists"),
    "deleted contacts": every(86400, "contacts.tasks.forget_deleted", within=3600),
    "old merges": every(86400, "contacts.tasks.forget_merges", within=3600),
}
