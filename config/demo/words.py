"""What the lamp maker's website says. It is a customer's own text, so it is not in the product's catalogues."""

WORDS: dict[str, dict] = {
    "en": {
        "language": "English",
        "nav": {"home": "Lamps", "product": "Brume", "contact": "Contact"},
        "nav_label": "Pages of the shop",
        "title": "Light that stays out of the way.",
        "intro": "Brume is blown in smoked glass, one piece at a time, in our workshop by the Saône. It lights the "
        "table and leaves the room alone.",
        "see": "See Brume, €240",
        "lamps": "Three lamps",
        "prices": {"brume": "€240", "halo": "€310", "onde": "€185"},
        "alt": "Two pendant lamps over a table",
        "product_title": "Brume, a pendant in smoked glass",
        "product_text": [
            "Each shade is blown by hand, so no two are alike: the smoke in the glass is a little denser at the top.",
            "The light falls straight down. Hang it seventy centimetres above the table and nobody looks into the bulb.",
        ],
        "facts": [
            ("Height", "28 cm"),
            ("Diameter", "24 cm"),
            ("Cable", "2 m, black fabric, can be shortened"),
            ("Bulb", "E27, at most 12 W LED, included"),
            ("Dimmer", "Any dimmer made for LED"),
            ("Delivery", "Three working days in Europe"),
        ],
        "facts_title": "In figures",
        "product_ask": "Not sure about the height, or the dimmer? Ask us in the corner of this page. It is faster than "
        "a form.",
        "contact_title": "Come and see, or write",
        "contact_text": "The showroom is at 9 quai Romain-Rolland, Lyon, from Tuesday to Saturday, 10:00 to 18:00.",
        "contact_ask": "For anything else, the chat in the corner reaches a person of the workshop. Leave your address "
        "and we answer by mail when we are away.",
        "contact_mail": "Write to",
        "foot": "Atelier Lumen is made up. This page stands for a customer’s website with the widget on it.",
        "back_to_inbox": "Open the inbox",
        "mail": "Captured mail",
    },
    "fr": {
        "language": "Français",
        "nav": {"home": "Lampes", "product": "Brume", "contact": "Contact"},
        "nav_label": "Pages de la boutique",
        "title": "La lumière qui sait se faire oublier.",
        "intro": "Brume est soufflée en verre fumé, pièce par pièce, dans notre atelier au bord de la Saône. Elle "
        "éclaire la table et laisse la pièce tranquille.",
        "see": "Voir Brume, 240 €",
        "lamps": "Trois lampes",
        "prices": {"brume": "240 €", "halo": "310 €", "onde": "185 €"},
        "alt": "Deux suspensions au-dessus d’une table",
        "product_title": "Brume, une suspension en verre fumé",
        "product_text": [
            "Chaque abat-jour est soufflé à la main, aucun ne ressemble à l’autre : la fumée du verre est un peu plus "
            "dense vers le haut.",
            "La lumière tombe droit. À soixante-dix centimètres de la table, personne ne voit l’ampoule.",
        ],
        "facts": [
            ("Hauteur", "28 cm"),
            ("Diamètre", "24 cm"),
            ("Câble", "2 m, tissu noir, raccourcissable"),
            ("Ampoule", "E27, 12 W LED au plus, fournie"),
            ("Variateur", "Tout variateur prévu pour les LED"),
            ("Livraison", "Trois jours ouvrés en Europe"),
        ],
        "facts_title": "En chiffres",
        "product_ask": "Un doute sur la hauteur ou sur le variateur ? Posez la question dans le coin de cette page, "
        "c’est plus rapide qu’un formulaire.",
        "contact_title": "Venez voir, ou écrivez-nous",
        "contact_text": "Le showroom est au 9 quai Romain-Rolland, à Lyon, du mardi au samedi, de 10 h à 18 h.",
        "contact_ask": "Pour tout le reste, le chat mène à une personne de l’atelier. Laissez votre adresse et nous "
        "répondons par e-mail quand nous ne sommes pas là.",
        "contact_mail": "Écrire à",
        "foot": "Atelier Lumen est une invention. Cette page tient lieu de site d’un client, avec le widget.",
        "back_to_inbox": "Ouvrir la boîte de réception",
        "mail": "E-mails capturés",
    },
}
