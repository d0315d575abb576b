"""Letters in French: hotels and guest houses, invoices, repairs, and returns."""

from config.demo.stories.story import Story, close, give, note, reopen, them, us

STORIES = [
    Story("sales", "maelle", "-19d 09:20", subject="Réassort pour la saison d’hiver", labels="Trade", steps=[
        them("Bonjour,\n\nNous ouvrons le 13 décembre. Il nous faudrait huit Onde pour les chambres du deuxième étage, "
             "identiques à celles de 2024, et trois globes de rechange.\n\nCordialement,\nMaëlle Garnier"),
        give("tom", after="+1m"),
        us("tom", "Bonjour Madame Garnier,\n\nC’est noté : huit Onde sable et trois globes, 1 236 € hors taxes livrés à "
                  "Megève. Le 2 décembre vous conviendrait-il ?\n\nTom Okafor", "+1h"),
        them("Le 2 est parfait, avant 11 h si possible, la ruelle est fermée ensuite.", "+2h"),
        note("tom", "@Yann Le Goff livraison avant 11 h, hayon obligatoire, rue étroite.", "+5m"),
        us("tom", "C’est réservé, avant 11 h. Vous recevrez le numéro du chauffeur la veille.\n\nTom", "+20m"),
        close("tom", "+1d 10:00"),
        them("Bonjour, pourrait-on passer à dix ? Nous gardons finalement la chambre 24.", "+9d 08:55"),
        us("tom", "Dix Onde, même date, le devis est à jour.\n\nTom", "+45m"),
    ]),
    Story("email", "agathe", "-17d 18:05", subject="Halo qui penche", labels="Warranty", steps=[
        them("Bonjour,\n\nUn de nos trois Halo penche d’un bon centimètre depuis qu’un client l’a déplacé. Y a-t-il une "
             "vis à resserrer quelque part ?\n\nAgathe Delorme, Les Ormes"),
        us("yann", "Bonjour Agathe,\n\nOui : sous le feutre du socle, une vis à six pans de 4 mm. Un quart de tour "
                   "suffit. Tenez le cercle droit pendant que vous serrez.\n\nYann", "+1d 08:30"),
        them("Miracle, il est droit comme un i. Merci !", "+2h"),
        close("yann", "+5m"),
    ]),
    Story("email", "sarah", "-6d 10:40", subject="Relevé de compte Maison Verdier", labels="Billing", steps=[
        them("Bonjour,\n\nPourriez-vous m’envoyer le relevé du compte 2026 pour Maison Verdier ? Je clôture le mois.\n\n"
             "Sarah Lemaire"),
        give("ines", by="ines", after="+6m"),
        us("ines", "Bonjour Sarah,\n\nLe voici, arrêté à hier : onze commandes, 18 420 €, tout est réglé sauf la 4812 "
                   "qui n’est pas échue.\n\nInès", "+20m"),
        them("Impeccable, merci.", "+15m"),
        close("ines"),
    ]),
    Story("email", "hugo", "-2h", subject="Re : livraison rue de la Charité", labels="Trade", unread=True, steps=[
        them("Bonjour,\n\nLe livreur de jeudi peut-il passer avant 9 h ? Les peintres occupent la cour ensuite. C’est "
             "Camille qui m’a dit de vous écrire directement.\n\nHugo Verdier"),
    ]),
    Story("email", "paul", "-31d 20:14", subject="Garantie commande 4601", labels="Warranty", steps=[
        them("Bonjour, mon Onde achetée en mars ne s’allume plus. J’ai changé l’ampoule, rien n’y fait. La garantie "
             "est-elle de deux ans ? Paul Mercier"),
        us("nora", "Bonjour Paul,\n\nDeux ans, oui. C’est sans doute l’interrupteur du câble. Je vous envoie un câble "
                   "neuf, il se branche sans outil. Si cela ne suffit pas, nous reprenons la lampe.\n\nNora", "+1d 09:12"),
        them("Câble reçu, elle remarche. Merci pour la rapidité.", "+3d 19:40"),
        us("nora", "Parfait ! Bonne soirée Paul.", "+1d 09:00"),
        close("nora"),
    ]),
    Story("email", "theo", "-5d 13:37", subject="Carte cadeau", steps=[
        them("Bonjour, est-il possible d’offrir une carte cadeau de 150 € utilisable au showroom ? Théo Lambert"),
        us("ines", "Bonjour Théo,\n\nOui, elle est valable au showroom et en ligne, deux ans. Je vous envoie le lien de "
                   "paiement, la carte arrive par e-mail ou par la poste, à vous de choisir.\n\nInès", "+1h"),
        them("Par la poste, avec un mot « Pour ton premier chez-toi ». Merci !", "+30m"),
        us("ines", "Écrit à la main et posté ce soir.", "+4h"),
        close("ines"),
    ]),
    Story("email", "marc", "-18d 16:00", subject="Commande 4721, mauvaise couleur", labels="Returns", steps=[
        them("Bonjour,\n\nJ’avais commandé Halo noir, j’ai reçu cuivre. Il est très beau mais il jure avec tout le "
             "reste.\n\nMarc Duval"),
        give("nora", by="nora", after="+10m"),
        note("yann", "Mon erreur, deux cartons côte à côte. Le noir part ce soir.", "+12m"),
        us("nora", "Bonjour Marc,\n\nVeuillez nous excuser. Le noir part ce soir ; le transporteur reprendra le cuivre "
                   "en le déposant, sans rien emballer de votre côté.\n\nNora", "+5m"),
        them("Échange fait ce matin. Le noir est parfait.", "+3d 12:15"),
        close("nora", "+30m"),
    ]),
    Story("email", "jeanne", "-13d 11:11", subject="Remise décorateur ?", labels="Pre-sale Trade", steps=[
        them("Bonjour,\n\nJe suis décoratrice à Bordeaux, à mon compte. Proposez-vous des conditions aux "
             "professionnels ?\n\nJeanne Aubert"),
        give("tom", after="+1m"),
        us("tom", "Bonjour Jeanne,\n\nOui : 15 % dès la première commande, 20 % à partir de 3 000 € par an. Il me faut "
                  "un numéro de SIRET pour ouvrir le compte.\n\nTom", "+2h"),
        them("Le voici : 000 000 000 00017.", "+40m"),
        us("tom", "Votre compte est ouvert, la remise s’applique dès maintenant en ligne.\n\nTom", "+20m"),
        close("tom"),
    ]),
    Story("email", "nathalie", "-10d 17:45", subject="Éclairer des aquarelles", labels="Pre-sale", steps=[
        them("Bonjour,\n\nJe prépare une exposition d’aquarelles et j’ai peur d’abîmer le papier. Vos LED émettent-elles "
             "des ultraviolets ?\n\nNathalie Bonnet, galerie du Faisan"),
        us("yann", "Bonjour Nathalie,\n\nMoins d’un microwatt par lumen, soit bien en dessous du seuil de 75 que "
                   "retiennent les musées. À 50 lux sur le papier vous êtes tranquille. Je peux vous prêter un "
                   "luxmètre.\n\nYann", "+1d 09:50"),
        them("Un luxmètre, quelle bonne idée. Je passe samedi au showroom ?", "+3h"),
        us("yann", "Il vous attend à l’accueil, à votre nom.", "+10m"),
        them("Il est revenu entier, merci ! L’exposition ouvre vendredi, venez.", "+6d 14:00"),
        note("nora", "Friday 18:00, galerie du Faisan. Who goes?", "+1h"),
    ]),
    Story("email", "gilles", "-27d 08:03", subject="Réparation d’une lampe de 1998", steps=[
        them("Messieurs,\n\nJe possède une lampe de votre maison, modèle Aube, achetée rue Mercière en 1998. Le verre "
             "est intact mais le fil est devenu dangereux. La réparez-vous encore ?\n\nGilles Martel"),
        note("yann", "Aube ! There is one on the shelf behind my bench. I would love to do this one.", "+1h"),
        us("yann", "Bonjour Monsieur Martel,\n\nAvec joie. Comptez 45 € pour le câble et la douille, une semaine "
                   "d’atelier. Vous pouvez la déposer au showroom ou nous l’envoyer : démontez seulement "
                   "l’abat-jour.\n\nYann Le Goff", "+20m"),
        them("Je vous l’apporte jeudi. Merci de votre soin.", "+1d 09:30"),
        us("yann", "Votre lampe est prête, et comme neuve. À bientôt.", "+9d 15:00"),
        close("yann"),
    ]),
    Story("email", "claire", "-2d 19:22", subject="Brume au-dessus d’un îlot de 2,40 m", labels="Pre-sale", steps=[
        them("Bonjour,\n\nPour un îlot de 2,40 m, faut-il deux ou trois Brume ? Et à quelle hauteur ?\n\nClaire Fabre"),
        us("nora", "Bonjour Claire,\n\nTrois, à 60 cm l’une de l’autre, le bas du verre à 75 cm du plan de travail. Deux "
                   "suffiraient si le plafond a déjà des spots.\n\nNora", "+1d 09:15"),
        them("Nous n’avons pas de spots. Trois donc ! Les trois verres seront-ils de la même teinte ?", "+6h"),
    ]),
    Story("email", "victor", "-17d 21:30", subject="Livraison en Suisse", steps=[
        them("Bonjour, livrez-vous à Genève, et qui paie la TVA suisse ? Victor Lemoine"),
        us("ines", "Bonjour Victor,\n\nOui. Vous payez le prix hors TVA française, puis 8,1 % au transporteur. Les droits "
                   "de douane sont nuls.\n\nInès", "+1d 10:05"),
        close("ines", "+4d 17:00"),
    ]),
    Story("email", "leo", "-8d 12:00", subject="Facture introuvable", labels="Billing", steps=[
        them("Bonjour, je n’ai jamais reçu la facture de la commande 4755. Pouvez-vous la renvoyer à cette adresse ? "
             "Léo Marchand, photographe"),
        us("ines", "Bonjour Léo,\n\nElle vient de partir une seconde fois. Regardez aussi dans les indésirables, "
                   "l’expéditeur est factures@atelier-lumen.example.\n\nInès", "+25m"),
        close("ines", "+1h"),
        them("Trouvée dans les indésirables, désolé du dérangement.", "+50m"),
        close("ines", "+10m"),
        reopen("nora", "+2d 10:00"),
        note("nora", "Third one this month in spam. @Inès Marchetti can we look at the sender of the invoices?", "+2m"),
        give("ines", by="nora", after="+1m"),
    ]),
    Story("email", "bastien", "-38m", subject="Commande 4831 : changement d’adresse", unread=True, steps=[
        them("Bonjour,\n\nJe viens de commander (4831) et je me suis trompé d’adresse : c’est le 12 rue Hoche, pas le "
             "21. Pouvez-vous corriger avant l’envoi ?\n\nMerci d’avance,\nBastien Olivier"),
    ]),
]  # fmt: skip
