// Which pane a phone shows, and whether the contact stands beside the thread.
import { find } from "./lib/dom";

const main = () => find<HTMLElement>("#main.inbox");

export function showPane(pane: string): void {
  const inbox = main();
  if (!inbox) return;
  inbox.dataset["pane"] = pane;
  // The pane that held the focus may be gone now: on a phone the new pane takes it.
  if (document.activeElement instanceof HTMLElement && document.activeElement.offsetParent === null) {
    document.activeElement.blur();
  }
}

export function toggleSide(): void {
  const inbox = main();
  const side = find("#sidebar");
  if (!inbox || !side) return;
  const open = getComputedStyle(side).display !== "none";
  inbox.dataset["side"] = open ? "closed" : "open";
  if (!open) find<HTMLElement>("a, button, summary", side)?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  if (target.closest("[data-side-toggle]")) toggleSide();
  const go = target.closest<HTMLElement>("[data-go]");
  if (!go || go.dataset["go"] === "list") return;
  event.preventDefault();
  showPane(go.dataset["go"]!);
  if (go.dataset["go"] === "side" && getComputedStyle(find("#sidebar") ?? document.body).display === "none") toggleSide();
});
