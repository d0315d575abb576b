/** What the server put into the page, and the shapes that it answers with. */
import { fill } from "../words";

export interface Data {
  key: string;
  accent: string;
  on: string;
  theme: "light" | "dark" | "auto";
  language: string;
  sites: string[];
  texts: Record<"name" | "heading" | "greeting" | "reply_time" | "away", string>;
  greets: boolean;
  faces: { initials: string; hue: number; picture?: string; here: boolean }[];
  here: number;
  longest: number;
  /** Whether the team sees what is being written; the visitor is told so. */
  previews: boolean;
  /** Where `extras.ts` lies. */
  extras: string;
  /** Whether files may be sent here. */
  files: boolean;
  words: Record<string, string>;
}

export interface Agent {
  name: string;
  initials: string;
  hue: number;
  picture: string;
  title: string;
  here: boolean;
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
