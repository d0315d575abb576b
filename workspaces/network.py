"""Whose request is it? Limits and logs count the address that declared proxies vouch for (T032)."""

from ipaddress import ip_address


def real_address(peer: str, forwarded: str, proxies: int) -> str:
    """The visitor's address: `peer` itself, or the entry of X-Forwarded-For that the outermost declared proxy wrote."""
    hops = [hop.strip() for hop in forwarded.split(",") if hop.strip()]
    if not proxies or len(hops) < proxies:
        return peer
    try:
        return str(ip_address(hops[-proxies]))
    except ValueError:
        return peer
