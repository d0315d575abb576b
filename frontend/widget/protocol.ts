/** What crosses between the customer's page and the panel in its frame: these messages and no others. */

export interface ToPanel {
  /** Show yourself; `to` is the screen asked for, `url` the page the visitor is on. */
  open: { to: "home" | "ask" | "last" | "new"; url: string; referrer: string };
  /** The visitor went on within the page, while the panel is open. */
  page: { url: string };
  /** Who the page's own server says that this is, with its signature. */
  who: { email: string; token: string };
  /** Nothing of this visitor stays in this browser. */
  forget: Record<never, never>;
  /** The visitor is about to leave the page. */
  leaving: Record<never, never>;
  closed: Record<never, never>;
}

export interface ToPage {
  ready: Record<never, never>;
  /** The visitor asked to close; `back` says that focus goes back to the launcher. */
  close: { back: boolean };
  unread: { count: number };
  /** A session is kept in this browser (or no longer): the next page view may resume it at once. */
  kept: { kept: boolean };
  /** Something that the page may like to know: a name, and what it is about. */
  told: { name: string; value: string };
}

/** By an example of each field. */
type Shapes<All> = { [Type in keyof All]: { [Field in keyof All[Type]]: string | number | boolean } };
export type Message<All> = { [Type in keyof All]: { type: Type } & All[Type] }[keyof All];

export const TO_PANEL: Shapes<ToPanel> = { open: { to: "", url: "", referrer: "" }, page: { url: "" }, who: { email: "", token: "" }, forget: {}, leaving: {}, closed: {} };
export const TO_PAGE: Shapes<ToPage> = { ready: {}, close: { back: true }, unread: { count: 0 }, kept: { kept: true }, told: { name: "", value: "" } };

const LONGEST = 2000;
const MOST_A_SECOND = 50;

/** Returns the message when it has exactly the fields of its type, else null. Nothing of `data` is passed on as it is. */
export function read<All>(data: unknown, shapes: Shapes<All>): Message<All> | null {
  const { parley, type, ...fields } = Object(data);
  if (parley !== 1 || !Object.keys(shapes).includes(type)) return null;
  const shape: Record<string, unknown> = shapes[type as keyof All];
  const names = Object.keys(shape);
  const fits = names.every((name) => {
    const value = fields[name];
    return Object.hasOwn(fields, name) && typeof value === typeof shape[name] && (value.length ?? value) <= LONGEST;
  });
  return fits && names.length === Object.keys(fields).length ? { type, ...fields } : null;
}

/** Hears one window of one origin; everything else, and more than is sensible, is dropped unread. */
export function listen<All>(
  from: { source: () => MessageEventSource | null | undefined; origin: string },
  shapes: Shapes<All>,
  heard: (message: Message<All>) => void,
): void {
  let second = 0;
  let count = 0;
  addEventListener("message", ({ source, origin, data }) => {
    if (!source || source !== from.source() || origin !== from.origin) return;
    const now = Math.floor(Date.now() / 1000);
    count = now === second ? count + 1 : 1;
    second = now;
    const message = count <= MOST_A_SECOND && read(data, shapes);
    if (message) heard(message);
  });
}
