"""Who writes to us: contacts, their addresses on channels, companies; visitors while unknown."""
