"""`./parley messenger-simulator`: a Messenger of one's own, for trying things out and for tests.

It stands where Meta's servers stand: its Graph API takes our messages and answers with Meta's errors, its webhooks come
signed and again until they are taken, and on its page a person is a customer. Standard library only; it imports nothing
of the application.
"""
