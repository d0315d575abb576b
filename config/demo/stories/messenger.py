"""Messages to the shop's page: short, friendly, often from a phone."""

from config.demo.stories.story import Story, close, give, note, them, us

STORIES = [
    Story("messenger", "elodie", "-3d 17:40", labels="Returns", steps=[
        them("Bonjour, je voudrais rendre la lampe Halo reçue hier, elle est trop grande pour mon bureau 😅"),
        us("nora", "Bonjour Élodie, aucun souci. L’étiquette de retour vient de partir par e-mail. Elle est gratuite.", "+12m"),
        them("Merci beaucoup ! Je la dépose demain.", "+5m"),
        us("nora", "C’est noté, bonne fin de journée !", "+2m"),
    ]),
    # A page has one thread with each person: what she writes three weeks later stands in the same one.
    Story("messenger", "ortega", "-23d 10:30", labels="Trade Pre-sale", unread=True, steps=[
        them("Hola ! C’est Camila du Café Nopal. Vous avez encore des Onde couleur terre ?"),
        us("tom", "Bonjour Camila ! Cinq, oui. C’est pour la terrasse ?", "+15m"),
        them("Pour la salle, cinq tables, donc c’est parfait 🙌", "+3m"),
        us("tom", "Je les mets de côté et je vous envoie le devis par e-mail.", "+4m"),
        close("tom", "+1h"),
        them("Coucou Tom, les Onde font un carton, tout le monde demande d’où elles viennent", "+22d 18:12"),
        them("Vous auriez des cartes de visite à nous envoyer pour le comptoir ?", "+2m"),
    ]),
    Story("messenger", "amina", "-29d 12:55", steps=[
        them("Bonjour, vous êtes ouverts le 1er novembre ?"),
        us("nora", "Bonjour Amina, non, fermé ce jour-là. Mais ouvert le dimanche 2, exceptionnellement.", "+9m"),
        them("Top, merci", "+1m"),
        close("nora"),
    ]),
    Story("messenger", "louise", "-10d 08:20", labels="Warranty", steps=[
        them("Bonjour, mon Onde grésille quand mon téléphone charge à côté. C’est dangereux ?"),
        us("yann", "Bonjour Louise, pas dangereux, c’est le chargeur qui perturbe le variateur. Essayez sur une autre prise.", "+30m"),
        them("Sur une autre prise plus rien. Merci docteur !", "+2h"),
        close("yann", "+5m"),
    ]),
    Story("messenger", "yasmine", "-7d 19:33", labels="Pre-sale", steps=[
        them("Bonsoir ! Vous livrez avant Noël si je commande le 20 ?"),
        us("nora", "Bonsoir Yasmine, en France oui si vous commandez avant midi. Après, c’est une question de chance.", "+1d 09:02"),
        them("Je ne vais pas compter sur la chance alors, je commande ce week-end 😄", "+20m"),
        us("nora", "Sage décision !", "+3m"),
        close("nora"),
    ]),
    Story("messenger", "mei", "-16d 21:10", language="en", labels="Pre-sale", steps=[
        them("Hi! Saw Halo on a friend’s wall?? I thought it was a table lamp"),
        us("priya", "Hi Mei! Your friend found the bracket: HB-2, €22, it screws into the foot. Most people never notice the "
                    "two holes.", "+1d 09:25"),
        them("omg. ordering", "+4m"),
        close("priya", "+10m"),
    ]),
    Story("messenger", "fatou", "-4h", labels="Warranty", steps=[
        them("Bonjour, l’ampoule de ma Brume a explosé en s’allumant, il y a du verre sur la table."),
        give("nora", by="nora", after="+2m"),
        us("nora", "Bonjour Fatou, personne n’est blessé ? Coupez le courant avant de toucher à la lampe, s’il vous plaît.", "+1m"),
        them("Tout le monde va bien. Le courant est coupé.", "+4m"),
        note("nora", "@Yann Le Goff a bulb burst, batch? She bought in October.", "+2m"),
        note("yann", "October bulbs are the new supplier. I want that one back, please ask her to keep the pieces.", "+6m"),
        us("nora", "Ouf. Une ampoule neuve part aujourd’hui. Pourriez-vous garder les morceaux ? Nous aimerions comprendre, "
                   "et nous vous envoyons une boîte pour les renvoyer.", "+3m"),
        them("D’accord, je les mets dans un bocal.", "+10m"),
    ]),
    Story("messenger", "karim", "-12d 07:45", labels="Trade", steps=[
        them("Yann t’es là ? Livraison rue Garibaldi, y’a personne au showroom"),
        us("yann", "J’ouvre à 8 h 30, laisse les cartons chez le fleuriste d’à côté, il a l’habitude.", "+6m"),
        them("👍", "+1m"),
        close("yann", "+1h"),
    ]),
]  # fmt: skip
