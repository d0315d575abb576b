// A form with a save bar says when it is not saved yet, and asks before it is left.
import { all, find } from "./lib/dom";

const SAVED = new WeakMap<HTMLFormElement, string>();

/** What a form would post, as text; files by name alone. */
function told(form: HTMLFormElement): string {
  const pairs = [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken");
  return JSON.stringify(pairs.map(([name, value]) => [name, typeof value === "string" ? value : value.name]));
}

const guarded = (): HTMLFormElement[] =>
  all<HTMLElement>("[data-savebar]").flatMap((bar) => bar.closest("form") ?? []);

/** A form that was refused holds what nobody has saved. */
const refused = (form: HTMLFormElement): boolean => find("[aria-invalid=true], .callout--bad", form) !== null;

function show(form: HTMLFormElement): void {
  const unsaved = refused(form) || SAVED.get(form) !== told(form);
  form.toggleAttribute("data-dirty", unsaved);
  for (const part of all<HTMLElement>("[data-unsaved], [data-discard]", form)) part.hidden = !unsaved;
}

function begin(): void {
  for (const form of guarded()) {
    if (!SAVED.has(form)) SAVED.set(form, told(form));
    show(form);
  }
}

function changed(event: Event): void {
  const form = (event.target as Element).closest?.("form");
  if (form && SAVED.has(form)) show(form);
}

let leaving = false;
document.addEventListener("DOMContentLoaded", begin);
document.addEventListener("htmx:load", begin);
// Coming back by the browser's own button: what it filled in again is not what was saved.
window.addEventListener("pageshow", () => {
  leaving = false;
  for (const form of guarded()) show(form);
});
document.addEventListener("input", changed);
document.addEventListener("change", changed);
document.addEventListener("reset", (event) => setTimeout(() => changed(event)));
document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented) leaving = true;
});
document.addEventListener("click", (event) => {
  if ((event.target as Element).closest("[data-discard]")) leaving = true;
});
// A form that htmx sends is saved when its answer leads away.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  if ((event as CustomEvent<{ xhr: XMLHttpRequest }>).detail.xhr.getResponseHeader("HX-Redirect")) leaving = true;
});
window.addEventListener("beforeunload", (event) => {
  if (!leaving && find("form[data-dirty]")) event.preventDefault();
});
