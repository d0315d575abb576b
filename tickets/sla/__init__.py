"""Service levels: how soon a ticket is answered first, answered again, and closed (SL-1 to SL-6)."""
