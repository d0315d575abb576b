"""One's own settings: profile, theme, language."""

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image

from workspaces.models import AuditEntry, Member, User

PROFILE = {
    "name": "Ada L.",
    "display_name": "Ada",
    "job_title": "Founder",
    "language": "en",
    "time_zone": "Europe/Paris",
    "theme": "dark",
}


def test_profile_is_saved_for_the_person_and_for_here(acme, ada, client_of):
    assert client_of(ada).post("/w/acme/settings/profile/", PROFILE).status_code == 302
    saved = Member.objects.select_related("user").get(pk=ada.pk)
    assert (saved.display_name, saved.job_title) == ("Ada", "Founder")
    user = saved.user
    assert (user.name, user.time_zone, user.theme) == ("Ada L.", "Europe/Paris", "dark")
    with acme.scope():
        line = AuditEntry.objects.get(action="member.changed")
    assert (line.before["job_title"], line.after["job_title"]) == ("", "Founder")


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Mars/Base"},
        {"language": "xx"},
        {"theme": "neon"},
        {"display_name": " "},
        {"name": "x" * 101},
    ],
)
def test_mistakes_keep_what_was_typed(ada, client_of, wrong):
    answer = client_of(ada).post("/w/acme/settings/profile/", {**PROFILE, **wrong})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'value="Founder"' in page
    field = next(
        tag for tag in re.findall(r"<(?:input|select)[^>]*>", page) if f'name="{next(iter(wrong))}"' in tag
    )
    assert 'aria-invalid="true"' in field and "autofocus" in field
    assert page.count("autofocus") == 1


def test_role_and_rank_are_not_among_what_one_may_post(ben, client_of):
    client_of(ben).post(
        "/w/acme/settings/profile/", {**PROFILE, "role": "owner", "is_active": "", "email": "x@y.zz"}
    )
    saved = Member.objects.select_related("user").get(pk=ben.pk)
    assert (saved.role, saved.user.email, saved.user.is_active) == ("agent", "ben@acme.example", True)


@pytest.mark.parametrize("theme", ["light", "dark", "system"])
def test_theme_is_drawn_from_the_first_byte(ada, client_of, theme):
    client = client_of(ada)
    answer = client.post("/w/acme/theme/", {"theme": theme, "next": "/w/acme/settings/profile/"})
    assert answer["Location"] == "/w/acme/settings/profile/"
    html = re.search(r"<html[^>]*>", client.get("/w/acme/settings/profile/").content.decode()).group()
    assert (f'data-theme="{theme}"' in html) == (theme != "system")
    client.post("/account/logout/")
    assert (f'data-theme="{theme}"' in client.get("/account/login/").content.decode()) == (theme != "system")


def test_theme_that_does_not_exist_changes_nothing(ada, client_of):
    client_of(ada).post("/w/acme/theme/", {"theme": "neon"})
    assert User.objects.get(pk=ada.user_id).theme == "system"


# ── What colleagues and customers see ──


def picture_of(size=(900, 400), kind="JPEG") -> SimpleUploadedFile:
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "CANARY camera"
    Image.new("RGB", size, "teal").save(written, kind, exif=exif)
    return SimpleUploadedFile("me.exe", written.getvalue())


def test_a_picture_is_cut_square_and_shown_without_its_past(acme, ada, client_of, after_commit):
    client = client_of(ada)
    with after_commit():
        client.post("/w/acme/settings/profile/", {**PROFILE, "picture": picture_of()})
    shown = Member.objects.get(pk=ada.pk).picture
    answer = Client().get(shown)
    with Image.open(io.BytesIO(answer.content)) as picture:
        assert (picture.format, picture.size, len(picture.getexif())) == ("WEBP", (256, 256), 0)
    assert b"CANARY" not in answer.content and "immutable" in answer["Cache-Control"]
    assert shown in client.get("/w/acme/settings/profile/").content.decode()
    with after_commit():
        client.post("/w/acme/settings/profile/", {**PROFILE, "no_picture": "on"})
    assert Client().get(shown).status_code == 404
    assert Member.objects.get(pk=ada.pk).picture == ""


@pytest.mark.parametrize("content", [b"<svg onload=alert(1)>", b"\x89PNG\r\n\x1a\nbroken", b"GIF89a"])
def test_what_is_no_picture_is_refused_in_words(ada, client_of, content):
    upload = SimpleUploadedFile("me.png", content, "image/png")
    answer = client_of(ada).post("/w/acme/settings/profile/", {**PROFILE, "picture": upload})
    assert answer.status_code == 422 and "Choose a picture" in answer.content.decode()
    assert Member.objects.get(pk=ada.pk).avatar == ""


@pytest.mark.parametrize("key", ["x", "a" * 32, "..%2f..%2fparley", "%00" * 32])
def test_no_picture_is_guessed(db, key):
    assert Client().get(f"/live/faces/{key}.webp").status_code == 404


def test_languages_skills_phone_and_meeting_link(ada, client_of):
    told = {
        "languages": ["fr", "de"],
        "skills": " Billing, big  Repairs,billing,, ",
        "phone": "+33 4 72 00 00 00",
        "meeting_url": "https://meet.example/ada",
        "meeting_text": "See me",
    }
    assert client_of(ada).post("/w/acme/settings/profile/", {**PROFILE, **told}).status_code == 302
    saved = Member.objects.get(pk=ada.pk)
    assert (saved.languages, saved.skills) == (["fr", "de"], ["billing", "big repairs"])
    assert (saved.phone, saved.meeting_url) == ("+33 4 72 00 00 00", "https://meet.example/ada")


@pytest.mark.parametrize("link", ["javascript:alert(1)", "http://meet.example/", "ftp://x.example"])
def test_a_meeting_link_is_https(ada, client_of, link):
    answer = client_of(ada).post("/w/acme/settings/profile/", {**PROFILE, "meeting_url": link})
    assert answer.status_code == 422 and Member.objects.get(pk=ada.pk).meeting_url == ""


# ── Language ──


def html_language(client: Client, address: str) -> str:
    return re.search(r'<html lang="([^"]+)"', client.get(address).content.decode()).group(1)


def test_strangers_choose_a_language_and_keep_it(db):
    client = Client()
    assert html_language(client, "/account/login/") == "en"
    answer = client.post("/language/", {"language": "fr", "next": "/account/login/"})
    assert answer["Location"] == "/account/login/"
    assert html_language(client, "/account/login/") == "fr"


def test_language_of_the_browser_comes_first(db):
    assert html_language(Client(headers={"accept-language": "fr-CA"}), "/account/login/") == "fr"


def test_language_of_a_person_follows_them_to_another_browser(ada, sign_in):
    here, _ = sign_in("ada@acme.example")
    here.post("/language/", {"language": "fr"})
    assert User.objects.get(pk=ada.user_id).language == "fr"
    there, _ = sign_in("ada@acme.example", client=Client(headers={"accept-language": "en"}))
    assert html_language(there, "/w/acme/settings/profile/") == "fr"


def test_languages_we_do_not_speak_change_nothing(ada, client_of):
    answer = client_of(ada).post("/language/", {"language": "../../etc"})
    assert answer.status_code == 302 and "parley-language" not in answer.cookies
    assert User.objects.get(pk=ada.user_id).language == "en"


def test_language_is_changed_by_post_only(db):
    assert Client().get("/language/", {"language": "fr"}).status_code == 405
