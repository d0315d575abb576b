/** The panel's second file, see panel/extras.ts. */
import styles from "./extras.css";
import { enter, house, type House } from "./extras/house";
import { data } from "./panel/data";
import { ignore } from "./panel/extras";
import { fetchCare, openedOnce, watchAll } from "./extras/asked";
import { wireGrowing } from "./extras/grow";
import { complain, wireComplaints } from "./extras/complain";
import { wireMenu } from "./extras/menu";
import { tray, wireFiles } from "./extras/tray";
import { wireTyping } from "./extras/typing";

export { announce, tell } from "./extras/aloud";
export { complain };
export { slowDown } from "./extras/slow";
export { asked } from "./extras/asked";
export { drawEarlier } from "./extras/earlier";
export { enclosed } from "./extras/enclosed";
export { failure } from "./extras/failure";
export { linked } from "./extras/said";
export { offer } from "./extras/offer";
export { makePolling } from "./extras/polling";
export { ring } from "./extras/sound";
export { tray };

let counted = false;

/** For an open panel. It is counted from here, for the page around may connect to nobody; what is not counted is not missed. */
export function furnished(): typeof tray {
  if (!counted) {
    openedOnce();
    if (data.counted) house.call("figures/", { flow: data.flow }).catch(ignore);
  }
  counted = true;
  return tray;
}

/** Takes its place in the panel, once. */
export function settle(theirs: House): void {
  enter(theirs);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(styles);
  document.adoptedStyleSheets.push(sheet);
  wireGrowing();
  wireComplaints();
  wireMenu();
  wireFiles();
  watchAll();
  wireTyping();
  if (data.care) void fetchCare();
}
