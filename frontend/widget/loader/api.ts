/** `window.Parley`: what the customer's own scripts may ask for, and be told. */
import type { Launcher } from "../launcher/launcher";

type Listener = (detail: object) => void;
type Task = () => void;

export interface Api {
  load(given?: { widgetOpen?: boolean }): void;
  open(): void;
  close(): void;
  refresh(given?: { openToNewThread?: boolean }): void;
  remove(): void;
  debug(): void;
  clear(given?: { resetWidget?: boolean }): void;
  on(name: string, listener: Listener): void;
  off(name: string, listener: Listener): void;
  status(): { loaded: boolean; pending: boolean; open: boolean; unread: number };
  push(task: Task): void;
}

declare global {
  interface Window {
    Parley?: Api | Task[];
  }
}

/** Puts the API in place of the queue that the page may have filled; its tasks run when the launcher is there. */
export function makeApi(start: () => void) {
  const listeners: [name: string, listener: Listener][] = [];
  const queue = (window.Parley ?? []) as Task[];
  let launcher: Launcher | undefined;
  let wanted: boolean | undefined;
  let begun = false;

  // A mistake of the page is not ours to swallow, nor to stumble over.
  const run = (task: Task): void => {
    try {
      task();
    } catch (error) {
      console.error(error);
    }
  };
  const tell = (name: string, detail: object = {}): void => {
    for (const [wanted, listener] of [...listeners]) if (wanted === name) run(() => listener(detail));
  };
  const off = (name: string, listener: Listener): void => {
    const at = listeners.findIndex((one) => one[0] === name && one[1] === listener);
    if (at >= 0) listeners.splice(at, 1);
  };
  const push = (task: Task): void => (launcher ? run(task) : void queue.push(task));
  const load: Api["load"] = (given) => {
    if (begun) return;
    begun = true;
    wanted ??= given?.widgetOpen;
    start();
  };
  const later = (name: "refresh" | "clear" | "remove" | "debug") => (given?: object) => push(() => {
    void launcher!.more(name, given);
    if (name === "remove") launcher = begun = wanted = undefined as never;
  });
  window.Parley = {
    load,
    refresh: later("refresh"),
    remove: later("remove"),
    clear: later("clear"),
    debug: later("debug"),
    open: () => (launcher ? launcher.open("last") : void (wanted = true)),
    close: () => (launcher ? launcher.close() : void (wanted = false)),
    on(name, listener) {
      off(name, listener);
      listeners.push([name, listener]);
    },
    off,
    status: () => ({ loaded: !!launcher, pending: begun && !launcher, open: !!launcher?.isOpen(), unread: launcher?.unread() ?? 0 }),
    push,
  };

  return {
    load,
    tell,
    attach(made: Launcher): void {
      launcher = made;
      queue.splice(0).map(run);
      if (wanted) made.open("last");
      tell("loaded");
    },
  };
}
