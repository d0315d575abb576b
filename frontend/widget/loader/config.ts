/** How this channel's launcher looks and what it says. */
export interface Config {
  name: string;
  accent: string;
  on: string;
  position: "left" | "right";
  theme: "light" | "dark" | "auto";
  greeting: string;
  language: string;
  direction: "ltr" | "rtl";
  panel: string;
  words: Record<"open" | "openUnread" | "close" | "chatWith" | "messageFrom" | "dismiss", string>;
}

/**
 * Fetched as a module: a strict page then needs to name us for scripts and for frames, and for nothing more.
 * Returns null when there is no such channel, it is paused, or we cannot be reached.
 */
export async function loadConfig(origin: string, key: string, language: string): Promise<Config | null> {
  const address = `${origin}/live/config/${encodeURIComponent(key)}.js?lang=${encodeURIComponent(language.slice(0, 35))}`;
  try {
    const config = (await import(address)).default as Config;
    // The frame only ever shows a page of the house that this script came from.
    return config.panel && new URL(config.panel, origin).pathname.startsWith("/live/panel/") ? config : null;
  } catch {
    return null;
  }
}

export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
