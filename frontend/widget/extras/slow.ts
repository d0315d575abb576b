/** How long it takes until the next message may go, second by second. */
import { say } from "../panel/data";
import { house } from "./house";

let ticking = 0;
let until = 0;

export function slowDown(seconds: number): void {
  until = Date.now() + seconds * 1000;
  tick();
}

function tick(): void {
  clearTimeout(ticking);
  const n = Math.ceil((until - Date.now()) / 1000);
  house.banner(n > 0 ? say("slowDown", { n }) : "");
  if (n > 0) ticking = window.setTimeout(tick, 1000);
}
