// Counts of the views, wherever they stand.
import { all } from "./lib/dom";
import { onFrame } from "./lib/frames";

onFrame("counts", ({ counts }) => {
  for (const [view, count] of Object.entries(counts)) {
    for (const place of all(`[data-count="${CSS.escape(view)}"]`)) place.textContent = count ? String(count) : place.matches(".num") ? "0" : "";
    for (const dot of all(`[data-hot="${CSS.escape(view)}"]`)) dot.hidden = !count;
  }
});
