"""What people wrote in the weeks before the demo's stories: short exchanges that many had, and who they were."""

# (question, answer, thanks) by language.
EXCHANGES = {
    "fr": [
        ("Bonjour, Brume convient-elle à une salle de bains ?",
         "Bonjour, oui au-delà de 60 cm de la baignoire : elle est IP44.", "Parfait, merci."),
        ("Quel est le délai pour deux Halo ?", "Trois jours ouvrés, elles sont en stock à l’atelier.",
         "Très bien, je commande."),
        ("Le câble d’Onde peut-il être plus long ?", "Oui, jusqu’à 5 m sans supplément, dites-le dans la commande.",
         "Super, merci beaucoup."),
        ("Je voudrais changer l’adresse de livraison.", "C’est fait, le colis n’était pas encore parti.", "Merci !"),
        ("L’ampoule fournie est-elle changeable ?", "Oui, c’est une E27 ordinaire, 12 W LED au plus.", "Merci."),
        ("Puis-je passer voir les lampes samedi ?", "Oui, de 10 h à 18 h, quai Romain-Rolland.", "À samedi !"),
        ("Ma facture est au mauvais nom.", "Voici la facture corrigée, au nom de votre société.", "Reçue, merci."),
        ("Le variateur bourdonne un peu.", "Prenez un modèle à coupure de phase arrière, il se taira.",
         "Essayé, plus un bruit."),
    ],
    "en": [
        ("Does Brume come in a smaller size?", "Not yet. The smallest shade is 24 cm across.", "Thanks, that fits."),
        ("How long does delivery to Leeds take?", "Three to four working days, with a tracking link.", "Great, thank you."),
        ("Can I return a lamp that is too bright?", "Within thirty days, yes. Or try a 6 W bulb first.",
         "I will try the bulb."),
        ("Is the Halo table lamp dimmable?", "Yes, with any dimmer made for LED.", "Perfect."),
        ("My discount code does not work.", "It ended on Sunday. Here is another one, it is yours.", "Worked, thanks!"),
        ("Do you ship to Norway?", "We do, four days, customs are paid by us.", "Lovely, ordering now."),
        ("One screw is missing in the box.", "Sorry about that. A new set leaves today.", "Thank you for the quick answer."),
    ],
}  # fmt: skip
# What the bot for orders says, and what is told to it.
TRACKING = {
    "fr": ("Bonjour ! Quel est le numéro de votre commande ?", "Elle est en route et arrive demain.",
           "Je vous passe quelqu’un de l’atelier."),
    "en": ("Hello! What is the number of your order?", "It is on its way and arrives tomorrow.",
           "I will fetch somebody of the workshop."),
}  # fmt: skip
FIRST = {
    "fr": ["Alice", "Baptiste", "Chloé", "Damien", "Estelle", "Florian", "Gaëlle", "Jules", "Lina", "Manon", "Noé", "Romane"],
    "en": ["Amber", "Ben", "Carol", "Dylan", "Freya", "George", "Isla", "Jack", "Molly", "Oscar", "Poppy", "Wendy"],
}  # fmt: skip
LAST = {
    "fr": ["Arnaud", "Blanc", "Carlier", "Dufour", "Esteve", "Faure", "Girard", "Lefort", "Morin", "Vidal"],
    "en": ["Archer", "Booth", "Carver", "Dawson", "Ellis", "Foster", "Hayes", "Lowe", "Palmer", "Webb"],
}
PAGES = ["/brume", "/brume", "/products/halo-table", "/onde", "/cart", "/showroom", "/livraison", "/"]
