/** Empties the outbox: in order, one in flight, again and again until each message stands or is refused for good. */
import type { Ack } from "./data";
import { No, type Outgoing } from "./http";
import { oneAtATime } from "./lock";
import type { Item, Outbox } from "./outbox";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

export interface Post {
  /** Make sure there is a session; throws when that does not work now. */
  session(): Promise<void>;
  send(message: Outgoing): Promise<Ack>;
  page(): { url: string; referrer: string };
  stands(item: Item, ack: Ack): void;
  refused(item: Item): void;
  /** Nothing more until then; 0 ends the wait. */
  limited(seconds: number): void;
  forgotten(): void;
  restarted(from: string, to: string): void;
}

export class Sender {
  private busy = false;
  private wait = FIRST_WAIT;
  private wake: (() => void) | undefined;

  constructor(
    private readonly outbox: Outbox,
    private readonly post: Post,
  ) {
    addEventListener("online", () => this.nudge());
  }

  /** Send what waits, now. */
  nudge(): void {
    this.wake?.();
    if (!this.busy) void this.run();
  }

  private async run(): Promise<void> {
    this.busy = true;
    for (let item = this.outbox.next(); item; item = this.outbox.next()) {
      try {
        const ack = await oneAtATime("send", () => this.sendOne(item));
        if (ack) this.post.stands(item, ack);
        this.wait = FIRST_WAIT;
      } catch (error) {
        await this.recover(item, error);
      }
    }
    this.busy = false;
  }

  private async sendOne(item: Item): Promise<Ack | undefined> {
    if (!this.outbox.find(item.id)) return undefined; // another tab was quicker
    await this.post.session();
    return this.post.send(this.outgoing(item));
  }

  private outgoing(item: Item): Outgoing {
    const conversation = this.outbox.conversationOf(item.thread);
    const { url, referrer } = this.post.page();
    return { client_id: item.id, body: item.body, conversation, new: !conversation, page_url: url, referrer, files: (item.files ?? []).map(({ id }) => id) };
  }

  private async recover(item: Item, error: unknown): Promise<void> {
    if (!(error instanceof No) || error.status >= 500) return this.later();
    if (error.status === 429) {
      this.post.limited(error.retryAfter);
      await this.sleep(error.retryAfter * 1000);
      return this.post.limited(0);
    }
    if (error.reason === "session") return this.post.forgotten();
    if (error.reason === "conversation") return this.post.restarted(item.thread, this.outbox.restart(item.thread));
    this.outbox.save({ ...item, failed: error.reason || "refused" });
    this.post.refused(item);
  }

  private async later(): Promise<void> {
    await this.sleep(this.wait * (0.5 + Math.random()));
    this.wait = Math.min(LONGEST_WAIT, this.wait * 2);
  }

  private sleep(milliseconds: number): Promise<void> {
    return new Promise((done) => {
      const timer = setTimeout(() => this.wake?.(), milliseconds);
      this.wake = () => {
        clearTimeout(timer);
        this.wake = undefined;
        done();
      };
    });
  }
}
