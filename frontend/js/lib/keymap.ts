// The map of the keyboard, as the dialog of all keys shows it for this reader, and what each action does.
import { all, find } from "./dom";

export interface Key {
  action: string;
  keys: string[];
  usual: string;
  group: string;
  icon: string;
  label: string;
  url: string;
  fixed: boolean;
  place: HTMLElement;
}

type Act = () => boolean;
const acts = new Map<string, Act>();

/** Says what an action does. It answers whether there was anything to do. */
export const does = (action: string, act: Act): void => void acts.set(action, act);

export function keymap(): Key[] {
  return all("#keys [data-action]").map((place) => ({
    action: place.dataset["action"] ?? "",
    keys: JSON.parse(place.dataset["keys"] ?? "[]") as string[],
    usual: place.dataset["usual"] ?? "",
    group: place.dataset["group"] ?? "",
    icon: place.dataset["icon"] ?? "zap",
    label: place.previousElementSibling?.textContent?.trim() ?? "",
    url: place.dataset["url"] ?? "",
    fixed: place.hasAttribute("data-fixed"),
    place,
  }));
}

/** The button that stands for an action, where a part of the page brings one: by name, or by its usual key. */
function button(key: Key): HTMLElement | null {
  const named = [...all(`[data-act="${key.action}"]`), ...all(`[data-key="${CSS.escape(key.usual)}"]`)];
  return named.find((one) => one.closest("[popover]") !== null || one.offsetParent !== null) ?? null;
}

export const possible = (key: Key): boolean => Boolean(key.url) || acts.has(key.action) || button(key) !== null;

export function perform(key: Key): boolean {
  if (key.url) return go(key.url);
  const act = acts.get(key.action);
  if (act) return act();
  const place = button(key);
  place?.click();
  return place !== null;
}

/** By the link that the page has for it, so that what listens to the link is asked too. */
export function go(url: string): boolean {
  const link = all<HTMLAnchorElement>("a[href]").find((one) => one.getAttribute("href") === url);
  if (link) link.click();
  else location.assign(url);
  return true;
}

/** A press as the map writes it: the letter typed, wherever it lies; Shift only counts with letters. */
export function stroke(event: KeyboardEvent): string {
  if (event.key.length !== 1) return event.key;
  const letter = event.key.toLowerCase();
  return event.shiftKey && letter !== event.key.toUpperCase() ? `shift+${letter}` : letter;
}

/** The key caps of an action, as the dialog shows its first way. */
export const capsOf = (action: string): HTMLElement[] =>
  all("kbd", find(`#keys [data-action="${CSS.escape(action)}"] .keys__way`) ?? document.createElement("i")).map(
    (cap) => cap.cloneNode(true) as HTMLElement,
  );
