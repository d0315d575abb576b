/** That somebody writes, told now and then while they do, and once when they stop. */
import { data } from "../panel/data";
import { part } from "../panel/dom";
import { house } from "./house";

const EVERY = data.previews ? 1000 : 3000;
const ENDS = 5000;

export function wireTyping(): void {
  const text = part<HTMLTextAreaElement>("text");
  let toldAt = 0;
  let idle = 0;

  function tell(on: boolean): void {
    clearTimeout(idle);
    if (on && Date.now() - toldAt > EVERY && house.typing(true, data.previews ? text.value.slice(0, 500) : undefined)) {
      toldAt = Date.now();
    }
    if (on) idle = window.setTimeout(tell, ENDS, false);
    else if (toldAt) {
      toldAt = 0;
      house.typing(false);
    }
  }

  text.addEventListener("input", () => tell(!!text.value.trim()));
  part("write").addEventListener("submit", () => tell(false));
}
