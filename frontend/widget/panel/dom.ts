/** Making elements. Text always goes in as text: this page does not allow anything else. */
import { data, say } from "./data";

type Child = Node | string | null | undefined | false;

/** `given` is the class, or all attributes: `true` is an empty one, `false` and `null` are none. */
export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  given: string | Record<string, string | boolean | number | null> = "",
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(typeof given === "string" ? { class: given || null } : given)) {
    if (value !== false && value !== null) made.setAttribute(name, value === true ? "" : String(value));
  }
  made.append(...(children.filter(Boolean) as (Node | string)[]));
  return made;
}

/** One of the elements that the page brought along. */
export const part = <Kind extends HTMLElement>(id: string): Kind => document.getElementById(id) as Kind;

export function button(name: string, pressed: () => void, ...children: Child[]): HTMLButtonElement {
  const made = h("button", { type: "button", class: name }, ...children);
  made.onclick = pressed;
  return made;
}

export function avatar(person: { initials: string; hue: number; picture?: string; here?: boolean }, size = ""): HTMLElement {
  const { picture } = person;
  const face = picture ? h("img", { src: picture, alt: "" }) : person.initials;
  const made = h("span", { class: `av ${size} ${person.here ? "on" : ""}`, "aria-hidden": "true" }, face);
  made.style.setProperty("--h", String(person.hue));
  return made;
}

// ── Times, in the reader's own zone ──

export function clock(at: number): HTMLTimeElement {
  const moment = new Date(at);
  const words = moment.toLocaleTimeString(data.language, { hour: "2-digit", minute: "2-digit", hour12: false });
  return h("time", { datetime: moment.toISOString() }, words);
}

export function day(at: number): string {
  const days = Math.round((midnight(Date.now()) - midnight(at)) / 86_400_000);
  if (days === 0) return say("today");
  if (days === 1) return say("yesterday");
  return new Date(at).toLocaleDateString(data.language, { dateStyle: "long" });
}

function midnight(at: number): number {
  return new Date(at).setHours(0, 0, 0, 0);
}
