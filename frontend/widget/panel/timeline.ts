/** The messages on screen. Drawn again as a whole, but an element that stands already keeps its place and its focus. */
import { data, say, type Enclosed, type Said } from "./data";
import { avatar, button, clock, day, h, icon, linked } from "./dom";
import type { Item } from "./outbox";
import { enclosed } from "./files";
import type { Transcript } from "./transcript";

const JOINS_WITHIN = 3 * 60_000;
const NEAR = 60; // pixels from the end that count as "reading the end"

interface Person {
  name: string;
  initials: string;
  hue: number;
}

interface Line {
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

export interface Chosen {
  again(item: Item): void;
  discard(item: Item): void;
  /** A fresh address of a file. */
  link(id: string): Promise<Enclosed>;
  /** Whether a line to the server is there, for the word below what still waits. */
  reachable(): boolean;
}

export class Timeline {
  readonly element = h("div", { class: "body end", role: "log", "aria-live": "off", "aria-label": say("history"), tabindex: "0" });
  readonly below: HTMLButtonElement;
  private readonly drawn = new Map<string, { element: HTMLElement; look: string }>();
  private readonly dots = h("div", { class: "m", hidden: true });

  constructor(private readonly chosen: Chosen) {
    this.below = button("below", "", () => this.toEnd(), icon("down"), say("newBelow"));
    this.below.hidden = true;
    this.element.addEventListener("scroll", () => this.atEnd && (this.below.hidden = true), { passive: true });
    // A keyboard that slides in, or a window made smaller, must not hide the last message.
    new ResizeObserver(() => this.wasAtEnd && this.toEnd()).observe(this.element);
  }

  private wasAtEnd = true;

  get atEnd(): boolean {
    const { scrollHeight, scrollTop, clientHeight } = this.element;
    return (this.wasAtEnd = scrollHeight - scrollTop - clientHeight < NEAR);
  }

  toEnd(): void {
    this.element.scrollTop = this.element.scrollHeight;
    this.wasAtEnd = true;
    this.below.hidden = true;
  }

  /** `waiting` are the visitor's own messages that do not stand yet; `jump` goes to the end whatever was being read. */
  draw(transcript: Transcript, waiting: Item[], jump: boolean): void {
    const follow = jump || this.atEnd;
    const lines = linesOf(transcript, waiting);
    const shown: [key: string, look: string, make: () => HTMLElement][] = [];
    let before: Line | undefined;
    lines.forEach((line, at) => {
      shown.push(...this.between(before, line, transcript.seen));
      const after = lines[at + 1];
      const note = this.noteOf(line, after, transcript.seen);
      shown.push([line.key, note.look, () => this.bubble(line, note.make())]);
      before = line;
      const { agent, joinedAfter, seen } = transcript;
      if (agent && line.seq === joinedAfter && agent.name !== this.lastAgent) {
        shown.push(this.joined(agent, `now:${agent.name}`, line, seen));
        this.lastAgent = agent.name;
      }
    });
    if (transcript.closed && !waiting.length) shown.push(["closed", "", () => h("div", "sys", say("closed"))]);
    this.reconcile(shown);
    if (follow) this.toEnd();
    else if (this.element.scrollHeight > this.element.clientHeight) this.below.hidden = this.atEnd;
  }

  typing(name: string): void {
    const follow = this.atEnd;
    this.dots.hidden = !name;
    const dots = h("div", "dots", h("i"), h("i"), h("i"), h("span", "sr", say("typing", { name })));
    this.dots.replaceChildren(...(name ? [dots] : []));
    if (follow) this.toEnd();
  }

  private reconcile(shown: [string, string, () => HTMLElement][]): void {
    const keys = new Set(shown.map(([key]) => key));
    for (const [key, { element }] of this.drawn) {
      if (keys.has(key)) continue;
      element.remove();
      this.drawn.delete(key);
    }
    let place: ChildNode | null = this.element.firstChild;
    for (const [key, look, make] of shown) {
      let drawn = this.drawn.get(key);
      if (!drawn || drawn.look !== look) {
        const element = make();
        if (drawn) {
          if (place === drawn.element) place = element;
          drawn.element.replaceWith(element);
        }
        this.drawn.set(key, (drawn = { element, look }));
      }
      if (place === drawn.element) place = place.nextSibling;
      else this.element.insertBefore(drawn.element, place);
    }
    this.element.append(this.dots);
  }

  /** What stands between two messages: a new day, and somebody who comes in. */
  private between(before: Line | undefined, line: Line, seen: number): [string, string, () => HTMLElement][] {
    const found: [string, string, () => HTMLElement][] = [];
    const date = day(line.at);
    if (before ? day(before.at) !== date : date !== say("today")) {
      found.push([`day:${line.key}`, date, () => h("div", "sys", date)]);
    }
    if (!before) this.lastAgent = "";
    if (line.from === "agent" && line.name !== this.lastAgent) {
      found.push(this.joined(line, `joined:${line.key}`, before, seen));
      this.lastAgent = line.name;
    }
    return found;
  }

  private lastAgent = "";

  /** Somebody comes in; that what was said is known is told only when somebody of the team has read it. */
  private joined(who: Person, key: string, above: Line | undefined, seen: number): [string, string, () => HTMLElement] {
    const words = say(above?.from === "me" && above.seq <= seen ? "joinedRead" : "joined", { name: who.name });
    return [key, words, () => h("div", "sys", avatar(who, "s"), h("span", { dir: "auto" }, words))];
  }

  private bubble(line: Line, note: HTMLElement | null): HTMLElement {
    const who = line.from === "me" ? say("you") : line.name;
    const name = h("span", "sr", `${who}: `);
    const body = line.body ? h("div", "text", name, h("div", { class: "said", dir: "auto" }, linked(line.body))) : name;
    const files = line.files?.map((file) => enclosed(file, this.chosen.link));
    return h("div", { class: line.from === "me" ? "m me" : "m", "data-from": line.from, "data-seq": line.seq || null }, body, ...(files ?? []), note);
  }

  /** The small line below the last of several: who and when, or how far it got. */
  private noteOf(line: Line, after: Line | undefined, seen: number): { look: string; make: () => HTMLElement | null } {
    const { item } = line;
    if (item?.failed) return { look: `failed ${item.failed}`, make: () => this.failure(item) };
    const words = this.wordsFor(line, seen);
    const joins = after && after.from === line.from && after.name === line.name && !after.item?.failed;
    const next = after && this.wordsFor(after, seen);
    const hidden = joins && after.at - line.at < JOINS_WITHIN && next === words;
    if (hidden) return { look: "", make: () => null };
    const name = h("span", { dir: "auto" }, words);
    return { look: `${words} ${line.at}`, make: () => h("small", "", name, " · ", clock(line.at)) };
  }

  private wordsFor(line: Line, seen: number): string {
    if (line.from !== "me") return line.name;
    if (line.item) return say(this.chosen.reachable() ? "sending" : "waiting");
    return say(line.seq <= seen ? "seen" : "sent");
  }

  private failure(item: Item): HTMLElement {
    const tooLong = item.failed === "too_long";
    const reason = tooLong ? say("tooLong", { n: data.longest }) : say(item.failed === "unknown" ? "unavailable" : "notSent");
    const again = button("link", say("tryAgain"), () => this.chosen.again(item));
    const discard = button("link", say("discard"), () => this.chosen.discard(item));
    return h("small", "err", reason, tooLong ? null : again, discard);
  }
}

function linesOf(transcript: Transcript, waiting: Item[]): Line[] {
  const standing = transcript.messages.map((message) => ({
    ...message,
    key: message.client_id ?? `s${message.seq}`,
    at: Date.parse(message.at),
  }));
  const stands = new Set(standing.map((line) => line.key));
  const written = waiting
    .filter((item) => !stands.has(item.id))
    .map((item) => ({ ...me, key: item.id, body: item.body, at: item.at, files: item.files, item }));
  const welcome = !standing.length && data.greets ? [greeting(written[0]?.at)] : [];
  return [...welcome, ...standing, ...written];
}

const me = { from: "me" as const, name: "", initials: "", hue: 0, seq: 0 };

/** Shown before it is written down: the first message of a conversation writes it. */
function greeting(before = Date.now()): Line {
  const { greeting, name } = data.texts;
  return { key: "s1", from: "welcome", name, initials: "", hue: 0, body: greeting, at: before, seq: 0 };
}
