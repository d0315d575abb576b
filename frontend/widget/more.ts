/** What few pages want of the launcher: to open by itself, to stand inside of the page, to be asked anew, to go. */
import type { Launcher } from "./launcher/launcher";
import { CHAT, get } from "./launcher/memory";
import { ask, askLater, clear, refresh, remove, uncounted } from "./more/deeds";
import { debug } from "./more/debug";
import { wireDisplay } from "./more/display";
import { identify } from "./more/identify";
import { embed } from "./more/inline";
import { meet } from "./more/known";
import { leaving } from "./more/leaving";
import { title } from "./more/title";
import { see } from "./more/visit";

export { clear, debug, refresh, remove, title };

export async function begin(launcher: Launcher): Promise<void> {
  const { settings, config, post } = launcher;
  see(launcher);
  if (settings.enableWidgetCookieBanner === "ON_EXIT_INTENT") leaving(() => post({ type: "leaving" }));
  if (settings.identificationToken) identify(launcher);
  askLater(launcher, config);
  // Who a rule asks for is known a moment later: nothing opens by itself before.
  if (config.who && settings.identificationToken && !get(launcher.key + CHAT)) {
    await meet(launcher);
    if (config.who === 2) uncounted();
    await ask(launcher).catch(() => undefined);
  }
  if (config.hidden && !get(launcher.key + CHAT)) return;
  if (settings.inlineEmbedSelector) embed(launcher, settings.inlineEmbedSelector);
  else if (config.display && !config.hidden) wireDisplay(launcher, config.display);
}
