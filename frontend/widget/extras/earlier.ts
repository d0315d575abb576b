/** Below the first question: the chats of before. */
import { say, type Summary } from "../panel/data";
import { avatar, button, day, h } from "../panel/dom";
import { house } from "./house";

export function drawEarlier(place: HTMLElement, chats: Summary[]): void {
  place.querySelectorAll(".before").forEach((old) => old.remove());
  if (chats.length) place.append(h("h3", "earlier before", say("earlier")));
  for (const { conversation, title, name, initials, hue, at, unread } of chats) {
    const note = [name, day(Date.parse(at))].filter(Boolean).join(" · ");
    const words = h("span", "", h("b", { dir: "auto" }, title || say("untitled")), h("small", { dir: "auto" }, note));
    const mark = name && avatar({ initials, hue }, "s");
    place.append(button("act before", () => house.show(conversation), mark, words, unread && h("span", "new", h("span", "sr", say("unread")))));
  }
}
