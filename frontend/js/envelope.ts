// Who a letter goes to: names as chips, added by typing or choosing, with the usual answer one choice away.
import { all, find, make } from "./lib/dom";
import { on } from "./lib/frames";
import { request } from "./lib/http";
import { word } from "./lib/words";

interface Person {
  name: string;
  address: string;
}
type Field = "to" | "cc" | "bcc";
const FIELDS: Field[] = ["to", "cc", "bcc"];
const ADDRESS = /^[^\s@<>,;"]+@[^\s@<>,;"]+\.[^\s@<>,;".]+$/;
const WAIT = 150;
let asking = 0;

const shown = ({ name, address }: Person) => (name ? `${name} <${address}>` : address);
const boxOf = (element: Element | null) => element?.closest<HTMLElement>("[data-envelope]") ?? null;
const people = (box: HTMLElement, field: Field) =>
  all<HTMLInputElement>(`[data-people="${field}"] input[type=hidden]`, box).map(({ value }) => value);

/** What the envelope of a form says, as the server wants to be told; nothing when it has none. */
export function envelopeOf(form: HTMLElement): Record<string, string> {
  const box = find("[data-envelope]", form);
  if (!box) return {};
  for (const field of all<HTMLInputElement>("[data-people-input]", box)) take(field);
  const said: Record<string, string> = {};
  for (const field of FIELDS) said[field] = people(box, field).join("\n");
  for (const field of all<HTMLInputElement | HTMLSelectElement>("[data-said-too]", box)) said[field.name] = field.value;
  return said;
}

/** What was typed and is no address: it would be forgotten in silence. */
export function unfinished(form: HTMLElement): HTMLInputElement | null {
  const box = find("[data-envelope]", form);
  if (!box) return null;
  const wrong = all<HTMLInputElement>("[data-people-input]", box).find((field) => !take(field));
  const nobody = !people(box, "to").length && !people(box, "cc").length && !people(box, "bcc").length;
  return wrong ?? (nobody ? find<HTMLInputElement>("[data-people=to] [data-people-input]", box) : null);
}

export function unfold(box: HTMLElement, open = true): void {
  const fields = find("[data-fields]", box);
  if (fields) fields.hidden = !open;
  find("[data-unfold]", box)?.setAttribute("aria-expanded", String(open));
}

/** Says aloud and in red what is missing. */
export function complain(field: HTMLInputElement): void {
  const box = boxOf(field);
  if (box) unfold(box);
  field.setAttribute("aria-invalid", "true");
  const error = box && find("[data-people-error]", box);
  if (error) error.textContent = field.value.trim() ? word("notAnAddress", { text: field.value.trim() }) : word("nobodyToWrite");
  field.focus();
}

/** Makes chips of what was typed. False when something of it is no address. */
function take(field: HTMLInputElement): boolean {
  const typed = field.value.trim();
  if (!typed) return true;
  const found = typed.split(/[;,\n]+(?![^<]*>)/).map((part) => person(part.trim())).filter((each) => each !== undefined);
  if (found.some((each) => each === null)) return false;
  for (const each of found) if (each) add(field, each);
  field.value = "";
  field.removeAttribute("aria-invalid");
  const box = boxOf(field);
  const error = box && find("[data-people-error]", box);
  if (error) error.textContent = "";
  return true;
}

function person(text: string): Person | null | undefined {
  if (!text) return undefined;
  const inside = /^(.*?)\s*<([^<>]+)>$/.exec(text);
  const address = (inside?.[2] ?? text).trim();
  const name = (inside?.[1] ?? "").replace(/^"|"$/g, "").trim();
  return ADDRESS.test(address) ? { name, address } : null;
}

function chip(field: Field, each: Person): HTMLElement {
  const label = each.name || each.address;
  const remove = make("button", { class: "chip__x", type: "button", "data-unperson": "", "aria-label": word("removeFile", { name: label }) }, "×");
  const hidden = make("input", { type: "hidden", name: field, value: shown(each) });
  return make("li", { class: "person", title: each.address }, hidden, make("bdi", { class: "clip" }, label), remove);
}

function add(field: HTMLInputElement, each: Person): void {
  const place = field.closest<HTMLElement>("[data-people]");
  const list = place && find("ul", place);
  const known = place && all<HTMLInputElement>("input[type=hidden]", place).some(({ value }) => value.toLowerCase().includes(each.address.toLowerCase()));
  if (list && !known) list.append(chip(place.dataset["people"] as Field, each));
  changed(field);
}

/** Other people altogether: the usual answer, or nobody for a letter that goes on to somebody else. */
export function fill(box: HTMLElement, envelope: Partial<Record<Field, Person[]>>): void {
  for (const field of FIELDS) {
    const list = find(`[data-people="${field}"] ul`, box);
    list?.replaceChildren(...(envelope[field] ?? []).map((each) => chip(field, each)));
  }
  changed(box);
}

function changed(inside: HTMLElement): void {
  const box = boxOf(inside);
  if (!box) return;
  summarise(box);
  // Recipients belong to the draft.
  find<HTMLTextAreaElement>("textarea", box.closest("form") ?? document)?.dispatchEvent(new Event("input", { bubbles: true }));
}

function summarise(box: HTMLElement): void {
  const names = FIELDS.flatMap((field) => all(`[data-people="${field}"] bdi`, box)).map((each) => each.textContent ?? "");
  const line = find("[data-summary]", box);
  if (line) line.textContent = names.length ? names.join(", ") : word("nobody");
}

/** Reply all, reply or forward. */
export function answerAs(box: HTMLElement, kind: string, message = ""): void {
  const select = find<HTMLSelectElement>("select[data-answer]", box);
  if (!select) return;
  select.value = kind;
  const hidden = find<HTMLInputElement>("[name=message]", box);
  if (hidden) hidden.value = message;
  const usual = JSON.parse(box.dataset["answers"] ?? "{}") as Record<string, Partial<Record<Field, Person[]>>>;
  fill(box, usual[kind] ?? {});
  unfold(box, kind === "forward");
  if (kind === "forward") find("[data-people=to] [data-people-input]", box)?.focus();
}

async function suggest(field: HTMLInputElement): Promise<void> {
  const box = boxOf(field);
  const list = field.list;
  const url = box?.dataset["peopleUrl"];
  if (!url || !list || field.value.trim().length < 2) return;
  try {
    const answer = await request(`${url}?q=${encodeURIComponent(field.value.trim())}`);
    const found = (await answer.json()) as { people: Person[] };
    list.replaceChildren(...found.people.map((each) => make("option", { value: shown(each) })));
  } catch {
    list.replaceChildren();
  }
}

document.addEventListener("input", (event) => {
  const field = event.target as HTMLInputElement;
  if (!field.matches?.("[data-people-input]")) return;
  event.stopPropagation();
  const chosen = [...(field.list?.options ?? [])].some(({ value }) => value === field.value);
  if (chosen || /[,;\s]$/.test(field.value)) {
    if (person(field.value.trim().replace(/[,;]$/, ""))) return void take(field);
  }
  window.clearTimeout(asking);
  asking = window.setTimeout(() => void suggest(field), WAIT);
});

document.addEventListener("keydown", (event) => {
  const field = event.target as HTMLInputElement;
  if (!field.matches?.("[data-people-input]") || event.isComposing) return;
  if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    if (!take(field)) complain(field);
  } else if (event.key === "Backspace" && !field.value) {
    all("li", field.closest("[data-people]") ?? field).at(-1)?.remove();
    changed(field);
  }
});

document.addEventListener("focusout", (event) => {
  const field = event.target as HTMLInputElement;
  if (field.matches?.("[data-people-input]")) take(field);
});

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const remove = target.closest("[data-unperson]");
  if (remove) {
    const place = remove.closest<HTMLElement>("[data-people]");
    remove.closest("li")?.remove();
    if (place) {
      changed(place);
      find("[data-people-input]", place)?.focus();
    }
  }
  const unfolds = target.closest<HTMLElement>("[data-unfold]");
  const box = boxOf(unfolds);
  if (box) unfold(box, unfolds?.getAttribute("aria-expanded") !== "true");
});

document.addEventListener("change", (event) => {
  const select = event.target as HTMLSelectElement;
  const box = select.matches?.("select[data-answer]") && boxOf(select);
  if (box) answerAs(box, select.value);
});

const revise = () => all("[data-envelope]").forEach(summarise);
on("conversation:opened", revise);
on("composer:swapped", revise);
document.addEventListener("DOMContentLoaded", revise);
