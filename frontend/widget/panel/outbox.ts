/**
 * What was written and is not yet acknowledged. Each message is an entry of its own, so that two tabs never overwrite
 * each other; it leaves only when the server has said that it stands, or when its writer discards it.
 */
import type { Enclosed } from "./data";
import type { Store } from "./store";

/** `thread` is `c:<conversation>`, or `n:<a name of ours>` for a conversation that does not stand yet. */
export interface Item {
  name: string;
  id: string;
  body: string;
  at: number;
  thread: string;
  failed: string;
  files?: Enclosed[];
}

const OUT = "out:";
const DAY = 24 * 3600_000;
const THREAD = "thread:";

export class Outbox {
  private last = 0;
  private count = 0;

  constructor(private readonly store: Store) {}

  add(body: string, thread: string, files: Enclosed[]): Item {
    // The clock may be set back while somebody writes; the order of writing stays.
    this.last = Math.max(Date.now(), this.last);
    const order = this.last.toString(36).padStart(9, "0") + (this.count++).toString(36).padStart(4, "0");
    const id = newId();
    const item: Item = { name: `${OUT}${order}:${id}`, id, body, at: Date.now(), thread, failed: "", files };
    this.save(item);
    return item;
  }

  all(): Item[] {
    return this.store.names(OUT).flatMap((name) => {
      try {
        return [{ ...(JSON.parse(this.store.get(name) ?? "") as Item), name }];
      } catch {
        return []; // taken away by another tab meanwhile
      }
    });
  }

  /**
   * The oldest that may be sent: one that was refused waits for its writer and holds up nobody. What could not be sent for
   * a day is not sent behind its writer's back.
   */
  next(): Item | undefined {
    for (const item of this.all()) {
      if (item.failed) continue;
      if (Date.now() - item.at < DAY) return item;
      this.save({ ...item, failed: "late" });
    }
    return undefined;
  }

  find(id: string): Item | undefined {
    return this.all().find((item) => item.id === id);
  }

  save(item: Item): void {
    const { name, ...rest } = item;
    this.store.set(name, JSON.stringify(rest));
  }

  drop(item: Item): void {
    this.store.remove(item.name);
  }

  /** Which conversation a thread of ours became, or null while it does not stand. */
  conversationOf(thread: string): string | null {
    return thread.startsWith("c:") ? thread.slice(2) : this.store.get(THREAD + thread.slice(2));
  }

  became(thread: string, conversation: string): void {
    if (!thread.startsWith("n:") || this.store.get(THREAD + thread.slice(2))) return;
    this.store.set(THREAD + thread.slice(2), conversation);
  }

  /** The conversation is gone: what still waits for it begins a new one, under the returned name. */
  restart(thread: string): string {
    const fresh = newThread();
    for (const item of this.all()) if (item.thread === thread) this.save({ ...item, thread: fresh });
    return fresh;
  }
}

export function newThread(): string {
  return `n:${newId()}`;
}

export function newId(): string {
  if (typeof crypto.randomUUID === "function") return crypto.randomUUID();
  // Pages without HTTPS have no randomUUID.
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
