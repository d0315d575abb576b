"""Others that let us in by OAuth, mail providers and Meta: whom to ask, for what, and where their servers are."""

from config.env import read

MAIL_PROVIDERS = {
    "google": {
        "client_id": read("GOOGLE_CLIENT_ID", "", "OAuth client for Google mailboxes."),
        "client_secret": read("GOOGLE_CLIENT_SECRET", "", "Its secret."),
        "authorize": "https://accounts.google.com/o/oauth2/v2/auth",
        "token": "https://oauth2.googleapis.com/token",
        "revoke": "https://oauth2.googleapis.com/revoke",
        "scope": "openid email https://mail.google.com/",
        "ask": {"access_type": "offline", "prompt": "consent"},
        "imap": ("imap.gmail.com", 993, "tls"),
        "smtp": ("smtp.gmail.com", 465, "tls"),
    },
    "microsoft": {
        "client_id": read("MICROSOFT_CLIENT_ID", "", "OAuth client for Microsoft 365 mailboxes."),
        "client_secret": read("MICROSOFT_CLIENT_SECRET", "", "Its secret."),
        "authorize": "https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
        "token": "https://login.microsoftonline.com/common/oauth2/v2.0/token",
        "revoke": "",
        "scope": "openid email offline_access https://outlook.office.com/IMAP.AccessAsUser.All "
        "https://outlook.office.com/SMTP.Send",
        "ask": {"prompt": "select_account"},
        "imap": ("outlook.office365.com", 993, "tls"),
        "smtp": ("smtp.office365.com", 587, "starttls"),
    },
}

# ── Facebook Messenger: the installation's own app, if it has one ───────────────────────────────────────────────
MESSENGER_APP_ID = read("MESSENGER_APP_ID", "", "Meta app by which pages are connected. Empty: none.")
MESSENGER_APP_SECRET = read("MESSENGER_APP_SECRET", "", "Its secret, with which Meta signs what it posts.")
MESSENGER_VERIFY_TOKEN = read(
    "MESSENGER_VERIFY_TOKEN",
    "",
    "What Meta repeats when the webhook is set up. Empty: one made from SECRET_KEY.",
)
MESSENGER_API = read("MESSENGER_API", "https://graph.facebook.com/v25.0", "Where Meta's Graph API is.")
MESSENGER_DIALOG = read(
    "MESSENGER_DIALOG", "https://www.facebook.com/v25.0/dialog/oauth", "Where people let us into their pages."
)
