"""Forms of the website: trade enquiries, quotes, press, repairs."""

from config.demo.stories.story import Story, close, give, note, them, us

STORIES = [
    Story("trade", "lucas", "-5h", subject="Demande de devis : 24 appliques Onde", labels="Trade Quote", unread=True,
          answers=[
        ["Projet", "Hôtel à Annecy, 24 chambres"],
        ["Besoin", "24 appliques Onde, finition sable"],
        ["Livraison souhaitée", "Première quinzaine de mars"],
        ["Budget", "Environ 4 000 € hors taxes"],
        ["Remarque", "Peut-on avoir un câble textile gris ?"],
    ], steps=[
        them("Projet d’hôtel à Annecy, livraison souhaitée en mars. Peut-on avoir un câble textile gris ?"),
    ]),
    Story("trade", "maelle", "-35d 10:00", subject="Demande professionnelle", labels="Trade", answers=[
        ["Projet", "Bar de l’hôtel, rénovation"],
        ["Besoin", "4 suspensions Brume, verre ambre"],
        ["Société", "Hôtel des Alpages"],
    ], steps=[
        them("Projet : bar de l’hôtel, rénovation\nBesoin : 4 suspensions Brume, verre ambre"),
        give("tom", after="+1m"),
        us("tom", "Bonjour Madame Garnier,\n\nLe verre ambre n’est soufflé que sur commande : six semaines. Voici le devis "
                  "4640 pour quatre suspensions.\n\nTom Okafor", "+3h"),
        close("tom", "+4d 11:00"),
    ]),
    Story("form", "ruth", "-21d 23:15", subject="Press or partnership", language="en", answers=[
        ["Your name", "Ruth Abrams"],
        ["You are", "Interior stylist"],
        ["Message", "I write a small newsletter on objects that last (3,000 readers). Could I visit when I am in Lyon on the "
                    "12th?"],
    ], steps=[
        them("I write a small newsletter on objects that last. Could I visit when I am in Lyon on the 12th?"),
        give("nora", by="priya", after="+1d 09:00"),
        us("nora", "Dear Ruth,\n\nWith pleasure. Come at 10:00, the furnace is lit on that day and Yann can show you how a "
                   "Brume is blown.\n\nNora", "+40m"),
        close("nora", "+1d 15:00"),
    ]),
    Story("form", "fatou", "-33d 11:25", subject="Demande de réparation", labels="Warranty", answers=[
        ["Lampe", "Brume, verre fumé"],
        ["Achetée en", "Octobre 2024"],
        ["Panne", "Le câble s’effiloche à la sortie du plafond"],
    ], steps=[
        them("Le câble s’effiloche à la sortie du plafond."),
        us("yann", "Bonjour Fatou,\n\nUn câble neuf part demain, avec la notice de montage. Si vous préférez que nous le "
                   "posions, apportez la lampe au showroom, c’est l’affaire d’une demi-heure.\n\nYann", "+2h"),
        close("yann", "+3d 10:00"),
    ]),
    Story("form", "henry", "-4d 09:50", subject="Repair request", labels="Warranty", language="en", answers=[
        ["Lamp", "Brume (2016)"],
        ["What happened", "The canopy has lost a screw and hangs crooked"],
        ["Can you send it to us?", "I would rather have the screw"],
    ], steps=[
        them("The canopy has lost a screw and hangs crooked. I would rather have the screw."),
        give("yann", after="+1m"),
        us("yann", "Dear Mr Aldous,\n\nThree screws of the 2016 kind are in an envelope to Edinburgh: one to use and two to "
                   "lose.\n\nYann", "+1h"),
    ]),
    Story("form", "nathalie", "-32d 16:40", subject="Location pour événement", labels="Quote", answers=[
        ["Événement", "Vernissage, 60 personnes"],
        ["Dates", "Du 14 au 16"],
        ["Besoin", "6 Halo"],
    ], steps=[
        them("Vernissage, 60 personnes. Besoin de six Halo du 14 au 16."),
        give("tom", by="ines", after="+30m"),
        note("tom", "Six Halo are in the showroom anyway that week. 120 € for the lot?", "+10m"),
        us("tom", "Bonjour Nathalie,\n\nSix Halo pour trois jours : 120 €, à retirer au showroom le 13 après 14 h.\n\nTom", "+12m"),
        close("tom", "+1d 09:30"),
    ]),
    Story("form", "emma", "-1d 15:08", subject="A word of thanks", language="en", unread=True, answers=[
        ["Your name", "Emma Collins"],
        ["Message", "The lamp was the star of the wedding table. Photo to follow. Thank you, Priya!"],
    ], steps=[
        them("The lamp was the star of the wedding table. Photo to follow. Thank you, Priya!"),
    ]),
    Story("form", "elodie", "-34d 18:30", subject="Question avant achat", labels="Pre-sale", answers=[
        ["Lampe", "Halo"],
        ["Question", "Le cercle se démonte-t-il pour le transport ?"],
    ], steps=[
        them("Le cercle se démonte-t-il pour le transport ?"),
        us("nora", "Bonjour Élodie,\n\nOui, une seule vis sous le socle, et le carton d’origine a deux compartiments.\n\nNora",
           "+1d 09:20"),
        close("nora", "+2d 10:00"),
    ]),
]  # fmt: skip
