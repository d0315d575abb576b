// Recent searches, kept on this device only; and the way from a result to its place in the thread.
import { all, find, make } from "./lib/dom";

const MOST = 8;

const place = () => find("#recent");
const name = () => `parley-searches-${place()?.dataset["space"] ?? ""}`;

function kept(): string[] {
  try {
    const read: unknown = JSON.parse(localStorage.getItem(name()) ?? "[]");
    return Array.isArray(read) ? read.filter((one): one is string => typeof one === "string").slice(0, MOST) : [];
  } catch {
    return [];
  }
}

function keep(searches: string[]): void {
  try {
    localStorage.setItem(name(), JSON.stringify(searches));
  } catch {
    // A browser that keeps nothing still searches.
  }
}

/** Only what led somewhere, or was sent off with Enter, is worth remembering: not every letter on the way. */
function remember(): void {
  const asked = find<HTMLInputElement>(".search #find")?.value.trim();
  if (asked && place()) keep([asked, ...kept().filter((one) => one !== asked)].slice(0, MOST));
}

function show(): void {
  const section = place();
  const list = section && find("ul", section);
  if (!section || !list) return;
  const action = find<HTMLFormElement>(".search__field")?.getAttribute("action") ?? "";
  const links = kept().map((one) => make("li", {}, make("a", { href: `${action}?q=${encodeURIComponent(one)}`, dir: "auto" }, one)));
  list.replaceChildren(...links);
  section.hidden = links.length === 0;
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  if (target.closest(".search .rowbox > .crow")) remember();
  if (!target.closest("#recent [data-forget]")) return;
  keep([]);
  show();
}, true);

// The address follows what is typed, so that going back from a conversation comes back to its search.
document.addEventListener("htmx:afterSwap", (event) => {
  const results = find("#results");
  const field = find<HTMLInputElement>(".search #find");
  if (!results || !field || (event as CustomEvent<{ target: Element }>).detail.target.id !== "results") return;
  const asked = results.dataset["asked"] ?? "";
  history.replaceState(history.state, "", asked ? `${location.pathname}?q=${encodeURIComponent(asked)}` : location.pathname);
});

document.addEventListener("submit", (event) => {
  if (!(event.target as Element).matches(".search__field")) return;
  remember();
});

/** A thread opens at its end; one that was opened for a message of it shows that message. */
function toAnchor(): void {
  const named = /^#((?:message|comment)-\d+)$/.exec(location.hash);
  const item = named && document.getElementById(named[1] ?? "");
  item?.scrollIntoView({ block: "center" });
}

document.addEventListener("DOMContentLoaded", () => {
  toAnchor();
  if (!place()) return;
  if (new URLSearchParams(location.search).get("q") && all(".search .rowbox").length) remember();
  show();
});
