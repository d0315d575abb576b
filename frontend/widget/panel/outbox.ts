/**
 * What was written and is not yet acknowledged, in the order of writing. It lies in the browser's database, which all tabs
 * share, or in the page's memory where that is refused. An item leaves only when the server has said that it stands, or
 * when its writer discards it.
 */
import type { Enclosed } from "./data";
import { onShelf } from "./shelf";
import { get, mayKeep, set } from "./store";

/** `thread` is `c:<conversation>`, or `n:<a name of ours>` for a conversation that does not stand yet. */
export interface Item {
  order: string;
  id: string;
  body: string;
  at: number;
  thread: string;
  failed: string;
  files?: Enclosed[];
  /** Which of a bot's replies were chosen. */
  reply?: string[];
}

const DAY = 24 * 3600_000;
const THREAD = "thread:";
/** There is something on the shelf: a mark that can be read at once, and that other tabs hear of. */
const MARK = "out";

let items: Item[] = [];
let changes = 0;
let refused = false;
let last = 0;

/** Whether what waits outlives the page. */
export const keeps = (): boolean => !refused;
export const waiting = (): Item[] => items;

export function add(body: string, thread: string, files: Enclosed[], reply?: string[]): Promise<void> {
  // The clock may be set back while somebody writes; the order of writing stays.
  last = Math.max(Date.now(), last + 1);
  const id = newId();
  return save({ order: last.toString(36).padStart(9, "0") + id, id, body, at: Date.now(), thread, failed: "", files, reply });
}

export function save(item: Item): Promise<void> {
  items = [...without(item), item].sort((one, other) => (one.order < other.order ? -1 : 1));
  return write((shelf) => shelf.put(item));
}

export function drop(item: Item): Promise<void> {
  items = without(item);
  return write((shelf) => shelf.delete(item.order));
}

const without = (item: Item): Item[] => items.filter((one) => one.id !== item.id);

async function write(work: (shelf: IDBObjectStore) => IDBRequest): Promise<void> {
  changes++;
  try {
    if (!refused && mayKeep()) await onShelf("readwrite", work);
    set(MARK, items.length ? newId() : null);
  } catch {
    refused = true;
  }
}

/** Reads what other tabs did. A change of ours meanwhile is younger than what was read. */
export async function refresh(): Promise<void> {
  // Before this browser may keep anything, the page alone knows what waits.
  if (refused || !mayKeep() || (!get(MARK) && !changes)) return;
  const before = changes;
  try {
    const found = await onShelf<Item[]>("readonly", (shelf) => shelf.getAll());
    if (before !== changes) return refresh();
    items = found;
  } catch {
    refused = true;
  }
}

/**
 * The oldest that may be sent: one that was refused waits for its writer and holds up nobody. What could not be sent for
 * a day is not sent behind its writer's back.
 */
export function next(): Item | undefined {
  for (const item of items) {
    if (item.failed) continue;
    if (Date.now() - item.at < DAY) return item;
    void save({ ...item, failed: "late" });
  }
  return undefined;
}

/** Which conversation a thread of ours became, or null while it does not stand. */
export function conversationOf(thread: string): string | null {
  return thread.startsWith("c:") ? thread.slice(2) : get(THREAD + thread.slice(2));
}

export function became(thread: string, conversation: string): void {
  if (!thread.startsWith("n:") || conversationOf(thread)) return;
  set(THREAD + thread.slice(2), conversation);
  retie(thread, `c:${conversation}`);
}

/** The conversation is gone: what still waits for it begins a new one, under the returned name. */
export function restart(thread: string): string {
  const fresh = newThread();
  retie(thread, fresh);
  return fresh;
}

function retie(thread: string, to: string): void {
  for (const item of items) if (item.thread === thread) void save({ ...item, thread: to });
}

export const newThread = (): string => `n:${newId()}`;

/** Pages without HTTPS have no randomUUID; every browser names what it holds in memory by one. */
function newId(): string {
  const name = URL.createObjectURL(new Blob());
  URL.revokeObjectURL(name);
  return name.slice(-36);
}
