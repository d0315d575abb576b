/** From a key to its launcher: the channel's settings, then the script that draws them. */
import type { Launcher } from "../launcher/launcher";

/** How this channel's launcher looks and what it says. */
export interface Config {
  accent: string;
  on: string;
  position: "left" | "right";
  theme: "light" | "dark" | "auto";
  greeting: string;
  /** Nobody answers now, and the team would rather not show the chat; who has one already still sees it. */
  hidden: boolean;
  language: string;
  direction: "ltr" | "rtl";
  /** When it opens by itself; absent where it only greets after a moment. */
  display?: { opens: "chat" | "prompt" | "launcher"; triggers: { exit: boolean; seconds: number | null; scroll: number | null }; phone: string };
  /** Which chatflow this page meets; its own words before the greeting of `more`. */
  flow?: string;
  /** So many seconds after the visit began another chatflow may fit. */
  again?: number;
  /** A rule or a trial needs this browser to keep its visits: at once, or after its visitor agreed (OP-3). Asked: no visits, and nothing before that. */
  counts?: "yes" | "agreed" | "asked";
  /** Which of a hundred this browser is in, until it has written that down. */
  bucket?: number;
  /** A rule asks who the visitor is; 2: this answer waits for that, and is counted with the next one. */
  who?: true | 2;
  panel: string;
  more: string;
  launcher: string;
  words: Record<"open" | "openUnread" | "close" | "chatWith" | "messageFrom" | "dismiss" | "unavailable", string>;
}

/** Asks anew at every call: what fits depends on the page. */
export async function fetchConfig(origin: string, key: string, lang: string, more: object): Promise<Config> {
  const z = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const asked = new URLSearchParams({ lang, u: location.href.split("#")[0]!, r: document.referrer, z, ...more });
  return (await import(`${origin}/live/config/${encodeURIComponent(key)}.js?${asked}`)).default;
}

export type Tell = (name: string, detail?: object) => void;

/**
 * Both are fetched as modules: a strict page then needs to name us for scripts and for frames, and for nothing more.
 * Gives null when there is no such channel, it is paused, or we cannot be reached: the page does not notice.
 */
export async function loadLauncher(origin: string, key: string, language: string, tell: Tell): Promise<Launcher | null> {
  try {
    await new Promise((now) => (window.requestIdleCallback ?? setTimeout)(now, { timeout: 2000 } as never));
    const config: Config = await fetchConfig(origin, key, language, visits(key));
    const { pathname, search } = new URL(config.launcher, origin);
    // Whatever is told, the script and the frame come from the house that this script came from.
    return (await import(origin + pathname + search)).default(origin, key, config, tell);
  } catch {
    return null;
  }
}

/** What this browser wrote down at the page view before (more/visit.ts), where it was asked to; and whether we may soon know who it is. */
function visits(key: string): object {
  try {
    const kept = (name: string) => localStorage[`parley:${key}:${name}`];
    const v = kept("visits");
    return { ...(window.ParleySettings?.identificationToken && !kept("chat") && { i: 1 }), ...(v && { v, t: Math.floor(Date.now() / 1000) }) };
  } catch {
    return {};
  }
}
