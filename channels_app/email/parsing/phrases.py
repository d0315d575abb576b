"""What mail programs write around a quote, by language. Matched against one line, or a few joined, of bounded length."""

import re

I = re.IGNORECASE  # noqa: E741

# ── "On Monday, Ada wrote:" ──
# first words, then the verb; the line ends with a colon. One date or address must stand between.
STARTS = (
    r"on|le|el|il(?: giorno)?|em|op|am|den|dnia|w dniu|dne|på|ma|pe|ti|ke|to|su|la|vào|dana|w|fra|von|de|da|van|at|in data|"
    r"in a message dated|a\(z\)|ngày|pada|no dia|ve|v|în|στις"
)
VERBS = (
    r"wrote|writes|a écrit|ecrit|écrit|schrieb(?: am| um)?|geschrieben|escribió|escribio|ha scritto|scrisse|escreveu|escreveu|"
    r"schreef(?: het volgende(?: op)?)?|het volgende geschreven|napisał(?:a|\(a\))?|pisze|skrev|skreiv|kirjoitti|пишет|"
    r"написал(?:а|\(а\))?|писал(?:а)?|wrote the following|yazdı|napsal(?:a|\(a\))?|napísal(?:a)?|a scris|írta|έγραψε|đã viết|"
    r"menulis|va escriure|写道|寫道|님이 작성|작성|のメール|wrote on|написав"
)
VERB = re.compile(rf"(?<!\w)(?:{VERBS})(?!\w)", I)
ATTRIBUTION = re.compile(
    rf"[\W_]{{0,4}}(?:{STARTS})\b(?=.{{0,300}}(?:\d|@)).{{3,300}}?(?<!\w)(?:{VERBS})(?!\w).{{0,160}}[:：]?\s*-{{0,10}}",
    I,
)
NAMED_ATTRIBUTION = re.compile(rf".{{0,160}}@.{{0,120}}?(?<!\w)(?:{VERBS})(?!\w).{{0,80}}[:：]", I)
SHORT_ATTRIBUTION = re.compile(rf".{{2,80}}?\s(?:{VERBS})(?!\w)(?:(?=.*\d).{{0,80}})?[:：]", I)
DATED_ATTRIBUTION = re.compile(
    r"(?:.{0,60}\b\d{4}\b.{0,60}|\d{4}[-./年].{4,60}|.{0,40}\d{1,2}[:.]\d\d.{0,60})<[^<>\s]+@[^<>\s]+>(?:\([^()]*\))?\s*[:：]"
)
ASIAN_ATTRIBUTION = re.compile(
    r".{0,200}\d.{0,80}(?:写道|寫道|님이 작성|のメール|さんは(?:書きました|書きました))\s*[:：]"
)
QUOTE_INTRODUCTION = re.compile(
    r".{0,200}(?:@|\d{1,2}[:.h]\d\d|\b(?:quoting|zitat von|citando|citation de|citát)\b).{0,200}[:：]", I
)
ENDINGS = (
    ":",
    "：",
    "wrote",
    "écrit",
    "escribió",
    "scritto",
    "escreveu",
    "schreef",
    "wrote ----",
    "wrote ---",
)

# ── Lines after which everything is the other mail ──
ORIGINAL = (
    r"original message|original mail|original e-?mail|original appointment|reply message|forwarded (?:message|mail)|forwarded by.{0,80}|"
    r"message d['’]origine|message original|message initial|message transféré|mail original|message transmis|courriel original|"
    r"urspr(?:ü|ue)ngliche (?:nachricht|e-?mail|mail)|original-?nachricht|originalnachricht|weitergeleitete nachricht|original ?e-?mail|"
    r"mensaje original|mensaje reenviado|correo original|messaggio originale|messaggio inoltrato|messaggio originario|"
    r"mensagem original|mensagem encaminhada|oorspronkelijk(?: ?e)? bericht|origineel bericht|doorgestuurd bericht|"
    r"doorgestuurde? (?:bericht|e-?mail)|wiadomość oryginalna|oryginalna wiadomość|ursprungligt meddelande|originalmeddelande|"
    r"vidarebefordrat meddelande|oprindelig (?:meddelelse|besked)|videresendt (?:besked|melding)|opprinnelig melding|"
    r"alkuperäinen viesti|välitetty viesti|исходное сообщение|пересылаемое сообщение|пересланное сообщение|"
    r"原始邮件|原始郵件|转发邮件|元のメッセージ|original ?メッセージ|转发的邮件|원본 메시지|원본 메일|original besked|původní zpráva|orijinal mesaj"
)
SEPARATOR = re.compile(rf"\s*[-_=*]{{2,40}}\s*(?:{ORIGINAL})\s*[-_=*:]{{0,40}}\s*", I)
FORWARD = re.compile(
    r"\s*[-_*]{0,40}\s*(?:begin forwarded message|forwarded (?:message|mail)|forwarded by|start of forwarded message|"
    r"début du message (?:transféré|réexpédié)|message transféré|message transmis|anfang der weitergeleiteten (?:nachricht|e-?mail)|"
    r"weitergeleitete nachricht|inicio del mensaje reenviado|mensaje reenviado|inizio (?:del )?messaggio inoltrato|messaggio inoltrato|"
    r"início da mensagem (?:reencaminhada|encaminhada)|mensagem encaminhada|begin doorgestuurd bericht|doorgestuurd bericht|"
    r"vidarebefordrat (?:meddelande|brev)|videresendt besked|videresendt melding|początek przekazywanej wiadomości|"
    r"пересылаемое сообщение|пересланное сообщение|转发的邮件|转发邮件|下面是被转发的邮件|転送されたメッセージ)\s*[:：]?\s*[-_*]{0,40}\s*:?",
    I,
)
ZOHO = re.compile(
    r"\s*-{2,}\s*(?:on|le|am|el|il|em|op)\b.{5,200}(?:wrote|a écrit|schrieb|escribió|ha scritto|escreveu|schreef).{0,80}-{2,}\s*",
    I,
)
ABOVE = re.compile(
    r"\W{0,12}(?:(?:please )?(?:type|write|enter|add|put) (?:your )?(?:reply|response|answer).{0,20}above this line|"
    r"(?:please )?(?:reply|respond)(?: by typing)? above (?:this|the) line|to reply.{0,30}above this line|"
    r"(?:veuillez )?(?:répond(?:re|ez)|écri(?:re|vez)|saisi(?:r|ssez)|tapez).{0,40}au-dessus de (?:cette|la) ligne|"
    r"(?:bitte )?(?:antwort|schreib|geben sie).{0,50}(?:über|oberhalb).{0,20}(?:zeile|linie)|"
    r"(?:escrib|respond|por favor).{0,50}(?:encima|arriba) de esta línea|"
    r"(?:rispond|scriv).{0,40}sopra (?:a )?questa (?:linea|riga)|"
    r"(?:respond|escrev|digite).{0,40}acima desta linha|"
    r"(?:typ|schrijf|antwoord|plaats).{0,40}boven deze (?:lijn|regel)).{0,60}",
    I,
)
ABOVE_HINT = re.compile(r"above|au-dessus|oberhalb|über|encima|arriba|sopra|acima|boven", I)
UNDERSCORES = re.compile(r"\s*(?:_{10,}|-{20,}|={20,}|\*{20,})\s*")

# ── The head of the other mail, as Outlook writes it ──
LABELS = {
    "from": r"from|de|von|da|van|od|från|fra|lähettäjä|от|差出人|发件人|寄件者|보낸 사람|送信者|отправитель|expéditeur|absender|mittente|remitente|remetente|afzender",
    "sent": r"sent|date|envoyé(?: le)?|date d['’]envoi|gesendet(?: am)?|datum|enviado(?: el| em)?|enviada(?: em)?|fecha|data|inviato|verzonden|wysłano|data wysłania|skickat|sendt|sent on|lähetetty|отправлено|дата|送信日時|日時|发送时间|日期|寄件日期|보낸 날짜|dato|päivämäärä|sent at",
    "to": r"to|à|a|an|para|aan|do|till|til|vastaanottaja|кому|宛先|收件人|받는 사람|destinataire|empfänger|per|destinatario",
    "cc": r"cc|kopie|copie(?: à)?|copia|dw|kopia|kopi|kopio|копия|抄送|참조",
    "subject": r"subject|objet|betreff|asunto|oggetto|assunto|onderwerp|temat|ämne|emne|aihe|тема|件名|主题|主旨|제목|re",
}
LABEL = re.compile(
    r"[\s*_|>]{0,6}(?:"
    + "|".join(f"(?P<{kind}>{words})" for kind, words in LABELS.items())
    + r")\s?\*{0,2}\s*[:：].{0,600}",
    I,
)
ONE_LINE_HEAD = re.compile(
    r"\s*\*{0,2}(?:from|de|von|da|van)\s?:\*{0,2} .{3,200}?(?:sent|date|envoyé|gesendet|enviado|inviato|verzonden|data)\s?:.{3,200}?(?:subject|objet|betreff|asunto|oggetto|assunto|onderwerp)\s?:.*",
    I,
)

# ── What a telephone or a program adds below ──
MOBILE = re.compile(
    r"\W{0,4}(?:sent (?:from|via|with|using|by) (?:my |an? |the )?(?:iphone|ipad|ipod|apple|mobile|phone|cell|smart|android|samsung|galaxy|huawei|xiaomi|"
    r"pixel|nokia|windows|blackberry|outlook|mail|yahoo|proton|gmail|verizon|t-mobile|at&t|sprint|tablet|handheld|wireless|htc|lg|motorola|sony|oneplus|spark|mailbird|airmail|hey|front|superhuman|fairphone|bluemail|aqua|k-9|myphone|fastmail|tutanota|zoho|canary|edison|mailspring|thunderbird|aol)\b.{0,90}|"
    r"envoyé (?:de(?:puis)?|à partir de|via|avec) (?:mon |ma |un |une |le |la |l['’])?.{2,60}|"
    r"(?:von|mit) (?:meine[mr]|dem|der|einem)? ?.{2,50} (?:gesendet|gesandt|versandt|verschickt)(?:\.| mit .{0,40})?|gesendet (?:von|mit|aus|über|via) .{2,60}|diese nachricht wurde von meine[mr] .{2,60} gesendet.{0,60}|"
    r"enviado (?:desde|con|por|a partir de|do|da|de|pelo|via) .{2,60}|enviada do .{2,60}|inviato (?:da|dal|con|tramite) .{2,60}|"
    r"verzonden (?:vanaf|met|vanuit|via|van) .{2,60}|verstuurd (?:vanaf|met|via) .{2,60}|wysłan[eoy] z .{2,60}|skickat från .{2,60}|sendt fra .{2,60}|lähetetty .{2,60}|отправлено (?:с|из) .{2,60}|"
    r"(?:get|download|scarica|télécharge[rz]|obtenez|téléchargez|holen sie sich|laden sie|obtener|obtenga|descargar|ottieni|obter|obtenha|download) (?:bluemail|spark|outlook|outlook (?:for|pour|für|para|per|voor) .{2,20})\b.{0,90}|"
    r"(?:holen|laden) sie (?:sich )?outlook für .{2,80}|outlook voor .{2,20} (?:downloaden|ophalen).{0,80}|"
    r"iphone(?:から送信|から送信)|从我的.{2,30}发送|發自我的.{2,30}|发自我的.{2,30}|내 .{2,20}에서 보냄|"
    r"(?:virus-free|virenfrei|sin virus|garanti sans virus|ne contient pas de virus|privo di virus|livre de vírus|virusvrij)\.?\s*(?:www\.|https?:).{0,120}|typed on tiny keys.{0,60}|please excuse (?:any |my )?(?:typos|brevity).{0,60})\s*",
    I,
)
DELIMITER = re.compile(r"\s{0,3}(?:-- ?|—|–– ?|--\xa0)\s*")
