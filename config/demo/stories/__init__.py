"""Five weeks of conversations, told from the day they are played on."""

from config.demo.stories import camille, chats, forms, mails_en, mails_fr, messenger

STORIES = [
    *camille.STORIES,
    *mails_fr.STORIES,
    *mails_en.STORIES,
    *chats.STORIES,
    *messenger.STORIES,
    *forms.STORIES,
]
