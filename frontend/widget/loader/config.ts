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
  panel: string;
  launcher: string;
  words: Record<"open" | "openUnread" | "close" | "chatWith" | "messageFrom" | "dismiss" | "unavailable", string>;
}

export type Tell = (name: string, detail?: object) => void;

/**
 * Both are fetched as modules: a strict page then needs to name us for scripts and for frames, and for nothing more.
 * Gives null when there is no such channel, it is paused, or we cannot be reached: the page does not notice.
 */
export async function loadLauncher(origin: string, key: string, language: string, tell: Tell): Promise<Launcher | null> {
  try {
    await new Promise((now) => (window.requestIdleCallback ?? setTimeout)(now, { timeout: 2000 } as never));
    const config: Config = (await import(`${origin}/live/config/${encodeURIComponent(key)}.js?lang=${encodeURIComponent(language.slice(0, 35))}`)).default;
    const { pathname, search } = new URL(config.launcher, origin);
    // Whatever is told, the script and the frame come from the house that this script came from.
    return (await import(origin + pathname + search)).default(origin, key, config, tell);
  } catch {
    return null;
  }
}
