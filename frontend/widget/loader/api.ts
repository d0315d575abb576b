/** `window.Parley`: what the customer's own scripts may ask for, and be told. */
import type { Launcher } from "./launcher";

type Listener = (detail: object) => void;
type Task = () => void;

export interface Api {
  open(): void;
  close(): void;
  on(name: string, listener: Listener): void;
  off(name: string, listener: Listener): void;
  status(): { loaded: boolean; open: boolean; unread: number };
  push(task: Task): void;
}

declare global {
  interface Window {
    Parley?: Api | Task[];
  }
}

/** Puts the API in place of the queue that the page may have filled; its tasks run when the launcher is there. */
export function makeApi() {
  const listeners = new Map<string, Set<Listener>>();
  const queue: Task[] = Array.isArray(window.Parley) ? window.Parley : [];
  let launcher: Launcher | undefined;
  let wanted: boolean | undefined;

  const run = (task: Task): void => {
    try {
      task();
    } catch (error) {
      console.error(error); // a mistake of the page is not ours to swallow, nor to stumble over
    }
  };
  const api: Api = {
    open: () => (launcher ? launcher.open("last") : (wanted = true)),
    close: () => (launcher ? launcher.close() : (wanted = false)),
    on: (name, listener) => void (listeners.get(name) ?? listeners.set(name, new Set()).get(name)!).add(listener),
    off: (name, listener) => void listeners.get(name)?.delete(listener),
    status: () => ({ loaded: !!launcher, open: !!launcher?.isOpen, unread: launcher?.unread ?? 0 }),
    push: (task) => (launcher ? run(task) : void queue.push(task)),
  };
  window.Parley = api;

  return {
    tell(name: string, detail: object = {}): void {
      for (const listener of listeners.get(name) ?? []) run(() => listener(detail));
    },
    attach(made: Launcher): void {
      launcher = made;
      for (const task of queue.splice(0)) if (typeof task === "function") run(task);
      if (wanted) made.open("last");
      this.tell("loaded");
    },
    absent(): void {
      this.tell("absent");
    },
  };
}
