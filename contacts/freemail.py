"""Domains whose addresses say nothing of a company: mail for everybody. Kept by hand; a missing one makes a company that
can be merged or renamed, so that the large ones are enough."""

FREE = frozenset(
    """
    gmail.com googlemail.com outlook.com outlook.fr outlook.de outlook.es outlook.it outlook.be outlook.jp hotmail.com
    hotmail.fr hotmail.co.uk hotmail.de hotmail.es hotmail.it hotmail.be live.com live.fr live.co.uk live.de live.nl
    live.be live.it msn.com passport.com windowslive.com yahoo.com yahoo.fr yahoo.co.uk yahoo.de yahoo.es yahoo.it
    yahoo.ca yahoo.co.in yahoo.in yahoo.co.jp yahoo.com.br yahoo.com.ar yahoo.com.mx yahoo.com.au ymail.com
    rocketmail.com myyahoo.com aol.com aol.fr aim.com icloud.com me.com mac.com proton.me protonmail.com protonmail.ch
    pm.me tutanota.com tutanota.de tuta.com tuta.io tutamail.com keemail.me fastmail.com fastmail.fm hey.com zoho.com
    zohomail.com mail.com email.com usa.com europe.com gmx.com gmx.de gmx.net gmx.at gmx.ch gmx.fr web.de t-online.de
    freenet.de arcor.de posteo.de posteo.net mailbox.org mailfence.com disroot.org riseup.net orange.fr wanadoo.fr
    free.fr sfr.fr neuf.fr laposte.net bbox.fr numericable.fr aliceadsl.fr cegetel.net club-internet.fr voila.fr
    bluewin.ch hispeed.ch sunrise.ch telenet.be skynet.be proximus.be scarlet.be ziggo.nl kpnmail.nl planet.nl home.nl
    xs4all.nl hetnet.nl libero.it virgilio.it tiscali.it tin.it alice.it fastwebnet.it telefonica.net terra.es terra.com.br
    uol.com.br bol.com.br ig.com.br globo.com sapo.pt btinternet.com sky.com virginmedia.com ntlworld.com talktalk.net
    blueyonder.co.uk comcast.net verizon.net att.net sbcglobal.net bellsouth.net cox.net charter.net earthlink.net
    optonline.net roadrunner.com juno.com rogers.com shaw.ca sympatico.ca videotron.ca bell.net telus.net bigpond.com
    optusnet.com.au xtra.co.nz mail.ru bk.ru inbox.ru list.ru internet.ru yandex.ru yandex.com ya.ru rambler.ru ukr.net
    i.ua meta.ua seznam.cz centrum.cz email.cz azet.sk wp.pl o2.pl onet.pl interia.pl gazeta.pl op.pl freemail.hu
    citromail.hu abv.bg mail.bg inbox.lv inbox.lt mail.ee qq.com foxmail.com 163.com 126.com 139.com sina.com sohu.com
    yeah.net aliyun.com naver.com hanmail.net daum.net nate.com docomo.ne.jp softbank.jp ezweb.ne.jp au.com nifty.com
    rediffmail.com sify.com walla.com walla.co.il mailinator.com guerrillamail.com 10minutemail.com yopmail.com
    trashmail.com sharklasers.com duck.com mozmail.com privaterelay.appleid.com simplelogin.com
    """.split()  # noqa: SIM905 - a list of three screens says no more
)


def company_domain(address: str) -> str:
    """The domain of an address that may be a company's; "" for free mail and for what is no address."""
    domain = address.rpartition("@")[2].strip().lower().rstrip(".")
    return domain if "." in domain and domain not in FREE else ""
