/** Who the composer writes to: a bot may ask for the name, or somebody of the team write it down, while the thread is open. */
import { find } from "./lib/dom";
import { onFrame } from "./lib/frames";

document.addEventListener("htmx:afterSettle", follow);
onFrame("event", () => setTimeout(follow));

function follow(): void {
  const head = find<HTMLElement>("#conversation-header");
  const composer = find<HTMLElement>("#composer");
  const { called, writes, replies, unseen } = head?.dataset ?? {};
  const name = composer && find("[data-for=reply].composer__to bdi", composer);
  if (!composer || !name || called === undefined || name.textContent === called) return;
  name.textContent = called;
  const text = find<HTMLTextAreaElement>("form[data-for=reply] textarea[name=body]", composer);
  if (text) {
    text.placeholder = writes!;
    text.ariaLabel = replies!;
  }
  const comment = find("[data-for=comment].composer__to .clip", composer);
  if (comment) comment.textContent = unseen!;
}
