"""Your own messenger: signed posts in, signed calls out. docs/adding-a-channel.md walks through this folder."""
