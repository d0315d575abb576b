// That tickets changed, by this reader or by somebody else: whoever shows some of them asks how they stand now.
import { onFrame } from "../lib/frames";

const GATHER = 250;
let gathered = new Set<number>();
let timer = 0;

/** Tells all who listen. What comes within a moment goes together, so that a hundred changes are one question. */
export function changed(ids: number[], at: "now" | "soon" = "now"): void {
  for (const id of ids) gathered.add(id);
  window.clearTimeout(timer);
  timer = window.setTimeout(() => {
    const all = [...gathered];
    gathered = new Set();
    document.dispatchEvent(new CustomEvent<number[]>("tickets:changed", { detail: all }));
  }, at === "now" ? 0 : GATHER);
}

export function onChanged(hear: (ids: number[]) => void): void {
  document.addEventListener("tickets:changed", (event) => hear((event as CustomEvent<number[]>).detail));
}

onFrame("ticket", ({ ticket }) => changed([ticket], "soon"));
