// Writing: the text appears at once in its place, keeps one id until the server has it, and is never lost.
import { all, find, icon, make, openConversation, parse, typingIn } from "./lib/dom";
import { on, tell } from "./lib/frames";
import { Refused } from "./lib/http";
import { postInTurn } from "./lib/turns";
import { type Letter, forget, keep, unsent } from "./lib/unsent";
import { word } from "./lib/words";
import { takeFiles, uploading } from "./attach";
import { heldBack, knewOf } from "./collision";
import { whoReplies } from "./company";
import { settle } from "./drafts";
import { complain, envelopeOf, unfinished } from "./envelope";
import { held } from "./held";
import { toast } from "./notices";
import { focusOn, put, selectText } from "./rich";
import { dress, rowbox } from "./rows";
import { place, timeline, toEnd } from "./timeline";
import { clock } from "./time";

// A place in a saved text that nobody filled (conversations/tokens.py): the server refuses it, too.
const LEFT_OVER = /\{\{\s*(?:contact|conversation|agent|workspace)\.[a-z_]+\s*(?:\|[^}]*)?\}\}/;
const TYPING_EVERY = 3_000;
const TYPING_ENDS = 5_000;
let told = 0;
let idle = 0;

const bubble = (client: string) => find(`#timeline-${openConversation() || 0} [data-client="${CSS.escape(client)}"]`);

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const composer = form.closest<HTMLElement>("[data-composer]");
  const area = find<HTMLTextAreaElement>("textarea", form);
  const id = find<HTMLInputElement>("[name=client_id]", form);
  if (!composer || !area || !id) return;
  event.preventDefault();
  if (uploading(form) || isEmpty(form, area) || collides(form)) return;
  const missing = unfinished(form);
  if (missing) return complain(missing);
  const left = LEFT_OVER.exec(area.value)?.[0];
  if (left && form.dataset["for"] === "reply") {
    selectText(form, left);
    return void toast(word("leftOver", { token: left }));
  }
  const letter: Letter = {
    client: id.value,
    conversation: composer.dataset["conversation"] ?? "",
    mode: form.dataset["for"] ?? "reply",
    url: form.action,
    body: area.value,
    then: (event.submitter as HTMLButtonElement | null)?.value || form.dataset["then"] || "",
    files: takeFiles(form),
    fields: { ...envelopeOf(form), ...more(form), ...knewOf(form) },
  };
  delete form.dataset["then"];
  id.value = crypto.randomUUID();
  put(form, "");
  stopTyping();
  settle(area);
  find<HTMLElement>("#send-menu:popover-open", composer)?.hidePopover();
  draw(composer, letter);
  void send(letter);
  focusOn(form);
});

/** A letter may be a picture, or another's letter that goes on, and no word of ours. */
function isEmpty(form: HTMLElement, area: HTMLTextAreaElement): boolean {
  const html = find<HTMLInputElement>("[name=html]", form)?.value ?? "";
  const forwards = find<HTMLSelectElement>("[data-answer]", form)?.value === "forward";
  return !area.value.trim() && !find("[data-chip]", form) && !html.includes("<img") && !forwards;
}

/** The letter's HTML, and its hour when it is to leave later. */
function more(form: HTMLElement): Record<string, string> {
  const html = find<HTMLInputElement>("[name=html]", form)?.value;
  const at = form.dataset["sendAt"];
  delete form.dataset["sendAt"];
  return { ...(html ? { html } : {}), ...(at ? { send_at: at } : {}) };
}

/** A colleague writes a reply at this moment: asked once, on the button itself. */
function collides(form: HTMLFormElement): boolean {
  const name = form.dataset["for"] === "reply" ? whoReplies() : "";
  const words = find("[data-send] > span", form);
  if (!words) return false;
  const before = form.dataset["before"] ?? words.textContent ?? "";
  const asked = "before" in form.dataset;
  delete form.dataset["before"];
  words.textContent = asked || !name ? before : word("sendAnyway", { name });
  if (asked || !name) return false;
  form.dataset["before"] = before;
  return true;
}

async function send(letter: Letter): Promise<void> {
  keep(letter);
  state(letter, "clock", word("sending"));
  try {
    const { client, body, then, files = [], fields = {} } = letter;
    const keys = files.map(({ key }) => key).join(" ");
    const answer = await postInTurn(letter.url, { ...fields, client_id: client, body, then, files: keys });
    const item = parse(await answer.text());
    forget(letter);
    undraft(letter);
    if (letter.conversation !== openConversation() || !item?.id) return;
    // The socket may have been faster: what stands there by its own id is newer than this answer (it may be "Seen" by now).
    const standing = document.getElementById(item.id);
    if (standing) {
      const pending = bubble(letter.client);
      if (pending !== standing) pending?.remove();
    } else {
      item.dataset["client"] ||= letter.client;
      place(item);
    }
    held(item);
    toEnd();
  } catch (error) {
    if (error instanceof Refused && error.status === 409) {
      forget(letter);
      bubble(letter.client)?.remove();
      return heldBack(letter.conversation, error.body);
    }
    failed(letter, error instanceof Refused ? error : null);
  }
}

/** The list says no more that a reply is being written. */
function undraft(letter: Letter): void {
  const box = letter.mode === "reply" && rowbox(letter.conversation);
  if (!box) return;
  delete box.dataset["draft"];
  dress(box);
}

function failed(letter: Letter, refusal: Refused | null): void {
  const why = refusal?.status === 401 ? word("signedOut") : refusal?.message;
  const line = state(letter, "warn", `${word("notSent")} ${why ?? ""}`.trim());
  if (!line) return;
  line.classList.add("sent--fail");
  line.setAttribute("role", "alert");
  const again = make("button", { class: "aslink", type: "button" }, word("tryAgain"));
  const discard = make("button", { class: "aslink", type: "button" }, word("discard"));
  again.addEventListener("click", () => void send(letter));
  discard.addEventListener("click", () => {
    forget(letter);
    bubble(letter.client)?.remove();
  });
  line.append(again, discard, ...letIn(letter, refusal));
}

/** Somebody was named who does not see it: whoever may do so lets them in (CO-2). */
function letIn(letter: Letter, refusal: Refused | null): HTMLElement[] {
  if (!refusal?.body || !parse(refusal.body)?.querySelector("[data-let-in]")) return [];
  const button = make("button", { class: "aslink", type: "button" }, word("letIn"));
  button.addEventListener("click", () => void send({ ...letter, fields: { ...letter.fields, let_in: "1" } }));
  return [button];
}

/** The line under a bubble that says how far it got. */
function state(letter: Letter, shape: string, text: string): HTMLElement | null {
  const item = bubble(letter.client);
  if (!item) return null;
  find(".sent", item)?.remove();
  const line = make("span", { class: "sent" }, icon(shape), make("span", {}, text));
  item.append(line);
  return line;
}

function draw(composer: HTMLElement, letter: Letter): void {
  const { name = "", initials = "", hue = "180" } = composer.dataset;
  const comment = letter.mode === "comment";
  const face = make("span", { class: comment ? "av av--org" : "av", "aria-hidden": "true" }, initials);
  face.style.setProperty("--h", hue);
  const now = new Date();
  const time = make("time", { datetime: now.toISOString() }, clock(now));
  const item = make("li", {
    class: comment ? "msg msg--note" : "msg msg--agent", "data-client": letter.client, "data-sending": "",
    "data-at": now.toISOString(), "data-author": name, "data-direction": "out",
  }, make("span", { class: "msg__knot" }, face));
  const who = make("b", {}, make("bdi", {}, name));
  const said = make(comment ? "p" : "div", { class: comment ? "said" : "bubble said", dir: "auto", "data-said": "" }, letter.body);
  if (comment) {
    const only = make("span", { class: "note__only" }, icon("lock"), word("onlyTeam"));
    item.append(make("div", { class: "note" }, make("div", { class: "note__who" }, who, only, time), said));
  } else item.append(make("div", { class: "msg__head" }, who, time), ...(letter.body.trim() ? [said] : []), ...enclosed(letter));
  timeline()?.append(item);
  toEnd();
}

function enclosed({ files = [] }: Letter): HTMLElement[] {
  if (!files.length) return [];
  const rows = files.map(({ name }) => make("span", { class: "file" }, icon("file"), make("span", {}, make("bdi", {}, name))));
  return [make("div", { class: "files" }, ...rows)];
}

/** What did not get through before the page was left stands here again, to be tried or dropped. */
function recall(): void {
  const composer = find("[data-composer]");
  if (!composer) return;
  for (const letter of unsent(composer.dataset["conversation"] ?? "")) {
    if (bubble(letter.client)) forget(letter);
    else {
      draw(composer, letter);
      failed(letter, null);
    }
  }
}

/** Chooses reply or comment, and puts the cursor there. */
export function write(mode: string): void {
  const radio = find<HTMLInputElement>(`[data-composer] [name=mode][value="${mode}"]`);
  if (!radio) return;
  radio.checked = true;
  const form = find(`[data-composer] form[data-for="${mode}"]`);
  if (form) focusOn(form);
}

// A pointer on a tab goes on into the text; the arrows of the radio group stay on the tabs.
document.addEventListener("pointerup", (event) => {
  const tab = (event.target as Element).closest(".composer__tab");
  const radio = tab && find<HTMLInputElement>("input", tab);
  if (radio) setTimeout(() => write(radio.value));
});

document.addEventListener("keydown", (event) => {
  const form = (event.target as Element).closest?.<HTMLFormElement>("[data-composer] form");
  if (!form || event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.isComposing) return;
  event.preventDefault();
  event.stopPropagation();
  const button = find<HTMLButtonElement>(event.shiftKey ? "[name=then][value=close]" : "[data-send]", form) ?? find<HTMLButtonElement>("[data-send]", form);
  if (!button?.disabled) form.requestSubmit(button);
}, true);

document.addEventListener("input", (event) => {
  // Only a reply concerns the customer: that somebody writes a comment is the team's business.
  if (!typingIn(event.target) || !(event.target as Element).closest("[data-composer] [data-for=reply]")) return;
  window.clearTimeout(idle);
  idle = window.setTimeout(stopTyping, TYPING_ENDS);
  if (Date.now() - told < TYPING_EVERY) return;
  told = Date.now();
  tell({ t: "typing", conversation: Number(openConversation()), on: true });
});

function stopTyping(): void {
  window.clearTimeout(idle);
  if (told) tell({ t: "typing", conversation: Number(openConversation()), on: false });
  told = 0;
}

on("conversation:leaving", stopTyping);
on("conversation:opened", recall);
document.addEventListener("DOMContentLoaded", recall);
window.addEventListener("online", () => all<HTMLButtonElement>(".sent--fail .aslink:first-of-type").forEach((button) => button.click()));
