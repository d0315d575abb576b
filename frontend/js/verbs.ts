// What is done to a conversation as a whole: posted in the background, said in a line, undone with Z.
import { find, openConversation, parse, parseAll, swap } from "./lib/dom";
import { signal } from "./lib/frames";
import { Refused, post } from "./lib/http";
import { postInTurn } from "./lib/turns";
import { does } from "./lib/keymap";
import { word } from "./lib/words";
import { announce } from "./lib/announce";
import { fill, openMenu } from "./menus";
import { toast } from "./notices";
import { leaveOpen, reopen } from "./open";
import { rowbox } from "./rows";
import { takeOut } from "./status";
import { place } from "./timeline";

/** What the server says beside the head of the thread (conversations/views/done.py). */
interface Done {
  say: string;
  /** The view it goes to, so that its row leaves every other; or "reader", who leaves alone. */
  leaves: string;
  goto: string;
  conversation: number;
  undo?: { url: string; fields: Record<string, string | number> };
}

const failed = (error: unknown): void =>
  void toast(error instanceof Refused && error.message ? error.message : word(error instanceof Refused && error.status === 401 ? "signedOut" : "notSaved"));

async function send(url: string, fields: Record<string, string>): Promise<Done | null> {
  const response = await postInTurn(url, fields);
  const html = await response.text();
  const told = response.headers.get("X-Parley-Done");
  const done = told ? (JSON.parse(told) as Done) : null;
  if (html.trim() && String(done?.conversation) === openConversation()) {
    swap(html);
    for (const item of parseAll(html).slice(1)) place(item); // an answer that a macro gave
  }
  return done;
}

const nothing = (): void => undefined;

function after(done: Done): void {
  const pk = String(done.conversation);
  let back = nothing;
  if (done.goto) reopen(pk, done.goto);
  else if (done.leaves === "reader") {
    rowbox(pk)?.toggleAttribute("data-unread", true);
    leaveOpen();
  } else if (done.leaves) {
    const box = rowbox(pk);
    if (box && find("#list")?.dataset["view"] !== done.leaves) back = takeOut(box);
  }
  const { undo } = done;
  if (done.say) toast(done.say, undo && (() => void takeBack(undo, back)));
}

async function takeBack(undo: NonNullable<Done["undo"]>, back: () => void): Promise<void> {
  try {
    const fields = Object.fromEntries(Object.entries(undo.fields).map(([name, value]) => [name, String(value)]));
    const done = await send(undo.url, fields);
    back();
    if (done?.goto) reopen(String(done.conversation), done.goto);
  } catch (error) {
    failed(error);
  }
}

function fieldsOf(form: HTMLFormElement, submitter: HTMLElement | null): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const [name, value] of new FormData(form)) if (typeof value === "string") fields[name] = value;
  if (submitter instanceof HTMLButtonElement && submitter.name) fields[submitter.name] = submitter.value;
  if (submitter?.dataset["on"]) fields["on"] = submitter.dataset["on"];
  return fields;
}

/** Does a verb by its address, as its form would. */
export const act = (url: string, fields: Record<string, string>): void => void send(url, fields).then((done) => done && after(done), failed);

const shut = (form: HTMLElement): void => {
  form.closest<HTMLElement>("[popover]:popover-open")?.hidePopover();
  form.closest("dialog")?.close();
};

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (!form.matches("[data-verb]")) return;
  event.preventDefault();
  const fields = fieldsOf(form, (event as SubmitEvent).submitter);
  shut(form);
  send(form.action, fields).then((done) => done && after(done), failed);
});

// ── One message, comment or file ──

/** What cannot be undone is asked once more, in the button itself. */
function sure(form: HTMLFormElement): boolean {
  const words = form.dataset["sure"];
  if (!words) return true;
  delete form.dataset["sure"];
  const button = find("button", form);
  (button && (find("span", button) ?? button))?.replaceChildren(words);
  form.dataset["asked"] = "";
  announce(words);
  button?.focus();
  return false;
}

async function change(form: HTMLFormElement): Promise<void> {
  const html = await (await post(form.action)).text();
  const next = parse(html);
  shut(form);
  if (next && swap(html)) document.getElementById(next.id)?.scrollIntoView({ block: "nearest" });
  signal("rows:changed");
}

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (!form.matches("[data-entry-verb]")) return;
  event.preventDefault();
  if (sure(form)) change(form).catch(failed);
});

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-copy-link]");
  if (!button) return;
  const link = new URL(button.dataset["copyLink"] ?? "", location.href).href;
  shut(button);
  navigator.clipboard.writeText(link).then(() => toast(word("copied")), () => toast(link));
});

// ── Dialogs that are filled when they open ──

document.addEventListener("click", (event) => {
  const id = (event.target as Element).closest<HTMLElement>("[data-open-dialog]")?.dataset["openDialog"];
  const dialog = id ? document.getElementById(id) : null;
  if (!(dialog instanceof HTMLDialogElement)) return;
  find<HTMLElement>(".menu:popover-open")?.hidePopover();
  dialog.showModal();
  fill(dialog).catch(failed);
});

let looking = 0;
document.addEventListener("input", (event) => {
  const field = event.target as HTMLInputElement;
  const dialog = field.matches("[data-find-into]") && field.closest("dialog");
  if (!dialog) return;
  window.clearTimeout(looking);
  looking = window.setTimeout(() => void fill(dialog, `?q=${encodeURIComponent(field.value)}`).catch(failed), 200);
});

const verbs = (id: string) => () => Boolean(openConversation() && document.getElementById(id)) && openMenu(id);
does("snooze", verbs("snooze-menu"));
does("label", verbs("label-menu"));
