// The line above the composer: who else reads or writes here. Its height is kept, so nothing jumps.
import { find, make, openConversation } from "./lib/dom";
import { on, onFrame, type Person } from "./lib/frames";
import { announce } from "./lib/announce";
import { word } from "./lib/words";
import { nameOf } from "./rows";

const LASTING = 6_000;
const QUIET = 30_000;
let others: Person[] = [];
let typing = "";
let text = "";
let ends = 0;
let spoken = 0;

const isHere = (conversation: number) => String(conversation) === openConversation();

/** The colleague who writes a reply here right now, if any. */
export const whoReplies = (): string => others.find((person) => person.doing === "replying")?.name ?? "";

function draw(): void {
  const place = find("[data-company]");
  if (!place) return;
  place.replaceChildren();
  const person = others.find(({ doing }) => doing === "replying") ?? others[0];
  if (person) place.append(face(person), make("span", {}, word(person.doing === "replying" ? "replying" : "reading", { name: person.name })));
  const owner = others.length || typing ? "" : ownedBy();
  if (owner) place.append(make("span", {}, word("ownedBy", { name: owner })));
  if (typing) place.append(make("span", {}, text ? `${typing}: ${text}` : word("typing", { name: typing })));
}

/** Whose the conversation is, when it is somebody else's: answering does not change that (RT-2). */
function ownedBy(): string {
  const given = find("#conversation-header")?.dataset["assignee"] ?? "";
  if (!given || given === `member:${document.body.dataset["me"]}`) return "";
  return find("#assign-button .name")?.textContent ?? "";
}

function face(person: Person): HTMLElement {
  const face = make("span", { class: "av av--xs", "aria-hidden": "true" }, person.initials ?? person.name.slice(0, 1));
  face.style.setProperty("--h", String(person.hue ?? 180));
  return face;
}

onFrame("presence", ({ conversation, who }) => {
  if (!isHere(conversation)) return;
  const me = Number(document.body.dataset["me"]);
  others = (who ?? []).filter(({ id }) => id !== me);
  draw();
});

/** `written` is what is being written, where the channel lets the team read along. */
function types(name: string, written = ""): void {
  window.clearTimeout(ends);
  text = written;
  typing = name;
  if (name) ends = window.setTimeout(() => types(""), LASTING);
  draw();
}

onFrame("typing", ({ conversation, name, on: goesOn, text: written }) => {
  if (!isHere(conversation)) return;
  types(goesOn === false ? "" : nameOf(conversation, name), written);
  if (!typing || Date.now() - spoken < QUIET) return;
  spoken = Date.now();
  announce(word("typing", { name: typing }));
});
// What was being typed is here now.
onFrame("event", ({ conversation, unread }) => unread && conversation && isHere(conversation) && types(""));

on("conversation:leaving", () => {
  others = [];
  types("");
});
on("conversation:opened", draw);
document.addEventListener("DOMContentLoaded", draw);
// The head of the thread was swapped: it may be somebody else's now.
onFrame("event", ({ conversation }) => conversation && isHere(conversation) && setTimeout(draw));
document.addEventListener("htmx:afterSettle", draw);
