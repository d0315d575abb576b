"""One folder per kind of channel: turns the outside into Inbound, and a Message into the outside."""
