// What the socket and the polling say, and how behaviours hear it: as events of the document.

export interface EventFrame {
  t: "event";
  id: number;
  at: string;
  type: string;
  conversation?: number;
  status?: string;
  assignee?: number | null;
  unassigned?: boolean;
  unread?: boolean;
  actor?: number | null;
  /** Whose availability changed, and into what. */
  member?: number;
  availability?: string;
  /** Whether this app of a Messenger page answers from here on. */
  ours?: boolean;
  row?: string;
  header?: string;
  /** What stands on the line for it: messages, a comment, an event; one after the other. */
  item?: string;
}

export interface Person {
  id: number;
  name: string;
  initials?: string;
  hue?: number;
  doing?: "reading" | "replying";
}

export interface Frames {
  ready: { t: "ready"; head: number; now?: string };
  event: EventFrame;
  counts: { t: "counts"; counts: Record<string, number> };
  ping: { t: "ping"; head: number; now: string };
  typing: { t: "typing"; conversation: number; name: string; on?: boolean; text?: string };
  presence: { t: "presence"; conversation: number; who?: Person[] };
  reload: { t: "reload" };
  /** Something to hear, or no longer: the page asks what. */
  notified: { t: "notified" };
  /** A ticket that changed: whoever shows it asks for it. */
  ticket: { t: "ticket"; id: number; type: string; ticket: number; number: number };
}

export type Frame = Frames[keyof Frames];

export function announceFrame(frame: Frame): void {
  document.dispatchEvent(new CustomEvent(`frame:${frame.t}`, { detail: frame }));
}

export function onFrame<K extends keyof Frames>(kind: K, hear: (frame: Frames[K]) => void): void {
  document.addEventListener(`frame:${kind}`, (event) => hear((event as CustomEvent<Frames[K]>).detail));
}

/** Says something to the server through the page's socket; lost when there is none, so only for passing things. */
export function tell(frame: Record<string, unknown>): void {
  document.dispatchEvent(new CustomEvent("tell", { detail: frame }));
}

/** Moments inside the page that behaviours share. */
export type Moment = "connected" | "conversation:leaving" | "conversation:opened" | "rows:changed" | "composer:swapped" | "composer:dressed" | "custom:changed";

export function signal(moment: Moment): void {
  document.dispatchEvent(new CustomEvent(moment));
}

export function on(moment: Moment, hear: () => void): void {
  document.addEventListener(moment, hear);
}
