/** This browser's memory of the chat; the page's own memory when the browser refuses or has no room. */
import { data } from "./data";

const PREFIX = `parley:${data.key}:`;
const page = new Map<string, string>();
/** Whether this browser may remember; where that is asked first, it remembers the answer and, after a yes, the rest. */
let may = !data.care?.cookies || !!get("keep");

/** Whether what is kept now outlives the page. */
export const lasts = (): boolean => !page.size;

export function get(name: string): string | null {
  try {
    return page.get(name) ?? localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Keeps a value; null forgets it. */
export function set(name: string, value: string | null): void {
  if (!may) return void (value === null ? page.delete(name) : page.set(name, value));
  page.delete(name);
  try {
    if (value === null) localStorage.removeItem(PREFIX + name);
    else localStorage.setItem(PREFIX + name, value);
  } catch {
    if (value !== null) page.set(name, value);
  }
}

/** The visitor said yes: what the page remembered so far is kept. */
export function remember(): void {
  may = true;
  for (const [name, value] of [...page, ["keep", "1"]] as [string, string][]) set(name, value);
}

export const mayKeep = (): boolean => may;

/** Hears what another tab of this browser changed. */
export function watch(changed: (name: string, value: string | null) => void): void {
  addEventListener("storage", ({ key, newValue }) => key?.startsWith(PREFIX) && changed(key.slice(PREFIX.length), newValue));
}

/** One tab at a time. */
export async function oneAtATime<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
  try {
    return await (navigator.locks ? navigator.locks.request(PREFIX + name, task) : task());
  } catch (error) {
    // Where a browser gives a foreign page's frame no storage, it gives it no locks either: no other tab shares this.
    if ((error as Error).name !== "SecurityError") throw error;
    return task();
  }
}
