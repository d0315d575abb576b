"""What this room does after commit (config/reactions.py)."""

from automation.asked import start_rule
from automation.engine import run_rules
from automation.webhooks import call_out

__all__ = ["call_out", "run_rules", "start_rule"]
