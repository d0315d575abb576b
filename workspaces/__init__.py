"""Tenancy and people: who may enter, and the one door through which tenant rows are reached."""
