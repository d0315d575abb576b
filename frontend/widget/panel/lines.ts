/** What there is to read in a chat, line by line: what stands, what waits, and the greeting before it is written down. */
import { data, type Enclosed, type Said } from "./data";
import type { Item } from "./outbox";
import type { Transcript } from "./transcript";

export interface Line {
  key: string;
  from: Said["from"];
  name: string;
  initials: string;
  hue: number;
  body: string;
  at: number;
  seq: number;
  files?: Enclosed[];
  item?: Item;
}

const NOBODY = { name: "", initials: "", hue: 0, seq: 0 };

export function linesOf(transcript: Transcript, waiting: Item[]): Line[] {
  const standing: Line[] = transcript.messages
    .filter((said) => said.from !== "hidden")
    .map((said) => ({ ...said, key: said.client_id ?? `s${said.seq}`, at: Date.parse(said.at) }));
  const written = waiting
    .filter(({ id }) => !standing.some((line) => line.key === id))
    .map((item): Line => ({ ...NOBODY, from: "me", key: item.id, body: item.body, at: item.at, files: item.files, item }));
  const at = written[0]?.at ?? Date.now();
  const before = standing.length ? [] : data.opening;
  const welcome = before.map(({ name, body }, place): Line => ({ ...NOBODY, key: `s${place + 1}`, from: "welcome", name, body, at }));
  return [...welcome, ...standing, ...written];
}
