"""The sockets of members and visitors: fan-out, replay, presence. The socket is a doorbell, not the letter."""
