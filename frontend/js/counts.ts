// Counts of the views, wherever they stand.
import { all, find } from "./lib/dom";
import { onFrame } from "./lib/frames";
import { request } from "./lib/http";

let asked = 0;

/** Numbers of saved views, of one inbox alone, and of who sees only their own are asked for: at most every five seconds. */
function ask(must = false): void {
  const url = find("#counts")?.dataset["countsUrl"];
  if (!url || asked || !(must || find("#saved-views .count") || find("#counts")?.dataset["inbox"])) return;
  asked = window.setTimeout(() => {
    asked = 0;
    void request(url).then(async (answer) => {
      const { counts, saved } = (await answer.json()) as { counts: Record<string, number>; saved: Record<string, string> };
      put(counts);
      for (const [view, count] of Object.entries(saved)) for (const place of all(`[data-count="${CSS.escape(view)}"]`)) place.textContent = count;
    }, () => undefined);
  }, 5_000);
}

onFrame("event", () => ask());
onFrame("counts", ({ counts }) => {
  ask(!("open" in counts));
  if (!find("#counts")?.dataset["inbox"]) put(counts);
});

function put(counts: Record<string, number>): void {
  for (const [view, count] of Object.entries(counts)) {
    for (const place of all(`[data-count="${CSS.escape(view)}"]`)) place.textContent = count ? String(count) : place.matches(".num") ? "0" : "";
    for (const dot of all(`[data-hot="${CSS.escape(view)}"]`)) dot.hidden = !count;
  }
}
