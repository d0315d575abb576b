"""The public side: embed code, configuration, session, panel."""
