/** What a chat needs seldom lies in a file of its own, fetched when the panel is opened or something of it is wanted. */
import { data } from "./data";
import type { House } from "../extras/house";

export type Extras = typeof import("../extras");

let house: House;
let tries = 0;
let fetched: Promise<Extras> | undefined;

/** Says what the second file may use of the first. */
export function lend(ours: House): void {
  house = ours;
}

export function extras(): Promise<Extras> {
  return (fetched ??= fetchThem());
}

async function fetchThem(): Promise<Extras> {
  try {
    // A browser remembers an address that failed, so each try has its own.
    const found: Extras = await import(data.extras + (tries++ ? `?${tries}` : ""));
    found.settle(house);
    return found;
  } catch (error) {
    fetched = undefined;
    throw error;
  }
}

export function ignore(): void {
  // what could not be fetched is asked for again when it is wanted again
}
