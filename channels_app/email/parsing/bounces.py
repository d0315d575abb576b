"""Delivery reports: the standard kind (RFC 3464) and the letters older servers write (qmail, Exim, Exchange)."""

import re
from dataclasses import replace

from .automatic import empty_path
from .headers import first_id, text_of, unstructured
from .mail import Bounce
from .tree import Part

SENDERS = re.compile(
    r"mailer-?daemon|mail-?daemon|mdaemon|postmaster|mail-?delivery(?:-?(?:system|subsystem))?|microsoftexchange[0-9a-f]{20,}|bounces?|delivery|mta|smtp-?server",
    re.IGNORECASE,
)
SENDER_NAMES = re.compile(
    r"mail delivery (?:sub)?system|mailer-daemon|postmaster|mail administrator|microsoft outlook|system administrator",
    re.IGNORECASE,
)
SUBJECTS = re.compile(
    r"\s*(?:undeliver(?:able|ed)|delivery status notification|delivery (?:failure|failed|notification|report|has failed)|mail delivery (?:failed|failure|error|system)|"
    r"(?:mail|message) (?:not delivered|undeliverable|delivery failed|could not be delivered|status - undeliverable)|non[- ]?deliver(?:y|able)|failure notice|"
    r"failure delivery|failed (?:delivery|mail)|returned mail|returned to sender|message delivery failure|mail (?:system )?error|warning: (?:message|could not send)|"
    r"unzustellbar|nicht zustellbar|zustellung (?:fehlgeschlagen|nicht möglich)|unzustellbare|rücksendung|mail konnte nicht|"
    r"non remis|non distribu|échec de (?:la )?(?:remise|livraison|distribution)|notification d['’]échec|message non (?:remis|délivré)|retour à l['’]expéditeur|"
    r"no se puede entregar|no entregado|correo no entregado|no se ha podido entregar|fallo (?:en la )?entrega|imposible entregar|devuelto|"
    r"mancato recapito|impossibile (?:recapitare|consegnare)|mancata consegna|recapito non riuscito|"
    r"não (?:entregue|é possível entregar)|não foi possível entregar|falha (?:na|de) entrega|devolvid|"
    r"onbestelbaar|niet (?:bezorgd|afgeleverd)|kan niet worden bezorgd|olevererbart|kan inte levereras|ikke leveres|niedostarczon|не доставлено|недоставленное|系统退信|退信|配信不能|undelivered mail)",
    re.IGNORECASE,
)
BODY = re.compile(
    r"hi\. this is the qmail-send program|this message was created automatically by mail delivery software|delivery has failed to these recipients|"
    r"your message (?:did not reach|wasn't delivered|couldn't be delivered|could not be delivered|was not delivered|cannot be delivered)|"
    r"(?:message|mail) (?:could not|couldn't|cannot|can not) be delivered|address(?:es)? (?:had permanent fatal errors|not found|couldn't be found|failed)|"
    r"delivery to the following recipients? (?:failed|has been)|i'm afraid i wasn't able to deliver|i'm sorry to have to inform you that your message|"
    r"the following (?:message|recipient|address|organization)\S* .{0,60}(?:undeliver|not delivered|failed|rejected)|permanent (?:fatal )?(?:error|failure)|user unknown|mailbox (?:unavailable|not found|full|is full)|"
    r"recipient address rejected|no such user|undeliverable|diagnostic information for administrators|remote server (?:returned|said)|"
    r"unable to deliver|konnte nicht zugestellt|n['’]a pas (?:pu être|été) (?:remis|distribu|délivr|livr)|no se pudo entregar|non è stato (?:possibile )?(?:recapit|consegn)|não pôde ser entregue|kon niet worden bezorgd",
    re.IGNORECASE,
)
STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
CODE = re.compile(r"\b(5\d\d)[ -]")
DELAYED = re.compile(
    r"\b(?:delayed|warning|will (?:keep|continue) (?:on )?trying|still being (?:retried|attempted)|no action is required|\(delay\))",
    re.IGNORECASE,
)
ADDRESS = re.compile(r"<?([\w.!#$%&'*+/=?^`{|}~-]{1,100}@[\w.-]{1,200}\.\w{2,40})>?")
FIELD = re.compile(
    r"(?im)^(final-recipient|original-recipient|action|status|diagnostic-code)[ \t]*:[ \t]*([^\n]*(?:\n[ \t]+[^\n]+){0,30})"
)
MESSAGE_ID = re.compile(rb"(?im)^message-id[ \t]*:[ \t\r\n]*([^\r\n]{1,1000})")
RETURNED = re.compile(r"(?im)^\s*>?\s*message-id[ \t]*:[ \t]*(<[^<>\s]{1,900}>)")


def bounce_of(
    root: Part,
    *,
    sender: str,
    name: str,
    subject: str,
    text: str,
    statuses: list[bytes],
    returned: list[bytes],
) -> Bounce | None:
    """What came back; None when the mail is no delivery report."""
    standard = (
        root.kind == "multipart/report"
        and root.params.get("report-type", "delivery-status").lower() == "delivery-status"
    )
    fields = [
        one
        for one in map(_fields, statuses)
        if one.get("action") or one.get("final-recipient") or one.get("status")
    ]
    # A person may forward a report: then it is a part of a mail that is no report, from an ordinary sender.
    if fields and (standard or _is_machine(root, sender, name)):
        found = _from_fields(fields)
    elif (standard and (fields or _signs(root, sender, name, subject, text))) or _signs(
        root, sender, name, subject, text
    ):
        found = _from_letter(root, subject, text)
    else:
        return None
    return replace(found, original_message_id=_original_id(returned, text))


def kind_of(bounce: Bounce | None) -> str:
    """ "bounce", "delay" for a report that gives no verdict yet, "receipt" for one of success, "" for none."""
    if bounce is None:
        return ""
    if bounce.action in {"delivered", "relayed", "expanded"}:
        return "receipt"
    return "delay" if bounce.action == "delayed" else "bounce"


def _is_machine(root: Part, sender: str, name: str) -> bool:
    local = sender.rpartition("@")[0]
    return bool(SENDERS.fullmatch(local)) or empty_path(root) or bool(not sender or SENDER_NAMES.search(name))


def _signs(root: Part, sender: str, name: str, subject: str, text: str) -> bool:
    """A machine's address together with a machine's words; neither is enough alone."""
    if root.has("x-failed-recipients"):
        return True
    if not _is_machine(root, sender, name):
        return False
    return bool(SUBJECTS.match(subject)) or (bool(BODY.search(text[:3000])) and not root.first("in-reply-to"))


def _fields(data: bytes) -> dict[str, str]:
    """The fields of the first recipient that failed, of a whole message/delivery-status."""
    best: dict[str, str] = {}
    text = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
    for block in re.split(r"\n[ \t]*\n", text)[:200]:
        found = {name.lower(): " ".join(value.split()) for name, value in FIELD.findall(block)}
        if found.get("action", "").lower().startswith("failed"):
            return found
        if found and (not best or "action" not in best):
            best = {**best, **found}
    return best


def _from_fields(blocks: list[dict[str, str]]) -> Bounce:
    fields = next((one for one in blocks if one.get("action", "").lower().startswith("failed")), blocks[0])
    status = STATUS.search(fields.get("status", "")) or STATUS.search(fields.get("diagnostic-code", ""))
    action = re.match(r"[a-z]*", fields.get("action", "").lower())
    recipient = fields.get("original-recipient") or fields.get("final-recipient") or ""
    return Bounce(
        recipient=_after_type(recipient).strip("<> ").lower()[:320],
        status=status[1] if status else "",
        action=(action[0] if action else "") or ("delayed" if status and status[1][0] == "4" else "failed"),
        diagnostic=_after_type(fields.get("diagnostic-code", ""))[:1000],
    )


def _after_type(value: str) -> str:
    """`rfc822; ada@x` without its type."""
    kind, semicolon, rest = value.partition(";")
    return (rest if semicolon else kind).strip()


def _from_letter(root: Part, subject: str, text: str) -> Bounce:
    failed = ADDRESS.search(text_of(root.first("x-failed-recipients")))
    head = re.split(
        r"(?im)^-{3,}.{0,40}(?:copy of|original|returned|below this line)", text[:20_000], maxsplit=1
    )[0]
    failed = failed or next(
        (one for one in ADDRESS.finditer(head) if not SENDERS.fullmatch(one[1].partition("@")[0])), None
    )
    status, code = STATUS.search(head), CODE.search(head)
    line = next(
        (
            one.strip()
            for one in head.split("\n")
            if (STATUS.search(one) or CODE.search(one)) and len(one) < 2000
        ),
        "",
    )
    delayed = bool(DELAYED.search(subject) or (not status and not code and DELAYED.search(head[:2000])))
    return Bounce(
        recipient=failed[1].lower() if failed else "",
        status=status[1] if status else (f"{code[1][0]}.0.0" if code else ""),
        action="delayed" if delayed or (status and status[1][0] == "4" and not code) else "failed",
        diagnostic=line[:1000],
    )


def _original_id(returned: list[bytes], text: str) -> str:
    for data in returned:
        match = MESSAGE_ID.search(data)
        if match:
            return first_id(unstructured(match[1]))
    inside = RETURNED.search(text)
    return inside[1] if inside else ""
