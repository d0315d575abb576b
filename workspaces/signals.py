"""What the rooms above may hear of people, since nothing here may call them."""

from django.dispatch import Signal

# Sent inside the transaction and the scope, with `member` and `by`: what they held is let go of with them (AC-7).
member_left = Signal()

# Asked with `members` (ids); each receiver answers {id: how many open things wait for them}.
open_work = Signal()

# Asked with `token` at every request of a program; each receiver answers how many seconds it has to wait, or 0.
token_used = Signal()
