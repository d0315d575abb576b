"""What greets a visitor. Today: the widget of a live chat channel."""
