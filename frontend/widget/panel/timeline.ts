/** The messages on screen. Drawn again as a whole, but an element that stands already keeps its place and its focus. */
import { say, type Enclosed } from "./data";
import { avatar, clock, day, h, part } from "./dom";
import { extras, ignore } from "./extras";
import { linesOf, type Line } from "./lines";
import type { Item } from "./outbox";
import type { Transcript } from "./transcript";

const JOINS_WITHIN = 3 * 60_000;
/** What is sent is usually there at once; its writer is told when it takes longer. */
export const SLOW = 10_000;
const NEAR = 60; // pixels from the end that count as "reading the end"

export interface Chosen {
  again(item: Item): void;
  discard(item: Item): void;
  /** Whether a line to the server is there, for the word below what still waits. */
  reachable(): boolean;
}

/** Something to show: which one, what it looks like, and how it is made when that is new. */
type Shown = [key: string, look: string, make: () => HTMLElement];

export function makeTimeline(chosen: Chosen) {
  const element = part("history");
  const below = part("below");
  const dots = part("typing");
  const drawn = new Map<string, { element: HTMLElement; look: string }>();
  let wasAtEnd = true;
  let lastAgent = "";

  below.onclick = toEnd;
  element.onscroll = () => void (atEnd() && (below.hidden = true));
  // A keyboard that slides in, or a window made smaller, must not hide the last message.
  new ResizeObserver(() => wasAtEnd && toEnd()).observe(element);

  function atEnd(): boolean {
    return (wasAtEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR);
  }

  function toEnd(): void {
    element.scrollTop = element.scrollHeight;
    wasAtEnd = below.hidden = true;
  }

  /** `waiting` are the visitor's own messages that do not stand yet; `jump` goes to the end whatever was being read. */
  function draw(transcript: Transcript, waiting: Item[], jump: boolean): void {
    const follow = atEnd() || jump;
    const { agent, joinedAfter, seen } = transcript;
    const lines = linesOf(transcript, waiting);
    const shown: Shown[] = [];
    let before: Line | undefined;
    lastAgent = "";
    lines.forEach((line, at) => {
      const date = day(line.at);
      if (date !== (before ? day(before.at) : say("today"))) shown.push([`day:${line.key}`, date, () => h("div", "sys", date)]);
      if (line.from === "agent") enters(line, `joined:${line.key}`, before);
      const note = noteOf(line, lines[at + 1], seen);
      shown.push([line.key, note[0], () => bubble(line, note[1]())]);
      before = line;
      if (agent && line.seq === joinedAfter) enters(agent, `now:${agent.name}`, line);
    });
    if (transcript.closed && !waiting.length) shown.push(["closed", "", () => h("div", "sys", say("closed"))]);
    reconcile(shown);
    if (follow) toEnd();
    else if (element.scrollHeight > element.clientHeight) below.hidden = atEnd();

    /** Somebody comes in; that what was said is known is told only when somebody of the team has read it. */
    function enters(who: { name: string; initials: string; hue: number }, key: string, above: Line | undefined): void {
      if (who.name === lastAgent) return;
      lastAgent = who.name;
      const words = say(above?.from === "me" && above.seq <= seen ? "joinedRead" : "joined", { name: who.name });
      shown.push([key, words, () => h("div", "sys", avatar(who, "s"), h("span", { dir: "auto" }, words))]);
    }
  }

  function reconcile(shown: Shown[]): void {
    for (const [key, { element }] of drawn) {
      if (shown.some((one) => one[0] === key)) continue;
      element.remove();
      drawn.delete(key);
    }
    let place = element.firstChild;
    for (const [key, look, make] of shown) {
      const old = drawn.get(key);
      const now = old?.look === look ? old : { element: make(), look };
      if (old && old !== now) {
        if (place === old.element) place = now.element;
        old.element.replaceWith(now.element);
      }
      drawn.set(key, now);
      if (place === now.element) place = place.nextSibling;
      else element.insertBefore(now.element, place);
    }
    element.append(dots);
  }

  function bubble({ from, name, body, seq, files }: Line, note: HTMLElement | null): HTMLElement {
    const isMine = from === "me";
    const who = h("span", "sr", `${isMine ? say("you") : name}: `);
    const said = h("div", { class: "said", dir: "auto" }, body);
    if (body.includes("://")) extras().then(({ linked }) => said.replaceChildren(linked(body)), ignore);
    return h(
      "div",
      { class: isMine ? "m me" : "m", "data-from": from, "data-seq": seq || null },
      body ? h("div", "text", who, said) : who,
      ...(files ?? []).map(enclosed),
      note,
    );
  }

  /** The name of a file, until what draws it is there. */
  function enclosed(file: Enclosed): HTMLElement {
    const place = h("a", { class: "file", href: file.url, download: file.name, dir: "auto" }, file.name);
    const draw = (made: HTMLElement): void => {
      const follow = atEnd();
      place.replaceWith(made);
      if (follow) toEnd();
    };
    extras().then((found) => draw(found.enclosed(file)), ignore);
    return place;
  }

  /** The small line below the last of several: who and when, or how far it got. */
  function noteOf(line: Line, after: Line | undefined, seen: number): [look: string, make: () => HTMLElement | null] {
    const { item, at } = line;
    if (item?.failed) return [`failed ${item.failed}`, () => failure(item)];
    const words = wordsFor(line, seen);
    const joins = after && after.from === line.from && !after.item?.failed && after.at - at < JOINS_WITHIN;
    if (joins && after.name === line.name && wordsFor(after, seen) === words) return ["", () => null];
    return [`${words} ${at}`, () => h("small", "", h("span", { dir: "auto" }, words), " · ", clock(at))];
  }

  function wordsFor({ from, name, item, seq }: Line, seen: number): string {
    if (from !== "me") return name;
    if (item) return say(!chosen.reachable() ? "waiting" : Date.now() - item.at < SLOW ? "sending" : "slow");
    return say(seq <= seen ? "seen" : "sent");
  }

  /** Why it was not sent, and, when what draws it is there, what to do about it. */
  function failure(item: Item): HTMLElement {
    const made = h("small", "err", say("notSent"));
    extras().then((found) => made.replaceChildren(...found.failure(item, chosen)), ignore);
    return made;
  }

  return {
    draw,
    typing(name: string): void {
      const follow = atEnd();
      dots.hidden = !name;
      part("typist").textContent = say("typing", { name });
      if (follow) toEnd();
    },
  };
}
