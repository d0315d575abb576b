"""Asking how it was outside of the chat (LC-7): by mail and in Messenger, some time after a conversation was closed."""
