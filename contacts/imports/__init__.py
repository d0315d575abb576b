"""Contacts from a file: read, its columns named, checked without writing, taken in, taken back."""
