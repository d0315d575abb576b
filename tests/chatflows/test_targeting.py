"""Which pages and which visitors a chatflow fits (TG-1 to TG-6)."""

from string import ascii_letters

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from chatflows.addresses import matches_stars, page_of
from chatflows.targeting import Facts, Targeting, UrlRule, compile_targeting, covers, judge, shadows
from chatflows.visitor_rules import line_of, meets


def fits(op: str, value: str, url: str, name: str = "") -> bool:
    return UrlRule(op, value, name).matches(page_of(url))


@pytest.mark.parametrize(
    ("op", "value", "url", "wanted"),
    [
        # TG-3: exact to the letter, but for scheme, host's case, fragment and one slash at the end
        ("is", "www.x.com", "https://www.x.com/", True),
        ("is", "www.x.com", "https://www.x.com/page", False),
        ("is", "https://WWW.X.com/page/", "http://www.x.com/page#part", True),
        ("is", "x.com/Page", "https://x.com/page", False),
        ("is", "x.com/page", "https://www.x.com/page", False),
        ("is", "x.com/page", "https://x.com/page?utm=1", True),
        ("is", "x.com/page?a=1", "https://x.com/page?a=1", True),
        ("is", "x.com/page/?a=1", "https://x.com/page?a=1", True),
        ("is", "x.com/page?a=1", "https://x.com/page", False),
        ("is", "x.com/page?a=1", "https://x.com/page?a=1&b=2", False),
        ("is", "x.com:8080/a", "https://x.com:8080/a", True),
        ("is", "x.com/a", "https://x.com:8080/a", False),
        ("is", "x.com/a", "https://x.com:443/a", True),
        ("is", "x.com/café", "https://x.com/caf%c3%a9", True),
        ("is", "münchen.de/bier", "https://xn--mnchen-3ya.de/bier", True),
        ("is", "/pricing", "https://x.com/pricing", False),
        ("is", "", "https://x.com/", False),
        # TG-2: contains looks at the query too
        ("contains", "pricing", "https://x.com/pricing/plans", True),
        ("contains", "ref=mail", "https://x.com/?ref=mail", True),
        ("contains", "X.com/shop", "https://x.com/shop/1", True),
        ("contains", "/shop/", "https://x.com/shop", True),
        ("contains", "Pricing", "https://x.com/pricing", False),
        ("contains", "part", "https://x.com/#part", False),
        ("begins", "x.com/shop", "https://x.com/shopping", True),
        ("begins", "x.com/shop/", "https://x.com/shopping", False),
        ("begins", "x.com/shop/", "https://x.com/shop", True),
        ("begins", "https://X.com/shop", "http://x.com/shop?a=1", True),
        ("begins", "x.com/shop?a", "https://x.com/shop?a=1", True),
        ("wildcard", "x.com/*/new", "https://x.com/a/b/new", True),
        ("wildcard", "x.com/*/new", "https://x.com/a/b/new?c", False),
        ("wildcard", "*/checkout*", "https://x.com/checkout?step=2", True),
        ("wildcard", "x.com/shop/*", "https://x.com/shop", True),
        ("wildcard", "x.com", "https://x.com/", True),
        ("wildcard", "x.com/a.c", "https://x.com/abc", False),
    ],
)
def test_address_rules(op, value, url, wanted):
    assert fits(op, value, url) is wanted


@pytest.mark.parametrize(
    ("op", "name", "value", "query", "wanted"),
    [
        ("param_is", "plan", "pro", "plan=pro", True),
        ("param_is", "plan", "pro", "plan=pro2", False),
        ("param_is", "plan", "a b", "plan=a+b", True),
        ("param_is", "plan", "pro", "plan=free&plan=pro", True),
        ("param_is", "plan", "", "plan", True),
        ("param_is", "plan", "", "", False),
        ("param_has", "plan", "ro", "plan=pro", True),
        ("param_has", "plan", "", "plan=pro", False),
    ],
)
def test_parameters(op, name, value, query, wanted):
    assert fits(op, value, f"https://x.com/?{query}", name) is wanted


def test_any_of_show_and_none_of_hide():
    """TG-4."""
    stored = {
        "pages": "some",
        "show": [{"op": "begins", "value": "x.com/a"}, {"op": "begins", "value": "x.com/b"}],
        "hide": [{"op": "contains", "value": "secret"}],
    }
    ready = compile_targeting(stored)
    assert judge(ready, Facts(url="https://x.com/b")).why == "page"
    assert judge(ready, Facts(url="https://x.com/c")).why == "not_listed"
    refused = judge(ready, Facts(url="https://x.com/a/secret"))
    assert (refused.why, refused.rule) == ("hidden_here", UrlRule("contains", "secret"))


@pytest.mark.parametrize(
    ("line", "facts", "wanted"),
    [
        (("known", "yes", None), {"known": True}, True),
        (("known", "no", None), {"known": True}, False),
        (("returning", "yes", None), {}, False),
        (("list", "any_of", ["vip"]), {"lists": frozenset({"vip"})}, True),
        (("list", "none_of", ["vip"]), {}, True),
        (("country", "any_of", ["fr", "BE"]), {"country": "FR"}, True),
        (("country", "any_of", ["FR"]), {}, False),
        (("device", "none_of", ["phone"]), {"device": "phone"}, False),
        (("language", "any_of", ["fr"]), {"language": "fr-CA"}, True),
        (("language", "any_of", ["fr-ca"]), {"language": "fr"}, False),
        (("page_views", "gt", 3), {"page_views": 4}, True),
        (("page_views", "between", [2, 4]), {"page_views": 5}, False),
        (("seconds", "gt", 30), {"seconds": 30}, False),
        (("referrer", "contains", "google"), {"referrer": "https://www.Google.com/"}, True),
        (("referrer", "unknown", None), {}, True),
        (("contact.job_title", "contains", "head"), {"contact": {"job_title": "Head of sales"}}, True),
        (("contact.p7", "any_of", ["b"]), {"contact": {"p7": ["a", "B "]}}, True),
        (("contact.p8", "gt", 10), {"contact": {"p8": "12.5"}}, True),
        (("contact.p8", "gt", 10), {"contact": {"p8": "many"}}, False),
        (("contact.p9", "before", "2026-02-01"), {"contact": {"p9": "2026-01-31"}}, True),
        (("company.domain", "known", None), {"company": {"domain": "x.com"}}, True),
        (("shoe_size", "gt", 3), {}, False),
        (("page_views", "any_of", ["1"]), {}, False),
    ],
)
def test_visitor_lines(line, facts, wanted):
    """TG-5; a field or an operator that is not on the list is never met."""
    field, op, value = line
    assert meets(line_of({"field": field, "op": op, "value": value}), Facts(**facts)) is wanted


def test_groups_are_and_inside_or_between_and_time_says_when():
    fr, long, twice = (
        {"field": "country", "op": "any_of", "value": ["FR"]},
        {"field": "seconds", "op": "gt", "value": 29},
        {"field": "page_views", "op": "gt", "value": 1},
    )
    ready = compile_targeting({"visitor": {"any": [{"all": [fr, long]}, {"all": [fr, twice]}]}})
    assert judge(ready, Facts(country="FR", page_views=2)).fits
    waits = judge(ready, Facts(country="FR"))
    assert (waits.fits, waits.again) == (False, 30)
    assert judge(ready, Facts(country="DE")).again is None


@pytest.mark.parametrize(
    "stored", [None, [], "x", {"show": "x", "pages": "some"}, {"visitor": {"any": [3, {"all": [4]}]}}]
)
def test_odd_rules_raise_nothing_and_never_widen(stored):
    verdict = judge(compile_targeting(stored), Facts(url="http://[odd"))
    assert verdict.fits is (not isinstance(stored, dict))


# ── Properties ──

PART = st.text(ascii_letters + "éß-_.~%20 ", min_size=1, max_size=6).filter(lambda text: text.strip() == text)
PATHS = st.lists(PART, max_size=3).map(lambda parts: "".join(f"/{part}" for part in parts))
URLS = st.builds(
    lambda host, path, query: f"https://{host}{path}{query}",
    st.sampled_from(["x.com", "www.x.com", "X.com", "y.org:8080"]),
    st.sampled_from(["", "/", "/a", "/a/", "/a/b", "/ab", "/a/secret", "/A"]) | PATHS,
    st.sampled_from(["", "?q=1", "?q=12&r=a", "?r=A"]),
)
VALUES = URLS | st.sampled_from(
    ["a", "/a", "x.com/*", "*/a", "*q=1*", "x.com/a", "x.com", "secret", "A", "q=1"]
)
RULES = st.builds(
    UrlRule,
    st.sampled_from(["is", "contains", "begins", "wildcard", "param_is", "param_has"]),
    VALUES,
    st.just("q"),
)
LINES = st.sampled_from(
    [
        line_of({"field": "known", "op": "yes"}),
        line_of({"field": "device", "op": "any_of", "value": ["phone"]}),
        line_of({"field": "page_views", "op": "gt", "value": 2}),
    ]
)
TARGETINGS = st.builds(
    Targeting,
    st.booleans(),
    st.lists(RULES, max_size=2).map(tuple),
    st.lists(RULES, max_size=2).map(tuple),
    st.lists(st.lists(LINES, min_size=1, max_size=2).map(tuple), max_size=2).map(tuple),
)
FACTS = st.builds(
    Facts,
    url=URLS,
    known=st.booleans(),
    device=st.sampled_from(["phone", "desktop"]),
    page_views=st.integers(1, 4),
)


@settings(max_examples=60, deadline=None)
@given(RULES, URLS)
def test_neither_scheme_nor_fragment_nor_case_of_the_host_matters(rule, url):
    host, slash, rest = url.removeprefix("https://").partition("/")
    other = f"http://{host.upper() if '?' not in host else host}{slash}{rest}#there"
    assert rule.matches(page_of(url)) == rule.matches(page_of(other))


@settings(max_examples=60, deadline=None)
@given(RULES, URLS)
def test_a_slash_at_the_end_does_not_matter(rule, url):
    front, mark, query = url.partition("?")
    assume(not front.endswith("/"))
    assert rule.matches(page_of(url)) == rule.matches(page_of(f"{front}/{mark}{query}"))


@settings(max_examples=60, deadline=None)
@given(TARGETINGS, FACTS)
def test_a_hide_always_wins(targeting, facts):
    verdict = judge(targeting, facts)
    if any(rule.matches(page_of(facts.url)) for rule in targeting.hide):
        assert not verdict.fits
    if verdict.fits and not targeting.everywhere:
        assert any(rule.matches(page_of(facts.url)) for rule in targeting.show)


@settings(max_examples=250, deadline=None)
@given(TARGETINGS, TARGETINGS, FACTS)
def test_what_is_covered_is_covered_for_everybody(wide, narrow, facts):
    """TG-7: the warning is never wrong."""
    assume(covers(wide, narrow))
    assert not judge(narrow, facts).fits or judge(wide, facts).fits


@given(st.text(max_size=300), st.text("a*", max_size=12), st.text("ab", max_size=40))
@settings(max_examples=60, deadline=None)
def test_nothing_raises(url, pattern, text):
    page_of(url)
    matches_stars(pattern, text)
    judge(compile_targeting({"pages": "some", "show": [{"op": "wildcard", "value": url}]}), Facts(url=url))


def test_shadows():
    everywhere = compile_targeting({})
    shop = compile_targeting({"pages": "some", "show": [{"op": "begins", "value": "x.com/shop"}]})
    sale = compile_targeting({"pages": "some", "show": [{"op": "is", "value": "x.com/shop/sale"}]})
    assert [(one.hidden, one.by) for one in shadows([(1, everywhere), (2, shop)])] == [(2, 1)]
    assert [(one.hidden, one.by) for one in shadows([(2, shop), (3, sale), (1, everywhere)])] == [(3, 2)]
    assert not shadows([(3, sale), (2, shop), (1, everywhere)])
