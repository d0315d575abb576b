// A sign and a few letters while one writes: `/` a saved reply, `@` a name (comments), `:` an emoji. The list stands above
// the text, arrows choose, Enter or Tab takes, Escape goes back to writing. Nothing takes the focus.
import { all, find, icon, make } from "./lib/dom";
import { announce } from "./lib/announce";
import { on } from "./lib/frames";
import { does } from "./lib/keymap";
import { post } from "./lib/http";
import { word } from "./lib/words";
import { type Choice, choicesFor, forget, snippetOf } from "./choices";
import { runMacro } from "./macros";
import { toast } from "./notices";
import { caret, focusOn, insert, selectText, writingPlace } from "./rich";

const SIGNS = /(^|\s)([/;#@:\\])([\p{L}\p{N}_+-]{0,30})$/u;
const MOST = 8;
const NONE: Record<string, string> = { "/": "noSnippets", "\\": "noMacros" };
let open: { form: HTMLFormElement; list: HTMLElement; length: number } | null = null;

const formOf = (target: EventTarget | null) => (target as Element | null)?.closest?.<HTMLFormElement>("[data-composer] form[data-for]") ?? null;

async function look(form: HTMLFormElement): Promise<void> {
  const found = SIGNS.exec(caret(form));
  if (!found) return close();
  const sign = found[2] ?? "";
  const wanted = found[3] ?? "";
  // A smiley or a time is no question: an emoji wants two letters, unless it was asked for by its button.
  if (sign === ":" && wanted.length < 2 && !open) return close();
  const choices = (await choicesFor(form, sign, wanted)).slice(0, MOST);
  if (SIGNS.exec(caret(form))?.[0] !== found[0]) return;
  if (choices.length) return draw(form, choices, sign.length + wanted.length);
  // The button or the key asked, and there is none: say so, and leave no sign behind.
  const asked = open && !open.list.hasChildNodes() && !wanted;
  close();
  if (asked && NONE[sign]) {
    insert(form, "", "", sign.length);
    toast(word(NONE[sign]));
  }
}

function draw(form: HTMLFormElement, choices: Choice[], length: number): void {
  const list = make("ul", { class: "menu suggest", id: "suggest", role: "listbox", "aria-label": word("suggestions") });
  choices.forEach((choice, at) => list.append(line(form, choice, at)));
  const old = open?.list;
  if (old) old.replaceWith(list);
  else {
    find(".composer__box", form.closest("[data-composer]") ?? form)?.before(list);
    announce(word("suggested", { n: choices.length }));
  }
  open = { form, list, length };
  mark(0);
}

function line(form: HTMLFormElement, choice: Choice, at: number): HTMLElement {
  const told = make("span", { class: "suggest__words" }, make("b", { dir: "auto" }, choice.name));
  if (choice.hint) told.append(make("small", { class: "clip", dir: "auto" }, choice.hint));
  const sign = choice.emoji ? make("span", { class: "suggest__emoji", "aria-hidden": "true" }, choice.emoji) : icon(choice.icon);
  const item = make("li", { class: "menu__item", role: "option", id: `suggest-${at}` }, sign, told);
  if (choice.key) item.append(make("kbd", {}, choice.key));
  item.addEventListener("pointerdown", (event) => event.preventDefault()); // the text keeps the focus
  item.addEventListener("click", () => take(form, choice));
  return item;
}

const items = () => (open ? all("[role=option]", open.list) : []);
const chosen = () => items().findIndex((item) => item.hasAttribute("data-active"));

function mark(at: number): void {
  const list = items();
  const next = (at + list.length) % list.length;
  list.forEach((item, each) => {
    item.toggleAttribute("data-active", each === next);
    item.setAttribute("aria-selected", String(each === next));
  });
  list[next]?.scrollIntoView({ block: "nearest" });
  const place = open && writingPlace(open.form);
  place?.setAttribute("aria-controls", "suggest");
  place?.setAttribute("aria-activedescendant", `suggest-${next}`);
}

function take(form: HTMLFormElement, choice: Choice): void {
  const length = open?.length ?? 0;
  close();
  insert(form, choice.text, choice.html ?? "", length);
  if (choice.runUrl) return runMacro(choice.runUrl);
  if (choice.missing?.[0]) selectText(form, choice.missing[0]);
  if (choice.usedUrl) void post(choice.usedUrl).catch(() => undefined);
}

function close(): void {
  const place = open && writingPlace(open.form);
  place?.removeAttribute("aria-activedescendant");
  place?.removeAttribute("aria-controls");
  open?.list.remove();
  open = null;
}

document.addEventListener("input", (event) => {
  const form = formOf(event.target);
  if (form && (event.target as Element).matches("textarea, .prose")) void look(form);
});

document.addEventListener("keydown", (event) => {
  if (!open || !open.list.isConnected || formOf(event.target) !== open.form || event.isComposing) return;
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) mark(chosen() + step);
  else if (event.key === "Escape") close();
  else if ((event.key === "Enter" || event.key === "Tab") && !event.ctrlKey && !event.metaKey && !event.shiftKey) items()[chosen()]?.click();
  else return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// The buttons type the sign, as somebody would who knows it.
document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-suggest]");
  const form = formOf(button);
  if (!button || !form) {
    if (open && !open.list.contains(event.target as Node)) close();
    return;
  }
  const before = caret(form);
  focusOn(form);
  const sign = button.dataset["suggest"] ?? "";
  open ??= { form, list: make("ul"), length: 1 };
  find(".composer__box", form.closest("[data-composer]") ?? form)?.before(open.list);
  insert(form, (before && !/\s$/.test(before) ? " " : "") + sign, "", 0);
  void look(form);
});

// The palette chose a text: it goes where the answer is written.
document.addEventListener("snippet:choose", (event) => {
  const form = find<HTMLFormElement>("[data-composer] form[data-for=reply]");
  if (!form) return;
  event.preventDefault();
  void snippetOf(form, (event as CustomEvent<string>).detail).then((choice) => choice && (close(), take(form, choice)), () => undefined);
});

// Its key opens the texts from anywhere beside the conversation.
does("snippets", () => {
  const button = find("[data-composer] form[data-for=reply] [data-suggest='/']");
  const radio = find<HTMLInputElement>("[data-composer] [name=mode][value=reply]");
  if (!button || !radio) return false;
  radio.checked = true;
  button.click();
  return true;
});

on("conversation:leaving", () => (close(), forget()));
