// Available or away: posted in place, shown in every window, and asked about when somebody else chose it.
import { all, find, parse, swap, typingIn } from "./lib/dom";
import { onFrame } from "./lib/frames";
import { Refused, post, request } from "./lib/http";
import { word } from "./lib/words";
import { toast } from "./notices";

const place = () => find("#availability");
const me = () => Number(document.body.dataset["me"]);

/** The dots of somebody's face, wherever the page shows their status. */
function dots(member: number, state: string): void {
  const faces = all(`[data-member="${member}"] .av[data-presence]`);
  if (member === me()) faces.push(...all("#me .av[data-presence]"));
  for (const face of faces) face.dataset["presence"] = state === "available" ? "on" : "away";
}

function show(html: string): void {
  if (!parse(html) || !swap(html)) return;
  dots(me(), place()?.dataset["state"] ?? "");
  const words = find("[data-availability-words]");
  if (words) words.textContent = place()?.dataset["words"] ?? "";
}

async function choose(form: HTMLFormElement, submitter: HTMLElement | null): Promise<void> {
  const fields = Object.fromEntries([...new FormData(form, submitter)].map(([name, value]) => [name, String(value)]));
  try {
    show(await (await post(form.action, fields)).text());
    find<HTMLElement>("#menu-me:popover-open")?.hidePopover();
    find<HTMLDialogElement>("#away-dialog")?.remove();
    toast(place()?.dataset["words"] ?? "");
  } catch (error) {
    toast(word(error instanceof Refused && error.status === 401 ? "signedOut" : "notSaved"));
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (!form.matches("[data-availability]") || !place()) return;
  event.preventDefault();
  void choose(form, event.submitter);
});

/** A colleague's window, or one's own other one. What others decided about oneself is said. */
onFrame("event", ({ type, member, availability, actor }) => {
  if (type !== "member.availability_changed" || !member || !availability) return;
  dots(member, availability);
  if (member !== me() || availability === place()?.dataset["state"]) return;
  void request(place()?.dataset["url"] ?? "")
    .then(async (answer) => {
      show(await answer.text());
      if (actor !== me()) toast(place()?.dataset["words"] ?? "");
    })
    .catch(() => undefined);
});

// Without scripts the dialog just stands there; with them it is a real one, unless somebody writes already.
document.addEventListener("DOMContentLoaded", () => {
  const dialog = find<HTMLDialogElement>("#away-dialog");
  if (!dialog || typingIn(document.activeElement)) return;
  dialog.close();
  dialog.showModal();
});
