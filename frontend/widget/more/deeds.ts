/** refresh(), remove() and clear() of the interface. */
import { CHAT, get } from "../launcher/memory";
import { fetchConfig, type Config } from "../loader/config";
import { wireDisplay } from "./display";
import * as known from "./known";
import * as visit from "./visit";
import type { Launcher } from "../launcher/launcher";

let asking = 0;

/** A rule about time spent on the site is met `again` seconds after the visit began. */
export function askLater(launcher: Launcher, { again }: Config): void {
  clearTimeout(asking);
  if (again) asking = setTimeout(() => void refresh(launcher), Math.max(1000, (again - visit.spent()) * 1000));
}

/** Asks what fits here now, and takes it on; says whether it is another chatflow. A chat that is on stays, whatever the page (TG-9). */
export async function ask(launcher: Launcher, isForced = false): Promise<boolean> {
  const { origin, key, config, host, close, drop } = launcher;
  const { href } = location;
  // The same page asks about what it shows already: that is no other page view.
  const same = href === asked ? { f: config.flow ?? "" } : {};
  asked = href;
  visit.see(launcher);
  const found = await fetchConfig(origin, key, config.language, { ...visit.told(), ...known.told(), ...same });
  askLater(launcher, found);
  if (get(key + CHAT) && !isForced) return false;
  host.hidden = found.hidden;
  if (found.hidden) {
    close();
    drop();
  }
  const { flow, hidden, panel, greeting, display, words } = found;
  if (flow === config.flow && hidden === config.hidden) return false;
  close();
  drop();
  Object.assign(config, { flow, hidden, panel, greeting, display });
  Object.assign(config.words, words);
  return !hidden;
}

let asked = location.href;

/** What this page was told was not counted. */
export const uncounted = (): void => void (asked = "");

/** Another page without loading one: what fits there? */
export async function refresh(launcher: Launcher, { openToNewThread = false } = {}): Promise<void> {
  // An open chat looks for itself.
  if (!launcher.isOpen()) launcher.post({ type: "page", url: location.href.split("#")[0]!.slice(0, 2000) });
  const isOther = await ask(launcher, openToNewThread);
  const { config, open } = launcher;
  if (config.hidden) return;
  if (openToNewThread) open("new");
  else if (isOther && config.display) wireDisplay(launcher, config.display);
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
  known.forget(key);
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
