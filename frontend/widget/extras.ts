/** The panel's second file, see panel/extras.ts. */
import styles from "./extras.css";
import { enter, type House } from "./extras/house";
import { wireGrowing } from "./extras/grow";
import { wireMenu } from "./extras/menu";
import { wireFiles } from "./extras/tray";

export { drawEarlier } from "./extras/earlier";
export { enclosed } from "./extras/enclosed";
export { failure } from "./extras/failure";
export { linked } from "./extras/said";
export { makePolling } from "./extras/polling";
export { ring } from "./extras/sound";
export { tray } from "./extras/tray";

/** Takes its place in the panel, once. */
export function settle(house: House): void {
  enter(house);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  document.adoptedStyleSheets.push(sheet);
  wireGrowing();
  wireMenu();
  wireFiles();
}
