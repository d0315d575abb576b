/** What few pages want of the launcher: to open by itself, to stand inside of the page, to be asked anew, to go. */
import type { Launcher } from "./launcher/launcher";
import { wireDisplay } from "./more/display";
import { embed } from "./more/inline";
import { identify } from "./more/identify";

export { clear, refresh, remove } from "./more/deeds";
export { title } from "./more/title";

export function begin(launcher: Launcher): void {
  const { settings, config } = launcher;
  if (settings.identificationToken) identify(launcher);
  if (settings.inlineEmbedSelector) embed(launcher, settings.inlineEmbedSelector);
  else if (config.display) wireDisplay(launcher, config.display);
}
