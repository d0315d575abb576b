/** What few pages want of the launcher: to open by itself, to stand inside of the page, to be asked anew, to go. */
import type { Launcher } from "./launcher/launcher";
import { wireDisplay } from "./more/display";
import { embed } from "./more/inline";
import { identify } from "./more/identify";

import { askLater, clear, refresh, remove } from "./more/deeds";
import { title } from "./more/title";

export { clear, refresh, remove, title };

export function begin(launcher: Launcher): void {
  const { settings, config } = launcher;
  if (settings.identificationToken) identify(launcher);
  if (settings.inlineEmbedSelector) embed(launcher, settings.inlineEmbedSelector);
  else if (config.display && !config.hidden) wireDisplay(launcher, config.display);
  askLater(launcher, config);
}
