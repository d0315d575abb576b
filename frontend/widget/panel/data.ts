/** What the server put into the page, and the shapes that it answers with. */
import { fill } from "../words";

export interface Data {
  key: string;
  /** Of the page's clock. */
  zone: string;
  /** The chatflow that this page shows, by a name of the server's. */
  flow: string;
  /** Whether seeing it open is counted: the chat's own page counts itself. */
  counted: boolean;
  accent: string;
  on: string;
  theme: "light" | "dark" | "auto";
  language: string;
  sites: string[];
  texts: Record<"name" | "heading" | "greeting" | "reply_time" | "away", string>;
  /** What stands before the visitor's first word. */
  opening: { name: string; body: string; asks?: Asks }[];
  faces: Face[];
  here: number;
  longest: number;
  /** Whether the team sees what is being written; the visitor is told so. */
  previews: boolean;
  /** A rule asks who comes: the page is told a pass for its signature. */
  who?: boolean;
  /** The page would rather keep the focus. */
  still: boolean;
  /** Where `extras.ts` lies. */
  extras: string;
  /** Whether files may be sent here. */
  files: boolean;
  words: Record<string, string>;
  /** What is asked around a chat, by what lies in `more`; null when nothing is. */
  care: Care | null;
  more: string;
}

export interface Care {
  consent?: { explicit: boolean; text: string };
  /** The words that ask whether this browser may keep the chat. */
  cookies?: string;
  /** They are asked when they are about to leave, not before. */
  late?: boolean;
  capture?: { after: number; required: boolean; text: string };
  survey?: string;
  knowledge?: boolean;
  /** Whoever is known is met by who looks after them. */
  owner?: boolean;
  /** Where the file lies by which whoever is known finds their tickets. */
  requests?: string;
}

export interface Face {
  initials: string;
  hue: number;
  picture?: string;
  here: boolean;
}

export interface Agent {
  name: string;
  initials: string;
  hue: number;
  picture: string;
  title: string;
  here: boolean;
  /** Where a meeting with them is booked; words of their own, or none. */
  meet?: { url: string; text: string };
}

/** A file that stands on the server. Its addresses are good for five minutes. */
export interface Enclosed {
  id: string;
  name: string;
  size: number;
  url: string;
  thumb: string;
}

export interface Said {
  seq: number;
  /** `hidden`: something that is not for the visitor stands here; its number counts. */
  from: "me" | "agent" | "bot" | "welcome" | "system" | "hidden";
  name: string;
  initials: string;
  hue: number;
  body: string;
  at: string;
  client_id?: string;
  files?: Enclosed[];
  asks?: Asks;
}

/** What a bot's message wants to know, and how it may be answered. */
export interface Asks {
  replies?: { value: string; label: string }[];
  /** Several may be chosen. */
  many?: boolean;
  /** Only the buttons answer it. */
  closed?: boolean;
  input?: string;
  /** What it found: titles that lead somewhere. */
  links?: { title: string; url: string }[];
  /** It did not take the answer before. */
  error?: boolean;
}

/** A conversation's state, with the messages after the number that was asked about. */
export interface Standing {
  conversation: string | null;
  head: number;
  closed: boolean;
  agent: Agent | null;
  seen: number;
  read: number;
  messages: Said[];
  /** Who answers while nobody of the team has the chat; `busy`: there is more to come. */
  bot?: (Agent & { busy: boolean }) | null;
  /** From a request that waits: what to show it next time, so that it waits for something else. */
  mark?: string;
}

export interface Ack {
  client_id: string;
  conversation: string;
  seq: number;
  at: string;
}

export interface Summary {
  conversation: string;
  title: string;
  name: string;
  initials: string;
  hue: number;
  at: string;
  head: number;
  closed: boolean;
  unread: boolean;
}

export const data: Data = JSON.parse(document.getElementById("data")!.textContent!);

/** A sentence of the page's language, its `{…}` filled in. */
export function say(word: string, values: Record<string, string | number> = {}): string {
  return fill(data.words[word] ?? word, values);
}
