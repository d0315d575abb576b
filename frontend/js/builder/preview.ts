// The chat beside the steps says again what was said, with the draft as it is now.
import { find } from "./dom";

let timer = 0;

function again(): void {
  const frame = find<HTMLIFrameElement>("[data-flow-preview]");
  const form = frame?.contentDocument?.querySelector<HTMLFormElement>("form.write");
  // Whoever is writing in there would lose their words.
  if (!form || frame?.contentDocument?.activeElement?.matches("textarea")) return;
  const text = form.querySelector("textarea");
  if (text) text.value = "";
  form.submit();
}

document.addEventListener("flow:shown", (event) => {
  if (!(event as CustomEvent<{ changed: boolean }>).detail.changed) return;
  clearTimeout(timer);
  timer = window.setTimeout(again, 300);
});
