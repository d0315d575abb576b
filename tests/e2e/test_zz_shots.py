import pytest, time
from conversations.actions import send_reply
from conversations.models import Conversation
from inboxes.models import Channel
from tests.e2e.shop import Shop
from tests.factories import make_member
pytestmark = pytest.mark.browser
D="/tmp/h3/"
def test_shots(acme, ben, live, browser):
    shop = Shop(live, "acme-chat")
    for n in ("Nora Benali","Yann Le Goff","Paula Souza"):
        make_member(acme.workspace, n[:4].strip().lower()+"@acme.example", n)
    with acme.scope():
        Channel.objects.filter(pk=acme.chat.pk).update(config={"sites":[shop.origin],"accent":"#7b4129","on":"#fdfaf5","name":"Atelier Lumen","texts":{"en":{"greeting":"Choosing a lamp for a dim corner? Send us a photo, we will tell you what works."},"fr":{"greeting":"Une lampe pour un coin sombre ? Envoyez-nous une photo, on vous conseille."}}})
    ctx = browser.new_context(viewport={"width":1440,"height":900}, locale="en-GB", timezone_id="UTC")
    page = ctx.new_page()
    page.on("console", lambda m: print("CONSOLE", m.type, m.text))
    page.on("pageerror", lambda e: print("ERROR", e))
    page.on("requestfailed", lambda r: print("FAILED", r.url, r.failure))
    page.goto(shop.origin + "/")
    page.wait_for_timeout(2500)
    page.screenshot(path=D+"1-greeting.png")
    page.locator("parley-chat .launch").click()
    page.wait_for_timeout(700)
    page.screenshot(path=D+"2-home.png")
    f = page.frame_locator("parley-chat iframe")
    f.get_by_role("button", name="Ask a question").click()
    f.get_by_role("textbox").fill("Two shades arrived cracked.")
    f.get_by_role("textbox").press("Enter")
    page.wait_for_timeout(800)
    page.screenshot(path=D+"3-sent.png")
    with acme.scope():
        c = Conversation.objects.get()
        send_reply(c, body="I am so sorry, Camille. Two new shades leave today and reach you Thursday morning, free of charge. See https://lumen.example/track.", by=ben)
    page.wait_for_timeout(1200)
    f.get_by_role("textbox").fill("Thank you!\nThat is kind.")
    f.get_by_role("textbox").press("Enter")
    page.wait_for_timeout(800)
    page.screenshot(path=D+"4-answered.png")
    f.get_by_role("button", name="Back").click()
    page.wait_for_timeout(500)
    page.screenshot(path=D+"5-home-earlier.png")
    dark = browser.new_context(viewport={"width":390,"height":844}, locale="fr-FR", color_scheme="dark", storage_state=None)
    p2 = dark.new_page(); p2.goto(shop.origin + "/fr"); p2.wait_for_timeout(2500)
    p2.screenshot(path=D+"6-fr-dark-greeting.png")
    p2.locator("parley-chat .launch").click(); p2.wait_for_timeout(800)
    p2.screenshot(path=D+"7-fr-dark-home.png")
    f2 = p2.frame_locator("parley-chat iframe")
    f2.locator(".act").first.click(); f2.get_by_role("textbox").fill("Deux abat-jour sont arrivés fêlés."); f2.get_by_role("textbox").press("Enter")
    p2.wait_for_timeout(900)
    p2.screenshot(path=D+"8-fr-dark-chat.png")
    shop.close()
