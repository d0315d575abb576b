/** What is asked around a chat: consent, an address, how it was; and answers to read before. Fetched where one of them is on. */
import { wireCapture } from "./care/capture";
import { wireConsent } from "./care/consent";
import { drawOwner } from "./care/owner";
import { wireSearch } from "./care/search";
import { wireSurvey } from "./care/survey";
import type { House } from "./extras/house";
import { data } from "./panel/data";
import { part } from "./panel/dom";

export function settle(house: House): void {
  const { consent, cookies, capture, survey, knowledge, owner, requests } = data.care!;
  const drawn: (() => void)[] = [];
  if (consent || cookies) wireConsent(house, data.care!);
  if (capture) drawn.push(wireCapture(house, capture));
  if (survey) drawn.push(wireSurvey(house));
  if (knowledge) wireSearch(house);
  if (owner && house.get("who")) void drawOwner(house);
  if (requests && house.get("who")) void import(requests).then((part) => part.drawRequests(house), () => undefined);
  const before = house.drawn;
  house.drawn = () => {
    before?.();
    for (const draw of drawn) draw();
  };
  house.drawn();
  part("care").hidden = false;
}
