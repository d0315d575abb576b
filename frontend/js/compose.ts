// A new letter, in a window at the lower end of the page: the work behind it goes on.
import htmx from "htmx.org";
import { find, parse } from "./lib/dom";
import { post, Refused, request } from "./lib/http";
import { word } from "./lib/words";
import { takeFiles, uploading } from "./attach";
import { complain, envelopeOf, unfinished, unfold } from "./envelope";
import { offer } from "./held";
import { toast } from "./notices";
import { dressAll } from "./rich";

const open = () => find("#compose");
const key = () => `parley:compose:${document.body.dataset["me"]}`;

async function show(url: string, opener: HTMLElement): Promise<void> {
  const standing = open();
  if (standing) return focusIn(standing);
  try {
    const box = parse(await (await request(url)).text());
    if (!box || open()) return;
    document.body.append(box);
    htmx.process(box);
    recall(box);
    dressAll();
    focusIn(box);
    box.addEventListener("compose:closed", () => opener.isConnected && opener.focus(), { once: true });
  } catch {
    location.assign(url);
  }
}

function focusIn(box: HTMLElement): void {
  const envelope = find("[data-envelope]", box);
  if (envelope) unfold(envelope);
  (find("[data-people=to] [data-people-input]", box) ?? find("button", box))?.focus();
}

function close(box: HTMLElement): void {
  box.dispatchEvent(new Event("compose:closed"));
  box.remove();
}

// What is written stays on this device until it was sent: there is no conversation yet to keep it with.
function remember(box: HTMLElement): void {
  const form = find<HTMLFormElement>("form", box);
  const body = form && find<HTMLTextAreaElement>("textarea", form)?.value;
  if (!form) return;
  if (!body?.trim()) return localStorage.removeItem(key());
  const html = find<HTMLInputElement>("[name=html]", form)?.value ?? "";
  const subject = find<HTMLInputElement>("[name=subject]", form)?.value ?? "";
  localStorage.setItem(key(), JSON.stringify({ body, html, subject }));
}

function recall(box: HTMLElement): void {
  try {
    const kept = JSON.parse(localStorage.getItem(key()) ?? "{}") as Record<string, string>;
    for (const [name, value] of Object.entries(kept)) {
      const field = find<HTMLInputElement | HTMLTextAreaElement>(`[name="${CSS.escape(name)}"]`, box);
      if (field) field.value = value;
    }
  } catch {
    localStorage.removeItem(key());
  }
}

async function send(box: HTMLElement, form: HTMLFormElement): Promise<void> {
  const at = form.dataset["sendAt"];
  delete form.dataset["sendAt"];
  const missing = unfinished(form);
  if (missing) return complain(missing);
  if (uploading(form)) return;
  const button = find<HTMLButtonElement>("[data-send]", form);
  const state = find("[data-compose-state]", form);
  const value = (name: string) => find<HTMLInputElement>(`[name=${name}]`, form)?.value ?? "";
  if (button) button.disabled = true;
  if (state) state.textContent = word("sending");
  try {
    const files = [...form.querySelectorAll<HTMLInputElement>("[data-chip] [name=files]")].map((each) => each.value).join(" ");
    const fields = { ...envelopeOf(form), body: value("body"), html: value("html"), client_id: value("client_id"), files, ...(at ? { send_at: at } : {}) };
    const told = (await (await post(form.action, fields)).json()) as Sent;
    takeFiles(form);
    localStorage.removeItem(key());
    close(box);
    sent(told);
  } catch (error) {
    if (button) button.disabled = false;
    if (state) state.textContent = `${word("notSent")} ${error instanceof Refused ? error.message : ""}`.trim();
  }
}

/** Where the letter's conversation is, and until when it can be taken back. */
interface Sent {
  url: string;
  undo_url?: string;
  send_at?: string;
}

function sent(told: Sent): void {
  const undo = told.undo_url;
  const line = offer(told.send_at, undo ? () => void takeBack(undo, told.url) : undefined);
  const link = document.createElement("a");
  link.href = told.url;
  link.className = "btn btn--sm";
  link.textContent = word("open");
  find("span", line ?? document)?.after(link);
}

/** Taken back, it stands in the composer of the conversation that it was to begin. */
async function takeBack(undo: string, url: string): Promise<void> {
  try {
    await post(undo);
    location.assign(url);
  } catch (error) {
    toast(error instanceof Refused && error.message ? error.message : word("notTakenBack"));
  }
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const opener = target.closest<HTMLAnchorElement>("a[data-compose-open]");
  if (opener && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    void show(opener.href, opener);
  }
  const box = target.closest("[data-compose-close]")?.closest<HTMLElement>("[data-compose]");
  if (!box) return;
  if (box.closest("#main")) history.back();
  else close(box);
});

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  const box = form.closest<HTMLElement>("[data-compose]");
  if (!box) return;
  event.preventDefault();
  void send(box, form);
});

document.addEventListener("input", (event) => {
  const box = (event.target as Element).closest<HTMLElement>("[data-compose]");
  if (box) remember(box);
});

document.addEventListener("keydown", (event) => {
  const box = (event.target as Element).closest?.<HTMLElement>("[data-compose]");
  if (!box) return;
  if (event.key === "Escape" && !event.defaultPrevented && !box.closest("#main")) {
    event.preventDefault();
    remember(box);
    close(box);
  } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    event.stopPropagation();
    find<HTMLFormElement>("form", box)?.requestSubmit();
  }
}, true);
