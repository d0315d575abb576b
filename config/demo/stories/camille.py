"""One customer over four channels: a trade order, its invoice, two broken shades, and a last word by Messenger."""

from config.demo.stories.story import Story, close, give, note, them, us

STORIES = [
    Story("chat", "camille", "-34d 17:22", labels="Pre-sale", page="/ampoules", steps=[
        them("Bonjour, l’ampoule E27 vendue avec Halo est-elle compatible avec un variateur mural ?"),
        us("yann", "Bonjour Camille, oui, si le variateur est prévu pour les LED (coupure de phase arrière). Avec un "
                   "ancien modèle à triac, elle scintille en dessous de 30 %.", "+4m"),
        them("C’est un Legrand récent, donc parfait. Merci !", "+2m"),
        us("yann", "Avec plaisir, bonne soirée.", "+1m"),
        close("yann"),
    ]),
    Story("email", "camille", "-28d 10:05", subject="Délai pour 4 Halo noirs", labels="Trade", steps=[
        them("Bonjour,\n\nSous quel délai pouvez-vous livrer quatre Halo noirs à Villeurbanne ? C’est pour un cabinet "
             "médical, la peinture sera sèche le 2.\n\nBien à vous,\nCamille Roux"),
        give("nora", by="ines", after="+12m"),
        us("nora", "Bonjour Camille,\n\nNous avons trois Halo noirs en stock, le quatrième sort d’atelier lundi. Tout "
                   "peut être livré le mercredi 1er au matin.\n\nJe vous les réserve ?\n\nNora", "+35m"),
        them("Oui, réservez-les, s’il vous plaît. Même adresse de facturation que d’habitude.", "+1h"),
        us("nora", "C’est fait. Vous recevrez un message du transporteur la veille.\n\nNora", "+25m"),
        close("nora", "+6d 17:30"),
    ]),
    Story("email", "camille", "-21d 08:47", subject="Facture 2104 en double", labels="Billing", steps=[
        them("Bonjour,\n\nNotre comptable a reçu deux fois la facture 2104, une fois le 3 et une fois le 5, avec deux "
             "totaux différents (1 240 € et 1 116 €). Laquelle faut-il régler ?\n\nMerci,\nCamille"),
        give("ines", by="nora", after="+20m"),
        note("ines", "The first one was sent before the trade discount was on the account. I cancel it with a credit "
                     "note.", "+8m"),
        us("ines", "Bonjour Camille,\n\nVeuillez nous excuser pour la confusion. La bonne facture est la seconde : "
                   "1 116 €, remise professionnelle comprise. L’avoir qui annule la première part aujourd’hui.\n\n"
                   "Inès Marchetti", "+15m"),
        them("Parfait, je transmets. Merci Inès.", "+2h"),
        close("ines", "+10m"),
    ]),
    Story("trade", "camille", "-9d 09:12", subject="Demande professionnelle", labels="Trade Quote", answers=[
        ["Projet", "Restaurant Verdier, Lyon 2e"],
        ["Besoin", "6 suspensions Brume, verre fumé"],
        ["Livraison avant le", "ouverture samedi en huit, livraison jeudi au plus tard"],
        ["Société", "Maison Verdier"],
    ], steps=[
        them("Projet : Restaurant Verdier, Lyon 2e\nBesoin : 6 suspensions Brume, verre fumé"),
        give("nora", after="+1m"),
        us("nora", "Bonjour Camille,\n\nMerci pour votre message. Voici le devis 4812 pour six suspensions Brume en "
                   "verre fumé, livrées à Lyon jeudi. La remise professionnelle est déjà appliquée : 1 224 € hors "
                   "taxes.\n\nIl suffit de répondre « bon pour accord » à ce message.\n\nBelle journée,\nNora", "+28m"),
        close("nora", "+3h"),
    ]),
    Story("sales", "camille", "-8d 11:26", subject="Devis 4812 : six suspensions Brume", labels="Trade", steps=[
        them("C’est signé, merci pour votre réactivité !\n\nL’adresse du chantier est 14 rue de la Charité, accès par "
             "la cour. Il faut appeler Hugo en arrivant."),
        give("nora", by="tom", after="+9m"),
        note("tom", "Six smoked, we only have eight in all. Putting them aside today.", "+4m"),
        us("nora", "Bonjour Camille,\n\nBien reçu. Les six suspensions sont de côté, Hugo est noté comme contact sur "
                   "le bon de livraison.\n\nNora", "+22m"),
        them("Super. À jeudi !", "+40m"),
        close("nora", "+5m"),
    ]),
    Story("chat", "camille", "-64m", labels="Trade Warranty", page="/suivi-commande", steps=[
        them("Bonjour, deux abat-jour sur six sont arrivés fêlés. L’ouverture est samedi…"),
        give("nora", by="nora", after="+1m"),
        note("nora", "@Yann Le Goff do we still have two Brume smoked shades? I would promise Thursday.", "+2m"),
        note("yann", "@Nora Benali Two left, put aside in bay 4. Van goes at 16:30.", "+2m"),
        us("nora", "Bonjour Camille, je suis désolée pour cette mauvaise surprise.", "+1m"),
        us("nora", "Il nous reste deux abat-jour fumés : ils partent aujourd’hui et seront chez vous jeudi matin, sans "
                   "frais.", "+1m"),
        them("Ouf, merci. Je dois filer, je continue depuis mon téléphone.", "+3m"),
        us("nora", "Bien sûr. Je garde un œil sur la livraison.", "+1m"),
    ]),
    Story("messenger", "camille", "-14m", labels="Trade Warranty", unread=True, steps=[
        them("Rebonjour Nora, c’est Camille (commande 4812)."),
        give("nora", by="nora", after="+1m"),
        them("Et pour les deux cassés, je les garde ?", "+1m"),
        them("Je suis sur le chantier, je réponds d’ici.", "+1m"),
    ], draft=("nora", "Oui, gardez-les. Le livreur les reprendra jeudi en déposant les neufs.")),
]  # fmt: skip
