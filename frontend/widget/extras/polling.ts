/** Requests that wait for news, where sockets do not get through. */
import type { Standing } from "../panel/data";
import { asking, isEnded, type No } from "../panel/http";
import { house } from "./house";

const SOON = 250; // whatever the server says, never in a tight loop
const EVERY = 4000; // after a request that failed
const UNSEEN = 20_000;
const WAITS = 20; // seconds
const PATIENCE = 35_000;

interface Side {
  position(): { conversation: string | null; after: number };
  /** Whether this is still the way in. */
  wanted(): boolean;
  heard(standing: Standing): void;
  failed(): void;
  forgotten(): void;
}

export function makePolling(side: Side) {
  let timer = 0;
  let stopping = new AbortController();
  let mark = "";

  function stop(): void {
    clearTimeout(timer);
    stopping.abort();
    stopping = new AbortController();
  }

  function after(wait: number): void {
    stop();
    timer = window.setTimeout(() => void ask(), wait);
  }

  async function ask(): Promise<void> {
    const mine = (stopping = new AbortController());
    let wait = document.hidden ? UNSEEN : SOON;
    try {
      const standing = await house.call<Standing>(`wait/${asking({ ...side.position(), mark, wait: WAITS })}`, null, [mine.signal], PATIENCE);
      if (stopping !== mine) return;
      mark = standing.mark ?? "";
      side.heard(standing);
    } catch (error) {
      // What was given up for another request is nobody's concern; what took too long is.
      if (stopping !== mine || !side.wanted()) return;
      if (isEnded(error)) return side.forgotten();
      const { status, retryAfter = 0 } = error as Partial<No>;
      wait = Math.max(EVERY, retryAfter * 1000);
      if (!status) side.failed();
    }
    after(wait);
  }

  return { soon: () => after(0), stop };
}
