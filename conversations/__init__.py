"""Conversations: their messages, comments and life. receive() is the one way in, send_reply() the one way out."""
