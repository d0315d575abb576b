"""The customers of the demo: companies, and contacts with the addresses they write from."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from config.demo.team import House
from contacts import phones
from contacts.models import Company, Contact, ContactAddress

COMPANIES = {
    "verdier": ("Maison Verdier", "verdier.example"),
    "pine": ("Harbour & Pine", "harbourpine.example"),
    "nord": ("Studio Nord", "studionord.example"),
    "lagos": ("Lagos Light Fair", "lagoslightfair.example"),
    "fontaine": ("Fontaine Architectes", "fontaine-archi.example"),
    "alpages": ("Hôtel des Alpages", "hotel-alpages.example"),
    "nopal": ("Café Nopal", "cafenopal.example"),
    "quill": ("Quill & Co Bookshops", "quillandco.example"),
    "orme": ("Les Ormes, maison d’hôtes", "lesormes.example"),
    "fjord": ("Fjord Kontor", "fjordkontor.example"),
}


@dataclass(frozen=True)
class Person:
    """A customer. `messenger` is the id a page knows them by; `known` is how many days ago they first wrote."""

    name: str
    email: str = ""
    company: str = ""
    job: str = ""
    phone: str = ""
    city: str = ""
    language: str = "fr"
    owner: str = ""
    messenger: str = ""
    known: int = 60


PEOPLE: dict[str, Person] = {
    "camille": Person(
        "Camille Roux", "camille@verdier.example", "verdier", "Interior designer", "+33 1 99 00 12 47", "Lyon",
        owner="nora", messenger="page-user-20417", known=970,
    ),
    "hugo": Person("Hugo Verdier", "hugo@verdier.example", "verdier", "Gérant", "+33 1 99 00 12 40", "Lyon", known=700),
    "sarah": Person("Sarah Lemaire", "compta@verdier.example", "verdier", "Comptable", "", "Lyon", known=410),
    "james": Person(
        "James Whitfield", "james@harbourpine.example", "pine", "Owner", "+44 20 7946 0812", "Bristol", "en", "priya",
        known=320,
    ),
    "hannah": Person(
        "Hannah Becker", "hannah@studionord.example", "nord", "Office manager", "+49 30 23125 114", "Berlin", "en",
        known=260,
    ),
    "oluwaseun": Person(
        "Oluwaseun Adeyemi", "seun@lagoslightfair.example", "lagos", "Exhibitions", "", "Lagos", "en", "tom", known=120,
    ),
    "lucas": Person(
        "Lucas Fontaine", "lucas@fontaine-archi.example", "fontaine", "Architecte", "+33 1 99 00 33 08", "Annecy",
        owner="tom", known=35,
    ),
    "elodie": Person("Élodie Caron", "elodie.caron@poste.example", "", "", "+33 6 39 98 41 22", "Villeurbanne",
                     messenger="page-user-11862", known=48),
    "maelle": Person("Maëlle Garnier", "direction@hotel-alpages.example", "alpages", "Directrice", "+33 1 99 00 74 10",
                     "Megève", owner="tom", known=210),
    "ortega": Person("Camila Ortega", "camila@cafenopal.example", "nopal", "Gérante", "+33 6 39 98 07 55", "Marseille",
                     messenger="page-user-30291", known=90),
    "edith": Person("Edith Quill", "edith@quillandco.example", "quill", "Buyer", "+44 161 496 0213", "Manchester", "en",
                    "priya", known=180),
    "ravi": Person("Ravi Menon", "ravi@quillandco.example", "quill", "Shop fitter", "+44 161 496 0271", "Leeds", "en",
                   known=75),
    "agathe": Person("Agathe Delorme", "agathe@lesormes.example", "orme", "Propriétaire", "+33 6 39 98 60 19", "Beaune",
                     known=155),
    "ingrid": Person("Ingrid Solberg", "ingrid@fjordkontor.example", "fjord", "Workplace lead", "", "Bergen", "en",
                     known=66),
    "paul": Person("Paul Mercier", "paul.mercier@courrier.example", "", "", "+33 6 39 98 12 03", "Grenoble", known=31),
    "amina": Person("Amina Cissé", "amina.cisse@courrier.example", "", "", "", "Saint-Étienne", known=29,
                    messenger="page-user-40077"),
    "theo": Person("Théo Lambert", "theo.lambert@poste.example", "", "", "", "Nantes", known=14),
    "louise": Person("Louise Petit", "louise.petit@courrier.example", "", "", "+33 6 39 98 77 31", "Lille", known=22,
                     messenger="page-user-51320"),
    "marc": Person("Marc Duval", "marc.duval@poste.example", "", "", "", "Toulouse", known=18),
    "jeanne": Person("Jeanne Aubert", "jeanne.aubert@courrier.example", "", "Décoratrice", "", "Bordeaux", known=140),
    "karim": Person("Karim Haddad", "karim.haddad@poste.example", "", "Électricien", "+33 6 39 98 23 64", "Lyon",
                    known=365, messenger="page-user-18804"),
    "sophie": Person("Sophie Renard", "sophie.renard@courrier.example", "", "", "", "Paris", known=33),
    "bastien": Person("Bastien Olivier", "bastien.olivier@poste.example", "", "", "", "Rennes", known=9),
    "claire": Person("Claire Fabre", "claire.fabre@courrier.example", "", "", "+33 6 39 98 90 44", "Aix-en-Provence",
                     known=27),
    "yasmine": Person("Yasmine Belkacem", "yasmine.b@poste.example", "", "", "", "Montpellier", known=11,
                      messenger="page-user-60912"),
    "gilles": Person("Gilles Martel", "gilles.martel@courrier.example", "", "", "", "Chambéry", known=400),
    "emma": Person("Emma Collins", "emma.collins@post.example", "", "", "+44 113 496 0155", "York", "en", known=20),
    "daniel": Person("Daniel Okoye", "daniel.okoye@post.example", "", "", "", "London", "en", known=13),
    "grace": Person("Grace Lindqvist", "grace@lindqvist.example", "", "Set designer", "", "Stockholm", "en", known=44),
    "henry": Person("Henry Aldous", "henry.aldous@post.example", "", "", "", "Edinburgh", "en", known=26),
    "mei": Person("Mei Tanaka", "mei.tanaka@post.example", "", "", "", "Rotterdam", "en", known=16,
                  messenger="page-user-70455"),
    "olivia": Person("Olivia Grant", "olivia.grant@post.example", "", "", "", "Dublin", "en", known=30),
    "peter": Person("Peter Novak", "peter.novak@post.example", "", "", "", "Brno", "en", known=8),
    "ruth": Person("Ruth Abrams", "ruth.abrams@post.example", "", "Interior stylist", "+1 555 0134", "Portland", "en",
                   known=95),
    "samuel": Person("Samuel Reid", "samuel.reid@post.example", "", "", "", "Cardiff", "en", known=24),
    "victor": Person("Victor Lemoine", "victor.lemoine@poste.example", "", "", "", "Genève", known=17),
    "nathalie": Person("Nathalie Bonnet", "nathalie.bonnet@courrier.example", "", "Galeriste", "", "Strasbourg",
                       known=52),
    "adrien": Person("Adrien Chevalier", "adrien.chevalier@poste.example", "", "", "", "Dijon", known=6),
    "fatou": Person("Fatou N’Diaye", "fatou.ndiaye@courrier.example", "", "", "", "Lyon", known=38,
                    messenger="page-user-22016"),
    "leo": Person("Léo Marchand", "leo.marchand@poste.example", "", "Photographe", "", "Paris", known=21),
    "isabel": Person("Isabel Moreira", "isabel.moreira@post.example", "", "", "", "Porto", "en", known=12),
}  # fmt: skip


def meet(house: House, now: datetime) -> dict[str, Contact]:
    """Make every company, contact and address; return the contacts by their keys."""
    here = house.workspace
    companies = {
        key: Company(workspace=here, name=name, domain=domain) for key, (name, domain) in COMPANIES.items()
    }
    Company.objects.bulk_create(companies.values())
    contacts = {
        key: Contact(
            workspace=here,
            name=person.name,
            email=person.email,
            phone=person.phone,
            phone_key=phones.tidy(person.phone, "")[1],
            job_title=person.job,
            company=companies.get(person.company),
            language=person.language,
            city=person.city,
            owner=house.members.get(person.owner),
            created_at=now - timedelta(days=person.known),
        )
        for key, person in PEOPLE.items()
    }
    Contact.objects.bulk_create(contacts.values())
    ContactAddress.objects.bulk_create(
        ContactAddress(
            workspace=here, contact=contacts[key], kind=kind, value=value, created_at=contacts[key].created_at
        )
        for key, person in PEOPLE.items()
        for kind, value in (("email", person.email), ("messenger", person.messenger))
        if value
    )
    return contacts
