// What is done to one ticket: posted in the background, said in a line, undone with Z. And the menu that offers it.
import htmx from "htmx.org";
import { find, parse } from "../lib/dom";
import { Refused, request } from "../lib/http";
import { word } from "../lib/words";
import { toast } from "../notices";
import { changed } from "./changed";

interface Done { say: string; ids: number[]; goto: string; undo?: { url: string; fields: Record<string, string | number> } }

const failed = (error: unknown) =>
  toast(error instanceof Refused && error.message ? error.message : word(error instanceof Refused && error.status === 401 ? "signedOut" : "notSaved"));

/** Does it, says so, and tells whoever shows the ticket. False when it was refused. */
export const act = (url: string, fields: Record<string, string>): Promise<boolean> => send(url, new URLSearchParams(fields));

const texts = (fields: Record<string, string | number>) => Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, String(value)]));

async function submit(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const fields = new URLSearchParams();
  for (const [name, value] of new FormData(form, submitter)) if (typeof value === "string") fields.append(name, value);
  form.closest<HTMLElement>("[popover]:popover-open")?.hidePopover();
  form.closest("dialog")?.close();
  const ok = await send(form.action, fields);
  if (ok && form.matches("[data-empties]")) form.reset();
  if (!ok && form.matches("[data-on-change]")) form.reset();
}

async function send(url: string, fields: URLSearchParams): Promise<boolean> {
  try {
    const done = (await (await request(url, { method: "POST", body: fields })).json()) as Done;
    if (done.goto) location.assign(done.goto);
    changed(done.ids);
    const { undo } = done;
    if (done.say) toast(done.say, undo && (() => void act(undo.url, texts(undo.fields))));
    return true;
  } catch (error) {
    failed(error);
    return false;
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (!form.matches("[data-ticket-verb]")) return;
  event.preventDefault();
  void submit(form, event.submitter);
});

document.addEventListener("change", (event) => {
  (event.target as Element).closest<HTMLFormElement>("form[data-on-change]")?.requestSubmit();
});

// ── The menu of a ticket ──

export async function openMenuOf(url: string, beside: HTMLElement): Promise<void> {
  const menu = find("#ticket-menu");
  if (!menu) return;
  try {
    const html = parse(await (await request(url)).text());
    const old = find("#ticket-menu-in", menu);
    if (!html || !old) return;
    old.replaceWith(html);
    htmx.process(html);
    (menu as { showPopover?(options: { source?: HTMLElement }): void }).showPopover?.({ source: beside });
    find(".menu__item", menu)?.focus();
  } catch (error) {
    failed(error);
  }
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const button = target.closest<HTMLElement>("[data-ticket-menu]");
  if (button) void openMenuOf(button.dataset["ticketMenu"] ?? "", button);
  if (target.closest("[data-close-dialog]")) target.closest("dialog")?.close();
  const filter = target.closest<HTMLElement>("[data-narrow-toggle]");
  if (filter) toggleFilter(filter);
});

function toggleFilter(button: HTMLElement): void {
  const form = find("[data-narrow]");
  if (!form) return;
  form.hidden = !form.hidden;
  button.setAttribute("aria-expanded", String(!form.hidden));
  if (!form.hidden) find<HTMLInputElement>("input[type=search]", form)?.focus();
}

document.addEventListener("change", (event) => {
  const form = (event.target as Element).closest<HTMLFormElement>("[data-narrow]");
  if (form && (event.target as Element).matches("select")) form.requestSubmit();
});
