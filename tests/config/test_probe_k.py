import pytest
def test_probe(acme, ben, client_of):
    c = client_of(ben)
    c.raise_request_exception = True
    assert c.get("/w/acme/inbox/open/").status_code == 200
