"""The three roles. None is a superuser, none passes over the row policies."""

OWNER = "parley_owner"  # owns the tables, migrates
APP = "parley_app"  # serves
MAINT = "parley_maint"  # reads across workspaces, for sweeps
