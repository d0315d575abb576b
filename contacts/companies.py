"""Companies: found by name and domain, made, changed, two made one; and whose company an address says it is (SB-5)."""

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Exists
from django.utils.translation import gettext as _

from contacts.freemail import FREE, company_domain
from contacts.history import note_changes, note_same
from contacts.models import ByDomain, Company, Contact, ContactCard
from contacts.sight import visible_to
from contacts.signals import contacts_changed
from workspaces.audit import note
from workspaces.models import Member

JOINED_AT_ONCE = 1000


def company_called(name: str) -> Company:
    return Company.objects.filter(name__iexact=name).order_by("pk").first() or Company.objects.create(
        name=name
    )


def company_of_address(address: str) -> Company | None:
    """The company that a new contact joins by their address; free mail says nothing."""
    domain = company_domain(address)
    if not domain:
        return None
    card = ContactCard.objects.only("by_domain").first()
    way = card.by_domain if card else ByDomain.KNOWN
    if way == ByDomain.OFF:
        return None
    known = Company.objects.filter(domain=domain).order_by("pk").first()
    if known or way == ByDomain.KNOWN:
        return known
    # Two letters of one house at once make one company.
    ContactCard.objects.select_for_update().only("pk").first()
    return Company.objects.filter(domain=domain).order_by("pk").first() or Company.objects.create(
        name=domain, domain=domain
    )


def companies_of_addresses(addresses: Iterable[str]) -> dict[str, Company]:
    """{domain: company} for many new contacts at once. Here no company is made: the next letter of theirs may."""
    domains = {company_domain(address) for address in addresses} - {""}
    if not domains:
        return {}
    off = ContactCard.objects.filter(by_domain=ByDomain.OFF)
    known = Company.objects.filter(~Exists(off), domain__in=domains).order_by("-pk")
    return {company.domain: company for company in known}


def check_domain(typed: str) -> str:
    """A domain as it is kept. Raises ValidationError for what is none, and for free mail."""
    domain = typed.strip().lower().removeprefix("https://").removeprefix("http://").removeprefix("www.")
    domain = domain.partition("/")[0].rpartition("@")[2].rstrip(".")
    if not domain:
        return ""
    if "." not in domain or len(domain) > 253 or set(domain) & set(" \t<>\"'()[],;:\\"):
        raise ValidationError(_("This is not a domain, for example company.com."))
    if domain in FREE:
        raise ValidationError(_("Everybody can have an address there: it says nothing of a company."))
    return domain


@transaction.atomic
def save_company(company: Company | None, *, name: str, domain: str, how: str = "") -> Company:
    """Make a company, or change one. Raises ValidationError in words."""
    name, domain = " ".join(name.split()), check_domain(domain)
    if not 0 < len(name) <= 200:
        raise ValidationError(_("A company has a name of at most 200 characters."))
    company = Company.objects.select_for_update().get(pk=company.pk) if company else Company()
    is_new, before = company.pk is None, {"name": company.name, "domain": company.domain}
    company.name, company.domain = name, domain
    company.save()
    if not is_new:
        note_changes(company, before, {"name": name, "domain": domain}, how=how)
        if before["name"] != name:
            _tell(company)
    return company


@transaction.atomic
def join_by_domain(company: Company, *, by: Member) -> int:
    """Whoever has an address of its domain and no company joins it, as far as the member sees them (AC-6). Returns how many;
    a thousand at once."""
    if not company.domain:
        return 0
    theirs = visible_to(by).filter(company=None, addresses__value__endswith=f"@{company.domain}")
    ids = list(
        theirs.filter(addresses__kind="email").values_list("pk", flat=True).distinct()[:JOINED_AT_ONCE]
    )
    joined = Contact.objects.filter(pk__in=ids, company=None).select_for_update(of=("self",)).order_by("pk")
    found = list(joined)
    Contact.objects.filter(pk__in=[one.pk for one in found]).update(company=company)
    note_same(found, {}, {"company": company})
    if found:
        contacts_changed.send(Contact, contacts=[one.pk for one in found])
    return len(found)


@transaction.atomic
def delete_company(company: Company) -> None:
    """Its people stay, without a company."""
    ids = list(company.contacts.values_list("pk", flat=True))
    note("company.deleted", company, before={"name": company.name, "domain": company.domain})
    company.delete()
    contacts_changed.send(Contact, contacts=ids)


def _tell(company: Company) -> None:
    contacts_changed.send(Contact, contacts=list(company.contacts.values_list("pk", flat=True)))


def doubles(company: Company) -> list[Company]:
    """Others that may be the same: its domain, or its name."""
    others = Company.objects.exclude(pk=company.pk).annotate(n=Count("contacts"))
    same = others.filter(domain=company.domain) if company.domain else others.none()
    return list(same[:5]) or list(others.filter(name__iexact=company.name)[:5])
