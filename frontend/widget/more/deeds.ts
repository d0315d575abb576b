/** refresh(), remove() and clear() of the interface. */
import { CHAT, get } from "../launcher/memory";
import { fetchConfig, type Config } from "../loader/config";
import { wireDisplay } from "./display";
import type { Launcher } from "../launcher/launcher";

let asking = 0;

/** A rule about time spent here is met `again` seconds after the page began. */
export function askLater(launcher: Launcher, { again }: Config): void {
  clearTimeout(asking);
  if (again) asking = setTimeout(() => void refresh(launcher), Math.max(1000, again * 1000 - performance.now()));
}

/** Another page without loading one: what fits there? A chat that is on stays, whatever the page (TG-9). */
export async function refresh(launcher: Launcher, { openToNewThread = false } = {}): Promise<void> {
  const { origin, key, config, host, open, close, drop } = launcher;
  const z = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  const found = await fetchConfig(origin, key, config.language, { s: String(Math.round(performance.now() / 1000)), z });
  askLater(launcher, found);
  if (get(key + CHAT) && !openToNewThread) return;
  if (found.hidden) {
    close();
    drop();
    host.hidden = true;
    return;
  }
  host.hidden = false;
  if (found.flow !== config.flow) {
    close();
    drop();
    Object.assign(config, { flow: found.flow, panel: found.panel, greeting: found.greeting, display: found.display });
    if (found.display && !openToNewThread) wireDisplay(launcher, found.display);
  }
  if (openToNewThread) open("new");
}

/** Gone until load() or the next page. */
export function remove({ host, close, drop, tell }: Launcher): void {
  close();
  drop();
  host.remove();
  tell("removed");
}

/** Nothing of this visitor stays in this browser: for a page whose visitor signs out. */
export function clear(launcher: Launcher, { resetWidget = false } = {}): void {
  const { key, post, frame, drop, close } = launcher;
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(`parley:${key}:`)) localStorage.removeItem(name);
  } catch {
    // nothing was kept
  }
  if (frame()) post({ type: "forget" });
  if (!resetWidget) return;
  close();
  setTimeout(drop, 500);
}
