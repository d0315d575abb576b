/** Another app of a Messenger page answers somebody now, or we do again: the composer is locked, or opened. What is typed stays. */
import { find, openConversation } from "./lib/dom";
import { onFrame } from "./lib/frames";

onFrame("event", ({ type, conversation, ours }) => {
  const composer = find<HTMLElement>("#composer");
  if (type !== "messenger.control" || ours === undefined || !composer || String(conversation) !== openConversation()) return;
  const [control, passing] = ["#thread-control", "#thread-passing"].map((one) => find<HTMLElement>(one, composer));
  if (control) control.hidden = ours;
  if (passing) passing.hidden = !ours;
  for (const one of composer.querySelectorAll<HTMLButtonElement>("[data-locks]")) one.disabled = !ours;
});
