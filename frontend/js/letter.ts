// A mail's own HTML stands in a frame without scripts and of no origin, so it cannot tell its height: its reader decides.
import { all, find } from "./lib/dom";
import { on } from "./lib/frames";

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>("[data-expand]");
  const frame = button && find("iframe", button.parentElement ?? document);
  if (!button || !frame) return;
  const tall = frame.toggleAttribute("data-tall");
  button.setAttribute("aria-expanded", String(tall));
});

const reveal = () => all("[data-expand]").forEach((button) => (button.hidden = false));
document.addEventListener("DOMContentLoaded", reveal);
on("conversation:opened", reveal);
document.addEventListener("htmx:load", reveal);
