"""Where personal data may stand: every tenant table is named here, with what erasing a person does to it (T150).

A test fails for a table that nobody has thought about.
"""

# Rows that hang on a conversation or contact and go with it.
REMOVED = {
    "contacts.ContactAddress", "contacts.ContactJob", "contacts.ContactExport", "contacts.ImportRow", "contacts.ListMember", "contacts.MergeRecord", "contacts.PagesSeen", "contacts.PropertyChange", "contacts.Contact", "conversations.Attachment",
    "conversations.BulkJob", "conversations.Comment", "conversations.Draft", "conversations.Follow",
    "conversations.Mention", "conversations.Participant", "conversations.PropertyFile", "conversations.ReadMark", "conversations.ScheduledReply",
    "channels_app.AutomaticMail", "channels_app.ReplyToken", "inboxes.SenderRule", "notifications.Notification",
    "notifications.Mute", "automation.RuleRun", "automation.DryRun", "search.Entry",
    "chatflows.FlowSession", "chatflows.Meeting", "chatflows.SurveyAnswer", "chatflows.ResumeLink", "chatflows.ConsentProof",
    "tickets.TicketComment", "tickets.TicketConversation", "tickets.TicketLink", "tickets.TicketMerge", "tickets.TicketPass",
}  # fmt: skip
# The row stays, empty of everything that says who or what: numbers and times for reports, ids against a second copy.
EMPTIED = {
    "contacts.Visitor", "conversations.Conversation", "conversations.ConversationDetail", "conversations.Message",
    "channels_app.InboundPayload", "events.Event", "events.ReactionDue",
    "tickets.Ticket",
}  # fmt: skip
# Says nothing about customers: settings, texts of the team, numbers.
KEPT = {
    "workspaces.ApiToken", "workspaces.AuditEntry", "workspaces.Invitation", "workspaces.OwnRole", "workspaces.Team",
    "workspaces.TeamMember", "events.Interest", "contacts.Company", "contacts.CompanyMerge", "contacts.ContactCard", "contacts.ContactImport", "contacts.ContactList", "contacts.ContactView", "contacts.PropertyDefinition", "inboxes.Absence",
    "inboxes.Channel", "inboxes.Inbox", "inboxes.InboxAccess", "inboxes.MailFilters", "inboxes.OpeningHours",
    "inboxes.Relocation", "inboxes.RoutingRule", "inboxes.RoutingTarget", "inboxes.RoutingTurn",
    "conversations.ConversationLabel", "conversations.CountDelta", "conversations.Label", "conversations.Macro",
    "conversations.RoutingDecision", "conversations.SavedView", "conversations.Snippet", "channels_app.Mailbox", "channels_app.FormVersion", "channels_app.MessengerPage",
    "automation.Rule", "notifications.Device", "notifications.MailCount", "notifications.Preferences",
    "records.Erasure", "records.Export", "records.Retention", "sso.Provider", "sso.Identity",
    "chatflows.Article", "chatflows.Chatflow", "chatflows.ChatflowVersion", "chatflows.FlowCount", "chatflows.FlowSettings",
    "chatflows.IdentitySecret",
    "tickets.Pipeline", "tickets.Stage", "tickets.TicketTeam", "tickets.TicketEvent", "tickets.TicketCounter", "tickets.TicketView", "tickets.TicketCount",
    "tickets.SlaClock", "tickets.SlaPolicy",
    "analytics.Fact", "analytics.Rollup", "analytics.Reading", "analytics.SubjectRead", "analytics.Reconciliation", "analytics.OpenThen",
    "analytics.Dashboard", "analytics.FactsExport", "analytics.Letter", "analytics.LetterReader", "analytics.LetterSent", "analytics.ReportChoices",
}  # fmt: skip

# Facts of the log that say nothing about a person; all other keys of a payload are taken out.
HARMLESS_FACTS = {
    "message", "seq", "messages", "delivery", "channel_kind", "assignee", "team", "previous", "status", "until",
    "from", "to", "spam", "trashed", "on", "other", "comment", "member", "reply", "kind", "after", "upto", "file",
    "priority", "score", "low", "ticket", "stage", "number", "owner", "pipeline", "note", "deleted", "fields", "made_by", "goal", "goals", "why",
}  # fmt: skip
