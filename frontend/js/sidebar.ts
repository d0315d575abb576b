// The contact beside the thread: one property at a time in place, the dialog that says who it is, redrawn after a change.
import htmx from "htmx.org";
import { find, openConversation, parse, swap } from "./lib/dom";
import { on } from "./lib/frames";
import { Refused, request, token } from "./lib/http";
import { word } from "./lib/words";
import { toast } from "./notices";

/** Fetches a part. A refusal of what was typed (422) comes back as a part too: it holds the text and the reason. */
async function part(url: string, form?: FormData): Promise<{ html: string; ok: boolean }> {
  const options = form ? { method: "POST", body: form } : {};
  const headers = { "HX-Request": "true", "X-CSRFToken": token() };
  const response = await fetch(url, { credentials: "same-origin", cache: "no-store", headers, ...options });
  if (!response.ok && response.status !== 422) throw new Refused(response.status, "");
  return { html: await response.text(), ok: response.ok };
}

const failed = (error: unknown) => toast(word(error instanceof Refused && error.status === 401 ? "signedOut" : "notSaved"));

/** Puts a line of the card in place; the field is entered with its text selected, the pencil gets the focus back. */
function line(html: string): void {
  if (!swap(html)) return;
  const id = parse(html)?.id ?? "";
  const place = document.getElementById(id);
  const field = place && find<HTMLInputElement>("input:not([type=hidden]), select", place);
  if (field) {
    field.focus();
    if (field instanceof HTMLInputElement) field.select();
  } else if (place) find("button", place)?.focus({ preventScroll: true });
}

const value = (html: string) => (parse(html)?.querySelector("dd bdi")?.textContent ?? "").trim();

async function save(form: HTMLFormElement): Promise<void> {
  const before = find<HTMLInputElement>("[name=value]", form)?.dataset["before"] ?? "";
  const fields = new FormData(form);
  const { html, ok } = await part(form.action, fields);
  line(html);
  if (!ok || before === fields.get("value")) return;
  heading();
  toast(value(html) || "–", () => void undo(form.action, before));
}

async function undo(url: string, before: string): Promise<void> {
  const fields = new FormData();
  fields.set("value", before);
  line((await part(url, fields)).html);
  heading();
}

/** The name and the line under it follow the card: the whole side is drawn anew, quietly, when nobody writes in it. */
async function redraw(): Promise<void> {
  const side = find("#sidebar");
  const url = side?.dataset["url"];
  if (!side || !url) return;
  const pk = openConversation();
  const html = await (await request(url)).text();
  if (pk === openConversation() && !find("#sidebar .fact--edit")) swap(html);
}
const heading = () => void redraw().catch(() => undefined);

async function open(url: string): Promise<void> {
  const dialog = find<HTMLDialogElement>("#contact-dialog");
  if (!dialog) return;
  body((await part(url)).html);
  if (!dialog.open) dialog.showModal();
  find<HTMLInputElement>("input:not([type=hidden])", dialog)?.focus();
}

function body(html: string): void {
  const next = parse(html);
  const old = find("#contact-dialog-body");
  if (!next || !old) return;
  old.replaceWith(next);
  htmx.process(next);
}

async function submit(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const { html, ok } = await part(form.action, new FormData(form, submitter));
  if (!ok) return body(html);
  if (find("[data-card]")) return location.reload();
  find<HTMLDialogElement>("#contact-dialog")?.close();
  find<HTMLElement>("#contact-menu:popover-open")?.hidePopover();
  await redraw();
}

let asked = 0;
async function search(field: HTMLInputElement): Promise<void> {
  const mine = (asked += 1);
  const { html } = await part(`${field.dataset["find"]}&q=${encodeURIComponent(field.value)}`);
  if (mine === asked) swap(html);
}

/** Somebody was chosen: this conversation is theirs, or the two are one. */
function pick(pk: string): void {
  const merging = find<HTMLFormElement>("#pick-merge")?.dataset["merge"];
  if (merging) return void open(merging.replace(/\/0\/$/, `/${pk}/`)).catch(failed);
  const form = find<HTMLFormElement>("#pick-contact");
  const field = form && find<HTMLInputElement>("[name=contact]", form);
  if (!form || !field) return;
  field.value = pk;
  void submit(form, null).catch(failed);
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const edit = target.closest<HTMLElement>("[data-edit]");
  if (edit) void part(edit.dataset["edit"]!).then(({ html }) => line(html)).catch(failed);
  const ask = target.closest<HTMLElement>("[data-contact-dialog]");
  if (ask) {
    find<HTMLElement>(".menu:popover-open")?.hidePopover();
    void open(ask.dataset["contactDialog"]!).catch(failed);
  }
  const chosen = target.closest<HTMLElement>("#contact-dialog [data-pick]");
  if (chosen) pick(chosen.dataset["pick"]!);
});

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (!form.closest("#sidebar, [data-card], #contact-dialog")) return;
  if (form.matches("[data-property]")) void save(form).catch(failed);
  else if (form.matches("[data-part]")) void part(form.action, new FormData(form)).then(({ html }) => swap(html)).catch(failed);
  else if (form.matches("[data-and-reload]")) void submit(form, event.submitter).catch(failed);
  else return;
  event.preventDefault();
});

document.addEventListener("input", (event) => {
  const field = event.target as HTMLInputElement;
  if (field.matches?.("#contact-dialog [data-find]")) void search(field).catch(failed);
});

document.addEventListener("keydown", (event) => {
  const form = (event.target as Element).closest?.("[data-property]");
  if (!form || event.key !== "Escape") return;
  event.preventDefault();
  event.stopPropagation();
  find("[data-edit]", form)?.click();
}, true);

on("conversation:leaving", () => find<HTMLDialogElement>("#contact-dialog[open]")?.close());
