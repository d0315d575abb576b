/** Making elements. Text always goes in as text: this page does not allow anything else. */
import { data, say } from "./data";

type Child = Node | string | null | undefined | false;

export function h<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  given: string | Record<string, string | boolean | number | null> = "",
  ...children: Child[]
): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  const attributes = typeof given === "string" ? { class: given || null } : given;
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, "");
    else if (value !== false && value !== null) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child): child is Node | string => typeof child === "string" || child instanceof Node));
  return made;
}

export function button(name: string, label: string, pressed: () => void, ...children: Child[]): HTMLButtonElement {
  const made = h("button", { type: "button", class: name, "aria-label": children.length && label ? label : null });
  made.append(...(children.length ? (children.filter(Boolean) as (Node | string)[]) : [label]));
  made.addEventListener("click", pressed);
  return made;
}

const ICONS = {
  chat: "M4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3h-.5A1.5 1.5 0 0 1 3 12.5v-7A1.5 1.5 0 0 1 4.5 4z",
  close: "m5 5 10 10M15 5 5 15",
  back: "M12.5 4.5 7 10l5.5 5.5",
  go: "m8 5.5 4.5 4.5L8 14.5",
  send: "M17 3 9 11M17 3l-5 14-3-6-6-3z",
  clip: "m15.5 9-5.8 5.8a3.3 3.3 0 0 1-4.7-4.7l6.2-6.2a2.2 2.2 0 0 1 3.2 3.2l-6 6a1.1 1.1 0 0 1-1.6-1.6l5.2-5.2",
  file: "M5 3h6.5L15.5 7v8.5A1.5 1.5 0 0 1 14 17H5.5A1.5 1.5 0 0 1 4 15.5V4a1 1 0 0 1 1-1zM11.5 3v4h4",
  down: "M10 4v12M5 11l5 5 5-5",
  more: "M4.5 10h.01M10 10h.01M15.5 10h.01",
};
const POINTING = new Set(["back", "go", "send"]);

export function icon(name: keyof typeof ICONS): SVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  if (POINTING.has(name)) svg.setAttribute("class", "dir");
  line.setAttribute("d", ICONS[name]);
  svg.append(line);
  return svg;
}

export function avatar(person: { initials: string; hue: number; here?: boolean }, size = ""): HTMLElement {
  const made = h("span", { class: `av ${size} ${person.here ? "on" : ""}`.trim(), "aria-hidden": "true" }, person.initials);
  made.style.setProperty("--h", String(person.hue));
  return made;
}

export function faces(): HTMLElement | null {
  return data.faces.length ? h("span", "avs", ...data.faces.map((face) => avatar(face))) : null;
}

// ── What people wrote ──

const LINK = /\bhttps?:\/\/[^\s<>"']{3,2000}/g;
const TRAILING = /[.,;:!?…»)\]}]+$/;

/** A text with its web addresses made into links; a link says nothing of this page to where it leads. */
export function linked(text: string): DocumentFragment {
  const made = document.createDocumentFragment();
  let at = 0;
  for (const found of text.matchAll(LINK)) {
    const address = found[0].replace(TRAILING, "");
    const link = toLink(address);
    if (!link) continue;
    made.append(text.slice(at, found.index), link);
    at = found.index! + address.length;
  }
  made.append(text.slice(at));
  return made;
}

function toLink(address: string): HTMLElement | null {
  try {
    const { protocol, href } = new URL(address);
    if (protocol !== "https:" && protocol !== "http:") return null;
    return h("a", { href, target: "_blank", rel: "noopener noreferrer nofollow ugc" }, address);
  } catch {
    return null;
  }
}

// ── Times, in the reader's own zone ──

const format = (options: Intl.DateTimeFormatOptions) => new Intl.DateTimeFormat(data.language, options);
const CLOCK = format({ hour: "2-digit", minute: "2-digit", hour12: false });
const DAY = format({ day: "numeric", month: "long" });
const YEAR = format({ day: "numeric", month: "long", year: "numeric" });

export function clock(at: string | number): HTMLTimeElement {
  const moment = new Date(at);
  return h("time", { datetime: moment.toISOString() }, CLOCK.format(moment));
}

export function day(at: string | number): string {
  const moment = new Date(at);
  const now = new Date();
  const days = Math.round((midnight(now) - midnight(moment)) / 86_400_000);
  if (days === 0) return say("today");
  if (days === 1) return say("yesterday");
  return (moment.getFullYear() === now.getFullYear() ? DAY : YEAR).format(moment);
}

function midnight(moment: Date): number {
  return new Date(moment.getFullYear(), moment.getMonth(), moment.getDate()).getTime();
}
