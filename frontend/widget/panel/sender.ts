/** Empties the outbox: in order, one in flight, again and again until each message stands or is refused for good. */
import { data, type Ack } from "./data";
import type { No, Outgoing } from "./http";
import { conversationOf, next, refresh, restart, save, type Item } from "./outbox";
import { oneAtATime } from "./store";

const FIRST_WAIT = 1000;
const LONGEST_WAIT = 30_000;

export interface Post {
  /** Make sure there is a session; throws when that does not work now. */
  session(): Promise<void>;
  send(message: Outgoing): Promise<Ack>;
  page(): { url: string; referrer: string };
  /** Resolves when the item has left the outbox. */
  stands(item: Item, ack: Ack): Promise<void>;
  refused(): void;
  /** Nothing more until then; 0 ends the wait. */
  limited(seconds: number): void;
  forgotten(): void;
  restarted(from: string, to: string): void;
}

/** Gives what is called when something waits to be sent, or a wait has become pointless. */
export function makeSender(post: Post): () => void {
  let busy = false;
  let wait = FIRST_WAIT;
  let wake: (() => void) | undefined;

  const sleep = (milliseconds: number): Promise<void> =>
    new Promise((done) => {
      wake = done;
      setTimeout(done, milliseconds);
    });

  async function recover(item: Item, { status, reason, retryAfter }: Partial<No>): Promise<void> {
    if (status === 429) {
      post.limited(retryAfter!);
      await sleep(retryAfter! * 1000);
      post.limited(0);
    } else if (!status || status >= 500) {
      await sleep(wait * (0.5 + Math.random()));
      wait = Math.min(LONGEST_WAIT, wait * 2);
    } else if (reason === "session") post.forgotten();
    else if (reason === "conversation") post.restarted(item.thread, restart(item.thread));
    else {
      void save({ ...item, failed: reason || "refused" });
      post.refused();
    }
  }

  /** Sends the oldest, whichever tab wrote it; says whether there was one. */
  async function sendNext(): Promise<boolean> {
    await refresh();
    const item = next();
    if (!item) {
      post.refused(); // what is too old to be sent says so now
      return false;
    }
    const { id, body, thread, files, reply } = item;
    try {
      await post.session();
      const conversation = conversationOf(thread);
      const { url, referrer } = post.page();
      const named = (files ?? []).map((file) => file.id);
      const ack = await post.send({ client_id: id, body, conversation, new: !conversation, page_url: url, referrer, files: named, reply, flow: data.flow, zone: data.zone });
      await post.stands(item, ack);
      wait = FIRST_WAIT;
    } catch (error) {
      trouble = () => recover(item, error as object);
    }
    return true;
  }

  let trouble: (() => Promise<void>) | undefined;

  async function run(): Promise<void> {
    busy = true;
    while (await oneAtATime("send", sendNext)) {
      // Waiting is done outside: another tab may have a better line.
      const mend = trouble;
      trouble = undefined;
      await mend?.();
    }
    busy = false;
    if (next()) nudge(); // written in the moment in which nothing was left
  }

  function nudge(): void {
    wake?.();
    if (!busy) void run();
  }

  addEventListener("online", nudge);
  return nudge;
}
