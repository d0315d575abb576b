// htmx, tamed: no evaluated attributes, no injected styles, only our own server, our own history.
import htmx from "htmx.org";
import { all } from "./lib/dom";
import { token } from "./lib/http";

htmx.config.allowEval = false;
htmx.config.selfRequestsOnly = true;
htmx.config.includeIndicatorStyles = false;
htmx.config.allowScriptTags = false;
htmx.config.historyEnabled = false;
htmx.config.scrollBehavior = "auto";
// What a swap brings answers at once: a choice made within the usual 20 ms (more on a busy machine) would be lost.
htmx.config.defaultSettleDelay = 0;

document.addEventListener("htmx:configRequest", (event) => {
  (event as CustomEvent<{ headers: Record<string, string> }>).detail.headers["X-CSRFToken"] = token();
});

// What only makes sense with scripts is hidden until they are here.
function reveal(): void {
  for (const element of all("[data-side-toggle], [data-open-keys], [data-open-palette], [data-filter]")) element.hidden = false;
}
document.addEventListener("DOMContentLoaded", reveal);
document.addEventListener("htmx:load", reveal);
document.addEventListener("conversation:opened", reveal);
