"""Live chats: people known to us, and visitors who are only a name they gave."""

from config.demo.stories.story import Story, close, give, note, them, us

STORIES = [
    Story("chat", "Ayşe Demir", "-6m", labels="Pre-sale", language="en", page="/products/halo-table", unread=True, steps=[
        them("Hi, is the Halo bright enough to read by, or is it more of a mood light?"),
        them("It would stand on a bedside table, about 50 cm from the book.", "+1m"),
    ]),
    Story("chat", "Visiteur de Tours", "-3h", page="/showroom", steps=[
        them("Bonjour, le showroom est-il ouvert ce samedi ?"),
        us("nora", "Bonjour ! Oui, de 10 h à 18 h. Le plus simple est de venir par le quai, la cour est en travaux.", "+3m"),
        them("Super, merci, à samedi.", "+1m"),
        close("nora", "+5m"),
    ]),
    Story("chat", "Tomasz", "-49m", labels="Pre-sale", language="en", page="/brume", unread=True, steps=[
        them("Hello, does Brume work with a smart bulb? I have the kind with an app."),
    ]),
    Story("chat", "sophie", "-33d 14:10", labels="Pre-sale", page="/onde", steps=[
        them("Bonjour, Onde existe-t-elle en blanc ?"),
        us("nora", "Bonjour Sophie, pas en blanc, mais en sable très clair. Je vous envoie une photo prise à midi, sans "
                   "retouche : https://www.atelier-lumen.example/onde/sable", "+4m"),
        them("Ah oui, c’est presque blanc. Je la prends.", "+6m"),
        close("nora"),
    ]),
    Story("chat", "daniel", "-13d 20:41", language="en", page="/cart", steps=[
        them("Hi, the discount code from your newsletter says “expired”. It says until Sunday in the mail."),
        us("priya", "Hi Daniel, you are right, it should work. It ended at midnight Lyon time on Saturday by mistake. Try "
                    "LUMEN-DANIEL, it is yours.", "+5m"),
        them("Works. Ordered. Cheers!", "+3m"),
        note("priya", "@Inès Marchetti newsletter code ended a day early, a few more will ask.", "+2m"),
        note("ines", "Fixed, extended to Sunday.", "+12m"),
        close("priya", "+1m"),
    ]),
    Story("chat", "karim", "-25d 09:02", labels="Trade", page="/notices/brume", steps=[
        them("Salut, chez un client avec Brume : le domino fourni n’accepte pas le 2,5 mm². Je peux mettre un Wago ?"),
        us("yann", "Salut Karim, oui sans souci, le boîtier du plafond est assez profond pour un 221.", "+2m"),
        them("Nickel.", "+1m"),
        close("yann"),
    ]),
    Story("chat", "karim", "-4d 10:26", labels="Trade Warranty", page="/notices/halo", steps=[
        them("Bonjour Yann, j’ai un Halo dont le transfo chauffe, 58 °C au toucher après deux heures."),
        us("yann", "Bonjour Karim, c’est la limite haute. Il est posé sur quoi ?", "+3m"),
        them("Dans un meuble fermé, sans aération.", "+2m"),
        us("yann", "Voilà. Il lui faut 10 cm d’air. S’il chauffe encore à l’air libre, je te l’échange.", "+2m"),
        them("Je perce une grille et je te dis.", "+4m"),
    ]),
    Story("chat", "Chiara", "-15d 16:33", language="en", page="/products/onde", steps=[
        them("Do you deliver to Italy? Torino."),
        us("priya", "We do! Two to three days, €14, free above €300.", "+2m"),
        them("Perfetto, grazie", "+1m"),
        close("priya"),
    ]),
    Story("chat", "louise", "-22d 18:50", page="/compte", steps=[
        them("Bonsoir, je n’arrive pas à me connecter, le lien reçu ne marche pas."),
        us("ines", "Bonsoir Louise, le lien n’est valable qu’une heure. Je vous en envoie un nouveau tout de suite.", "+6m"),
        them("C’est bon. Merci d’avoir répondu à cette heure !", "+3m"),
        close("ines"),
    ]),
    Story("chat", "adrien", "-6d 12:18", labels="Pre-sale", page="/brume", steps=[
        them("Bonjour, le câble peut-il faire 4 m ? J’ai une cage d’escalier."),
        us("nora", "Bonjour Adrien, jusqu’à 6 m, à 8 € le mètre au-delà de deux. Nous le préparons à l’atelier, comptez deux "
                   "jours de plus.", "+5m"),
        them("Et on peut le raccourcir soi-même après ?", "+1m"),
        us("nora", "Oui, dix minutes et un tournevis. La notice est à la page 6.", "+2m"),
        them("Je mesure et je commande.", "+2m"),
    ]),
    Story("chat", "Visitor from Leeds", "-2d 13:05", language="en", page="/", steps=[
        them("are you a real person"),
        us("priya", "I am! Priya, at the workshop in Lyon. What can I do for you?", "+1m"),
        them("ha, nice. just checking before I ask about lamps for a 3 m high hall", "+1m"),
        us("priya", "Then Brume on a long cable, the bottom of the glass at about 2.10 m. Shall I make a drawing?", "+3m"),
        them("I’ll come back with photos tonight", "+2m"),
    ]),
    Story("chat", "Noor", "-9d 11:40", language="en", page="/returns", labels="Returns", steps=[
        them("How long do I have to return a lamp?"),
        us("priya", "Thirty days, unused. Do you have an order number?", "+2m"),
        them("Not ordered yet, I wanted to know first :)", "+1m"),
        us("priya", "Very sensible. Thirty days it is, and we pay the return.", "+1m"),
        close("priya"),
    ]),
    Story("chat", "isabel", "-26m", language="en", page="/suivi-commande", unread=True, steps=[
        them("Hello! Order 4820 says delivered, but I have no parcel and no note."),
        give("English desk", after="+1m"),
        them("I have asked both neighbours.", "+4m"),
    ]),
    Story("chat", "Sacha", "-11d 15:55", page="/brume", steps=[
        them("Bonjour, vous faites visiter l’atelier ? C’est pour une classe de CM2."),
        us("nora", "Bonjour Sacha, oui, le premier jeudi du mois, jusqu’à trente enfants. Le four est impressionnant !", "+7m"),
        them("Génial. À qui dois-je écrire pour réserver ?", "+2m"),
        us("nora", "À moi : nora@atelier-lumen.example, avec la date et l’âge des enfants.", "+1m"),
        close("nora"),
    ]),
]  # fmt: skip
