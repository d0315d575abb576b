/** One conversation as far as it is known. Numbers have no gaps: what does not join on is a gap, and is asked for. */
import { data, type Ack, type Agent, type Asks, type Said, type Standing } from "./data";
import type { Item } from "./outbox";

export class Transcript {
  readonly messages: Said[] = [];
  head = 0;
  /** How far somebody of the team has read, and how far the visitor has. */
  seen = 0;
  read = 0;
  closed = false;
  agent: Agent | null = null;
  bot: Standing["bot"];
  /** The number after which whoever has the chat came into it, as far as this page knows. */
  joinedAfter = 0;

  constructor(public conversation: string | null) {}

  /** The last number up to which nothing is missing. */
  get last(): number {
    return this.messages[this.messages.length - 1]?.seq ?? 0;
  }

  /** Takes what stands; returns what is new here, and whether there is more to ask for. */
  take(standing: Standing): { fresh: Said[]; more: boolean } {
    this.conversation = standing.conversation;
    // What was read before our last message stood knows less than we do.
    const isNews = standing.head >= this.head;
    this.seen = Math.max(this.seen, standing.seen);
    this.read = Math.max(this.read, standing.read ?? 0);
    this.head = Math.max(this.head, standing.head);
    const fresh: Said[] = [];
    for (const message of standing.messages) {
      if (message.seq !== this.last + 1) continue;
      this.messages.push(message);
      if (message.from !== "hidden") fresh.push(message);
    }
    if (isNews) {
      this.closed = standing.closed;
      this.bot = standing.bot;
      this.introduce(standing.agent);
    }
    return { fresh, more: this.head > this.last };
  }

  introduce(agent: Agent | null): void {
    if (agent && agent.name !== this.agent?.name) this.joinedAfter = this.last;
    this.agent = agent;
  }

  /** Takes an acknowledgement of ours; returns whether something before it is missing. */
  acknowledge(item: Item, ack: Ack): boolean {
    this.conversation = ack.conversation;
    if (ack.seq > this.head) this.closed = false; // a new word opens the chat again
    this.head = Math.max(this.head, ack.seq);
    if (ack.seq !== this.last + 1) return ack.seq > this.last;
    const { client_id, seq, at } = ack;
    this.messages.push({ seq, from: "me", name: "", initials: "", hue: 0, body: item.body, at, client_id, files: item.files });
    return this.head > this.last;
  }

  /** What the last message asks, while a bot has the chat. */
  get asks(): Asks | undefined {
    return this.agent ? undefined : (this.messages.at(-1) ?? data.opening.at(-1))?.asks;
  }

  /** The number of the last message that is not the visitor's own. */
  get lastOfTheirs(): number {
    return [...this.messages].reverse().find((message) => message.from !== "me")?.seq ?? 0;
  }

  /** How many answers the visitor has not seen; the greeting is none. */
  get unread(): number {
    const theirs = this.messages.filter((message) => !["me", "welcome", "hidden"].includes(message.from));
    return theirs.filter((message) => message.seq > this.read).length;
  }
}
