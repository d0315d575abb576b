/** The panel's second file, see panel/extras.ts. */
import styles from "./extras.css";
import { enter, type House } from "./extras/house";
import { data } from "./panel/data";
import { fetchCare, watchAll } from "./extras/asked";
import { wireGrowing } from "./extras/grow";
import { wireMenu } from "./extras/menu";
import { wireFiles } from "./extras/tray";
import { wireTyping } from "./extras/typing";

export { announce, tell } from "./extras/aloud";
export { asked } from "./extras/asked";
export { drawEarlier } from "./extras/earlier";
export { enclosed } from "./extras/enclosed";
export { failure } from "./extras/failure";
export { linked } from "./extras/said";
export { offer } from "./extras/offer";
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
  watchAll();
  wireTyping();
  if (data.care) void fetchCare();
}
