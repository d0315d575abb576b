// Finding, making and swapping elements. Swapping goes by DOM id, so that doing it twice is harmless.
import htmx from "htmx.org";

export function find<T extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): T | null {
  return within.querySelector<T>(selector);
}

export function all<T extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): T[] {
  return [...within.querySelectorAll<T>(selector)];
}

export function make(tag: string, attributes: Record<string, string> = {}, ...children: (Node | string)[]): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** An icon of the sprite, found by a shape that the page already drew. */
export function icon(name: string): SVGElement {
  const known = document.querySelector("use[href*='#i-']")?.getAttribute("href") ?? "#";
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${known.split("#")[0]}#i-${name}`);
  svg.append(use);
  return svg;
}

/** The first element of a partial that came from the server. */
export function parse(html: string): HTMLElement | null {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return template.content.firstElementChild as HTMLElement | null;
}

/** All elements of several partials that came in one string. */
export function parseAll(html: string): HTMLElement[] {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return [...template.content.children] as HTMLElement[];
}

/** Puts `next` where `old` was; whoever had the focus in there keeps it, if it still exists. */
export function replace(old: HTMLElement, next: HTMLElement): void {
  const focused = old.contains(document.activeElement) ? (document.activeElement as HTMLElement) : null;
  old.replaceWith(next);
  htmx.process(next);
  if (!focused) return;
  const again = focused === old ? next : focused.id ? find(`#${CSS.escape(focused.id)}`, next) : null;
  again?.focus({ preventScroll: true });
}

/** Swaps the element of the same id; false when the page has none. */
export function swap(html: string): boolean {
  const next = parse(html);
  const old = next?.id ? document.getElementById(next.id) : null;
  if (next && old) replace(old, next);
  return Boolean(old);
}

/** The address of something whose template was rendered for number 0. */
export function address(template: string, pk: string | number): string {
  return template.replace(/^(.*)\/0(\/|$)/, (_whole, before: string, after: string) => `${before}/${pk}${after}`);
}

export const openConversation = (): string => find("#conversation")?.dataset["conversation"] ?? "";

export const typingIn = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || (target.matches("input, textarea, select") && !target.matches("[type=radio], [type=checkbox]")));
