"""What the rooms above may hear of contacts, since nothing here may call them."""

from django.dispatch import Signal

# Sent inside the transaction and the scope, with `contacts` (ids): what they are called, or whose they are, changed.
contacts_changed = Signal()
