/** What crosses between the customer's page and the panel in its frame: these messages and no others. */

export interface ToPanel {
  /** Show yourself; `to` is the screen asked for, `url` the page the visitor is on. */
  open: { to: "home" | "ask" | "last"; url: string; referrer: string };
  /** The visitor went on within the page, while the panel is open. */
  page: { url: string };
  closed: Record<never, never>;
}

export interface ToPage {
  ready: Record<never, never>;
  /** The visitor asked to close; `back` says that focus goes back to the launcher. */
  close: { back: boolean };
  unread: { count: number };
  /** A session is kept in this browser (or no longer): the next page view may resume it at once. */
  kept: { kept: boolean };
  started: Record<never, never>;
}

/** By an example of each field. */
type Shapes<All> = { [Type in keyof All]: { [Field in keyof All[Type]]: string | number | boolean } };
export type Message<All> = { [Type in keyof All]: { type: Type } & All[Type] }[keyof All];

export const TO_PANEL: Shapes<ToPanel> = { open: { to: "", url: "", referrer: "" }, page: { url: "" }, closed: {} };
export const TO_PAGE: Shapes<ToPage> = { ready: {}, close: { back: true }, unread: { count: 0 }, kept: { kept: true }, started: {} };

const LONGEST = 2000;
const MOST_A_SECOND = 50;

/** Returns the message when it has exactly the fields of its type, else null. Nothing of `data` is passed on as it is. */
export function read<All>(data: unknown, shapes: Shapes<All>): Message<All> | null {
  const given = new Map(Object.entries(Object(data)));
  const type = given.get("type");
  const fields = Object.entries(shapes).find(([name]) => name === type)?.[1];
  if (!fields || given.get("parley") !== 1) return null;
  const shape = Object.entries(fields);
  if (given.size !== shape.length + 2) return null;
  const fits = shape.every(([name, example]) => {
    const value = given.get(name);
    if (typeof value !== typeof example) return false;
    return typeof value === "string" ? value.length <= LONGEST : Number(value) >= 0 && Number(value) <= 1e6;
  });
  return fits ? (Object.fromEntries([["type", type], ...shape.map(([name]) => [name, given.get(name)])]) as Message<All>) : null;
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
