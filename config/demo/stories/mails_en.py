"""Letters in English: warranty, invoices, loans, a chain of bookshops, and a few people with one question."""

from config.demo.stories.story import Story, close, give, note, reopen, them, us

STORIES = [
    Story("email", "james", "-3d 16:12", subject="Dimmer flickers below 20 %", labels="Warranty", language="en", steps=[
        them("Hello,\n\nTwo of the four Onde lamps you sent us in September flicker as soon as I dim them below 20 %. "
             "Above that they are fine. The dimmer is the one your site recommends.\n\nIs it a fault or am I doing "
             "something wrong?\n\nJames Whitfield\nHarbour & Pine, Bristol"),
        give("English desk", by="nora", after="+18m"),
        give("priya", by="priya", after="+5m"),
        us("priya", "Hello James,\n\nSorry to hear it. Could you swap one flickering lamp with one that works, on the "
                    "same dimmer? If the flicker follows the lamp it is ours, and we replace it. If it stays, it is "
                    "the wiring.\n\nPriya", "+14m"),
        them("I will try tonight, after closing.", "+50m"),
        note("yann", "We had a batch of drivers like that in August. Serial numbers starting with 08 are suspect.",
             "+1h"),
        them("Same on the second unit, so I doubt it is our wiring. Both say 08-1142 on the label.", "+2d 09:05"),
        note("priya", "08 indeed. I will send two new drivers, no need to ship the lamps back.", "+40m"),
    ]),
    Story("email", "hannah", "-5d 09:31", subject="Invoice 2291: VAT number", labels="Billing", language="en", steps=[
        them("Dear team,\n\nInvoice 2291 shows our old VAT number. Our accountant cannot book it like this. Could you "
             "send a corrected one? The right number is DE 811 907 980.\n\nKind regards,\nHannah Becker"),
        give("ines", by="nora", after="+11m"),
        us("ines", "Dear Hannah,\n\nOf course. Is the address still Torstraße 140? I would rather correct both at "
                   "once.\n\nInès", "+25m"),
        them("The address has not changed. Thank you!", "+3h"),
        us("ines", "Thank you. The corrected invoice is being made, you will have it by Monday.\n\nInès", "+30m"),
    ], draft=("nora", "Hello Hannah, the corrected invoice is attached.")),
    Story("sales", "oluwaseun", "-12d 13:20", subject="Stand samples for November", labels="Trade", language="en",
          steps=[
        them("Good afternoon,\n\nWe would like to show two Halo and one Onde on the makers’ stand of the fair, from "
             "the 18th to the 22nd. Do you lend pieces, and who pays for the transport?\n\nBest,\nOluwaseun Adeyemi"),
        give("tom", by="tom", after="+15m"),
        us("tom", "Hello Seun,\n\nWe do, gladly. We pay the way out, you pay the way back, and the lamps are insured "
                  "at list price while they are with you. I need a delivery address and a name on site.\n\nTom",
           "+1h"),
        them("That is fair. Hall C, gate 4, ask for Bisi Lawal. The 16th or 17th would be best.", "+1d 10:12"),
        note("tom", "@Yann Le Goff two Halo in copper, one Onde in sand, export crate please.", "+6m"),
        note("yann", "Crate is ready, leaves Wednesday by air.", "+1d 11:30"),
        us("tom", "Two Halo and one Onde, shipped on loan. The air waybill is 074-4410 2208.\n\nHave a good fair!\nTom",
           "+3h"),
    ]),
    Story("sales", "edith", "-30d 11:02", subject="Onde for eleven bookshops", labels="Trade Quote", language="en",
          steps=[
        them("Hello,\n\nWe are refitting eleven shops over two years and the reading corners want a lamp. Onde is our "
             "favourite so far. What would 66 of them cost, delivered in three lots?\n\nEdith Quill, buyer"),
        give("tom", by="tom", after="+40m"),
        us("tom", "Dear Edith,\n\nFor 66 pieces: €139 each before tax, in three lots of 22, first lot six weeks after "
                  "the order. Shipping to Manchester is included. I can send one to try first, free for a month.\n\n"
                  "Tom Okafor", "+2h"),
        them("Please do send one. Our Leeds shop is the testing ground: 31 Cookridge Street.", "+1d 09:45"),
        us("tom", "It left this afternoon. Ravi should have it on Thursday.\n\nTom", "+5h"),
        them("It arrived and it is lovely. Our fitter has a question about the base, he will write himself.",
             "+6d 15:20"),
        us("tom", "Glad to hear it. I look out for his mail.", "+35m"),
        close("tom", "+2d 12:00"),
    ]),
    Story("email", "ravi", "-22d 08:40", subject="Fixing Onde to a shelf", labels="Trade", language="en", steps=[
        them("Morning,\n\nEdith’s sample Onde needs screwing down, children pull at it. Is there a base plate with "
             "holes, or can I drill the one it has?\n\nRavi"),
        us("yann", "Hello Ravi,\n\nPlease do not drill: the cable runs under the plate. We have a plate with three "
                   "4 mm holes, part OB-3, €9. I put one in the post for you today, no charge.\n\nYann", "+50m"),
        them("Star. Fitted it this morning, rock solid. Put 66 of those on the quote then!", "+4d 11:10"),
        note("yann", "@Tom Okafor he wants OB-3 on all 66.", "+3m"),
        us("tom", "Added to the quote at €6 each, Ravi. Thank you for testing.\n\nTom", "+20m"),
        close("tom"),
    ]),
    Story("email", "ingrid", "-12d 14:25", subject="Glare on screens from Halo", labels="Pre-sale", language="en",
          steps=[
        them("Hi,\n\nWe have Halo on twelve desks and people near the window say it mirrors in their screens in the "
             "afternoon. Is there a diffuser for it?\n\nIngrid Solberg"),
        us("priya", "Hi Ingrid,\n\nThere is: a satin ring that clicks inside the circle, HD-1, €14. It takes about a "
                    "tenth of the light. Shall I send one to try before you order twelve?\n\nPriya", "+1h"),
        them("Yes please. To the office, att. Ingrid.", "+25m"),
        us("priya", "On its way, free of charge. Tell me what the window people say.\n\nPriya", "+2h"),
        them("They say thank you. Twelve please, invoice as usual.", "+8d 10:03"),
        us("priya", "Wonderful. Order 4790, ships tomorrow.\n\nPriya", "+30m"),
        close("priya"),
    ]),
    Story("email", "emma", "-20d 19:48", subject="Shade arrived chipped", labels="Returns", language="en", steps=[
        them("Hello, the Brume I ordered for my sister’s wedding came today with a chip in the rim, about the size of "
             "a fingernail. The wedding is on the 7th. Please help!\n\nEmma Collins, order 4702"),
        give("priya", by="priya", after="+1d 08:55"),
        us("priya", "Dear Emma,\n\nI am so sorry. A new shade left our workshop this morning by express and will be "
                    "with you on Wednesday. Keep the chipped one, somebody always finds a use.\n\nCongratulations to "
                    "your sister!\nPriya", "+20m"),
        them("It came, it is perfect, and so wrapped that I nearly could not open it. Thank you thank you.",
             "+2d 17:30"),
        close("priya", "+1d 09:10"),
    ]),
    Story("email", "henry", "-26d 10:15", subject="Bulb for a Brume from 2016", language="en", steps=[
        them("Dear Sirs,\n\nI have a Brume that I bought from you in 2016. The bulb has finally gone. It says E27 "
             "8 W 2200 K. You no longer list 2200 K. What do you advise?\n\nYours,\nHenry Aldous"),
        us("yann", "Dear Mr Aldous,\n\nTen years is a good life for a bulb. The nearest today is our 8 W at 2400 K, a "
                   "touch whiter. If you want the old colour exactly, we still have eleven of the 2200 K in a drawer. "
                   "I can send two.\n\nYann Le Goff", "+1h"),
        them("The drawer, please. How do I pay?", "+3h"),
        us("yann", "Two bulbs, €18 with postage, a link to pay comes in a separate mail.\n\nYann", "+15m"),
        close("yann"),
    ]),
    Story("email", "olivia", "-29d 12:33", subject="Where is order 4655?", language="en", steps=[
        them("Hi, tracking for 4655 has said “at depot, Dublin” for five days. Could you chase it? Olivia Grant"),
        us("priya", "Hi Olivia,\n\nI rang the carrier: the label is torn and they could not read your street. I gave it "
                    "to them again and it goes out tomorrow.\n\nPriya", "+1h"),
        close("priya", "+1h"),
        them("Still not here, and tracking has not moved :(", "+2d 18:00"),
        us("priya", "That is not good enough of them. A second parcel leaves today by another carrier, and the first "
                    "one may come back to us.\n\nPriya", "+1d 09:20"),
        them("Second one arrived this morning. Thank you for sorting it!", "+3d 11:00"),
        close("priya", "+15m"),
    ]),
    Story("email", "ruth", "-7d 22:05", subject="Shipping Halo to Portland, Oregon", labels="Pre-sale", language="en",
          steps=[
        them("Hi! I style homes and a client fell for Halo. Do you ship to the US, does it come with a US plug, and "
             "what would customs add?\n\nRuth Abrams"),
        us("priya", "Hello Ruth,\n\nYes to the first two: Halo takes 100 to 240 V and we put the right plug on. "
                    "Shipping is €58. Customs have been between 4 and 15 % this year, so please reckon with the "
                    "upper figure.\n\nPriya", "+1d 09:40"),
        them("Great. She wants to see the copper in daylight first. Any samples of the finish?", "+7h"),
        us("priya", "A small disc of each finish is in the post, addressed to your studio. They are yours to keep.\n\n"
                    "Priya", "+1d 10:00"),
    ]),
    Story("email", "samuel", "-24d 15:50", subject="Returning one of two Onde", labels="Returns", language="en", steps=[
        them("Hello, I ordered two Onde (4688) but one is enough for the room. Can I return the other? Unused, still "
             "boxed. Samuel Reid"),
        us("priya", "Hello Samuel,\n\nOf course. The label is on its way by mail, any post office takes the box. The "
                    "refund follows within three days of its arrival.\n\nPriya", "+45m"),
        them("Dropped off today.", "+2d 13:00"),
        us("ines", "Received and refunded: €185 to the card ending in 4410.\n\nInès", "+5d 10:30"),
        close("ines"),
        reopen("ines", "+2d 09:00"),
        note("ines", "Bank sent the refund back, card has expired. Asking for an IBAN.", "+2m"),
        us("ines", "Hello Samuel,\n\nYour bank returned the refund because the card has expired. Could you send me an "
                   "IBAN, or shall I send a voucher?\n\nInès", "+4m"),
        them("A voucher is fine, my daughter moves out in March!", "+1d 12:00"),
        us("ines", "It is in your mail: €185, valid for three years.\n\nInès", "+1h"),
        close("ines"),
    ]),
    Story("email", "peter", "-5h", subject="Wall mount for Brume?", labels="Pre-sale", language="en", unread=True,
          steps=[
        them("Good morning,\n\nI do not have a ceiling outlet above my table. Is there an arm to mount Brume on the "
             "wall, about 60 cm long?\n\nThank you,\nPeter Novak"),
    ]),
    Story("email", "grace", "-1d 11:45", subject="Renting lamps for a film", labels="Quote", language="en", steps=[
        them("Hello Atelier Lumen,\n\nI design sets and I have a kitchen scene that cries for three Brume, for ten "
             "days in January. Do you rent? They would be credited of course.\n\nGrace Lindqvist"),
        give("tom", by="nora", after="+30m"),
        note("nora", "@Tom Okafor nice one. We did this once for the opera, for a third of the price.", "+2m"),
        us("tom", "Hello Grace,\n\nA kitchen that cries for Brume, gladly! Ten days would be €240 for the three, plus a "
                  "deposit. What is the film, and where do they go?\n\nTom", "+2h"),
        them("It is called “The Salt House”, shot near Gothenburg. Could they be there by 8 January?", "+3h"),
    ]),
]  # fmt: skip
