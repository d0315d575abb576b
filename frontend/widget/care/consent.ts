/** Nothing that was written is sent before it is agreed to, where that is asked (OP-4); what was agreed to is proven (OP-3). */
import type { House } from "../extras/house";
import type { Care } from "../panel/data";
import { part } from "../panel/dom";
import { openGate } from "./gate";

export function wireConsent(house: House, { consent, cookies, late }: Care): void {
  async function prove(kind: string, accepted: boolean, text: string): Promise<void> {
    await house.token();
    await house.call("consent/", { kind, accepted, text, page_url: house.page() });
  }

  if (consent?.explicit) {
    const place = part("consent");
    const agreed = (): void => {
      place.hidden = true;
      openGate(house);
      house.drawn?.();
      part("text").focus();
    };
    // Other words are another agreement.
    if (house.get("agreed") === consent.text) agreed();
    part("agree").onclick = async () => {
      try {
        await prove("processing", true, consent.text);
        house.set("agreed", consent.text);
        agreed();
      } catch {
        house.note("unavailable");
      }
    };
  }
  if (cookies && !house.get("keep")) {
    const place = part("cookies");
    let answered = false;
    // The page may want it asked late: then when the visitor is about to go, and something is there to remember.
    if (!late) place.hidden = false;
    else document.addEventListener("leaving", () => (place.hidden = answered || !house.conversation()));
    const answer = (accepted: boolean): void => {
      place.hidden = answered = true;
      if (accepted) house.remember();
      // The proof follows what was chosen; the choice does not wait for it.
      void prove("cookies", accepted, cookies).catch(() => house.note("unavailable"));
    };
    part("keep").onclick = () => answer(true);
    part("keep-not").onclick = () => answer(false);
  }
}
