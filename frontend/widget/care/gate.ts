/** Whether writing waits for something: an agreement, or an address where that is required. */
import type { House } from "../extras/house";
import { data } from "../panel/data";
import { part } from "../panel/dom";

export function openGate(house: House): void {
  const { consent, capture } = data.care!;
  const agreed = !consent?.explicit || house.get("agreed") === consent.text;
  const told = !capture?.required || !!house.get("address") || !!house.get("who");
  part("foot").inert = !(agreed && told);
}
