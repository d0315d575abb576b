import pytest, time
from conversations.actions import send_reply
from conversations.models import Conversation
from inboxes.models import Channel
from tests.e2e.shop import Shop
from tests.factories import make_member
from django.utils.translation import trans_real
pytestmark = pytest.mark.browser
D="/tmp/h3/"
@pytest.fixture(autouse=True)
def french(settings):
    settings.LOCALE_PATHS=["/tmp/h3/locale"]; trans_real._translations.clear()
from tests.e2e.test_widget import test_french_where_the_page_is_french, shop, chat
def test_shots(acme, ben, live, browser):
    shop = Shop(live, "acme-chat")
    ben.job_title="Customer care, Lyon"; ben.display_name="Nora Benali"; ben.save()
    for n in ("Yann Le Goff","Paula Souza"):
        make_member(acme.workspace, n[:4].strip().lower()+"@acme.example", n)
    with acme.scope():
        Channel.objects.filter(pk=acme.chat.pk).update(config={"sites":[shop.origin],"accent":"#7b4129","on":"#fdfaf5","name":"Atelier Lumen","texts":{"en":{"greeting":"Choosing a lamp for a dim corner? Send us a photo, we will tell you what works."},"fr":{"greeting":"Une lampe pour un coin sombre ? Envoyez-nous une photo, on vous conseille."}}})
    dark = browser.new_context(viewport={"width":390,"height":844}, locale="fr-FR", color_scheme="dark", storage_state=None)
    p2 = dark.new_page(); p2.goto(shop.origin + "/fr"); p2.wait_for_timeout(2500)
    p2.screenshot(path=D+"6-fr-dark-greeting.png")
    p2.locator("parley-chat .launch").click(); p2.wait_for_timeout(800)
    p2.screenshot(path=D+"7-fr-dark-home.png")
    f2 = p2.frame_locator("parley-chat iframe")
    f2.locator(".act").first.click(); f2.get_by_role("textbox").fill("Deux abat-jour sont arrivés fêlés."); f2.get_by_role("textbox").press("Enter")
    p2.wait_for_timeout(900)
    with acme.scope():
        send_reply(Conversation.objects.get(), body="Je suis désolée, Camille. Deux abat-jour neufs partent aujourd’hui et arrivent jeudi matin, sans frais.", by=ben)
    p2.wait_for_timeout(1200)
    f2.get_by_role("textbox").fill("Merci"); f2.get_by_role("textbox").press("Enter"); p2.wait_for_timeout(500)
    p2.screenshot(path=D+"8-fr-dark-chat.png")
    p2.set_viewport_size({"width":1280,"height":800}); p2.context.set_offline(True); f2.get_by_role("textbox").fill("Une dernière chose"); f2.get_by_role("textbox").press("Enter"); p2.wait_for_timeout(500)
    p2.screenshot(path=D+"9-fr-dark-wide.png")
    shop.close()
