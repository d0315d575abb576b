// The fuse: what is due next burns down, on one timer for the page. The three moments come from the server
// (conversations/due.py), and the words are those that it writes too.
import { all, find } from "./lib/dom";
import { on, onFrame } from "./lib/frames";
import { word } from "./lib/words";
import { left } from "./time";

const HOSTS = ".crow, .tk, td, .mini, [data-due-of]";
const [HALF, FIFTH] = [50, 20];

const moment = (text: string | undefined): number => Date.parse(text ?? "");

function between(begin: number, end: number, now: number, first: number, last: number): number {
  if (end <= begin) return last;
  return first + (last - first) * Math.min(1, Math.max(0, (now - begin) / (end - begin)));
}

function burn(words: HTMLTimeElement, now: number): void {
  const at = moment(words.dateTime);
  const half = moment(words.dataset["dueHalf"]);
  const soon = moment(words.dataset["dueSoon"]);
  const late = now >= at;
  const text = late ? word("timeLate", { time: left(new Date(now), new Date(at)) }) : word("timeLeft", { time: left(new Date(at), new Date(now)) });
  if (words.textContent !== text) words.textContent = text;
  words.hidden = now < Math.min(half, soon);
  const host = words.closest<HTMLElement>(HOSTS);
  if (!host) return;
  const state = late ? "late" : now >= soon ? "soon" : "";
  if (state) host.dataset["due"] = state;
  else delete host.dataset["due"];
  const line = find(".fuse", host);
  if (!line) return;
  line.hidden = words.hidden;
  const part = late ? 0 : now < soon ? between(half, soon, now, HALF, FIFTH) : between(soon, at, now, FIFTH, 0);
  line.style.setProperty("--left", String(Math.round(part)));
}

export function burnAll(): void {
  const now = Date.now();
  for (const words of all<HTMLTimeElement>("time.due")) burn(words, now);
}

document.addEventListener("DOMContentLoaded", burnAll);
document.addEventListener("htmx:load", burnAll);
document.addEventListener("visibilitychange", burnAll);
on("rows:changed", burnAll);
onFrame("ping", burnAll);
setInterval(() => document.hidden || burnAll(), 20_000);
