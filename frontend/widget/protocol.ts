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

type Kind = "string" | "number" | "boolean";
type Shapes<All> = { [Type in keyof All]: { [Field in keyof All[Type]]: Kind } };
export type Message<All> = { [Type in keyof All]: { type: Type } & All[Type] }[keyof All];

export const TO_PANEL: Shapes<ToPanel> = {
  open: { to: "string", url: "string", referrer: "string" },
  page: { url: "string" },
  closed: {},
};
export const TO_PAGE: Shapes<ToPage> = {
  ready: {},
  close: { back: "boolean" },
  unread: { count: "number" },
  kept: { kept: "boolean" },
  started: {},
};

const LONGEST = 2000;
const MOST_A_SECOND = 50;

/** Returns the message when it has exactly the fields of its type, else null. Nothing of `data` is passed on as it is. */
export function read<All>(data: unknown, shapes: Shapes<All>): Message<All> | null {
  if (typeof data !== "object" || data === null) return null;
  const given = new Map(Object.entries(data));
  const type = given.get("type");
  const known = new Map(Object.entries(shapes));
  const shape = typeof type === "string" ? known.get(type) : undefined;
  if (!shape || given.get("parley") !== 1) return null;
  const fields = Object.entries(shape as Record<string, Kind>);
  if (given.size !== fields.length + 2) return null;
  const message: Record<string, unknown> = Object.create(null);
  message.type = type;
  for (const [name, kind] of fields) {
    const value = given.get(name);
    if (typeof value !== kind || (kind === "string" && value.length > LONGEST)) return null;
    if (kind === "number" && !(value >= 0 && value <= 1e6)) return null;
    message[name] = value;
  }
  return message as Message<All>;
}

/** Hears one window of one origin; everything else, and more than is sensible, is dropped unread. */
export function listen<All>(
  from: { source: () => MessageEventSource | null | undefined; origin: string },
  shapes: Shapes<All>,
  heard: (message: Message<All>) => void,
): void {
  let second = 0;
  let count = 0;
  addEventListener("message", (event) => {
    const source = from.source();
    if (!source || event.source !== source || event.origin !== from.origin) return;
    const now = Math.floor(Date.now() / 1000);
    count = now === second ? count + 1 : 1;
    second = now;
    if (count > MOST_A_SECOND) return;
    const message = read(event.data, shapes);
    if (message) heard(message);
  });
}
