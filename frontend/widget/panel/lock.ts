/** One tab at a time. */
import { data } from "./data";

export async function oneAtATime<Result>(name: string, task: () => Promise<Result>): Promise<Result> {
  try {
    return await (navigator.locks ? navigator.locks.request(`parley:${data.key}:${name}`, task) : task());
  } catch (error) {
    // Where a browser gives a foreign page's frame no storage, it gives it no locks either: no other tab shares this.
    if (!(error instanceof DOMException && error.name === "SecurityError")) throw error;
    return task();
  }
}
