/** Whether writing waits for something: an agreement, or an address where that is required. */
import type { House } from "../extras/house";
import { data } from "../panel/data";
import { part } from "../panel/dom";

export function hasAgreed(house: House): boolean {
  const { consent } = data.care!;
  return !consent?.explicit || house.get("agreed") === consent.text;
}

export function openGate(house: House): void {
  const { capture } = data.care!;
  const told = !capture?.required || !!house.get("address") || !!house.get("who");
  part("foot").inert = !(hasAgreed(house) && told);
}
