// The bell: how much is unread, what to show or ring for now, and the list it opens. The socket only says that there is news.
import { all, find, openConversation, parse, address } from "./lib/dom";
import { on, onFrame } from "./lib/frames";
import { post, request } from "./lib/http";
import { claim, type Item } from "./lib/rung";
import { popUp, takeDown } from "./popup";
import { inBackground } from "./push";
import { chime, waitFor } from "./sound";

interface News {
  count: number;
  items: Item[];
  waiting: number[];
}

const LULL = 150; // several rings within a moment are one question
const POLLED = 10_000; // without a socket
const LEAVE_TO_VISIBLE = 400; // a page that is looked at goes first

let asking = 0;
let asked = 0;

const button = () => find("[data-bell]");

function ask(): void {
  window.clearTimeout(asking);
  asking = window.setTimeout(() => void hear(), LULL);
}

async function hear(): Promise<void> {
  const url = button()?.dataset["newsUrl"];
  if (!url) return;
  asked = Date.now();
  try {
    const news = (await (await request(url)).json()) as News;
    show(news.count);
    takeDown(news.items.map(({ id }) => id));
    waitFor(news.waiting);
    for (const item of news.items) await tell(item);
  } catch {
    // The next ring asks again.
  }
}

export function show(count: number): void {
  const text = count > 99 ? "99+" : count ? String(count) : "";
  for (const place of all("[data-bell-count]")) place.textContent = text;
  for (const dot of all("[data-bell-dot]")) dot.hidden = !count;
  document.documentElement.dataset["unread"] = text;
  title();
}

/** What is on screen is read; else the page that is looked at shows it, else one of those in the background. */
async function tell(item: Item): Promise<void> {
  if (item.conversation && String(item.conversation) === openConversation() && !document.hidden) return void read(item.conversation);
  const looking = !document.hidden && document.hasFocus();
  if (!looking) await new Promise((resolve) => setTimeout(resolve, LEAVE_TO_VISIBLE));
  if (!(await claim(item.id))) return;
  if (document.hidden || !document.hasFocus()) {
    if (item.ways.includes("browser")) inBackground(item);
    else if (!document.hidden && item.ways.includes("popup")) popUp(item);
  } else if (item.ways.includes("popup")) popUp(item);
  if (item.ways.includes("sound")) chime();
}

async function read(conversation: number): Promise<void> {
  const template = button()?.dataset["readUrl"] ?? "";
  try {
    const answer = await post(address(template, conversation));
    show(((await answer.json()) as { count: number }).count);
  } catch {
    // Whoever comes back to it reads it then.
  }
}

// ── The tab's title: the number stands before whatever the page calls itself ──

function title(): void {
  const count = document.documentElement.dataset["unread"] ?? "";
  const bare = document.title.replace(/^\(\d+\+?\) /, "");
  const wanted = count ? `(${count}) ${bare}` : bare;
  if (document.title !== wanted) document.title = wanted;
}

function begin(): void {
  if (!button()) return;
  document.documentElement.dataset["unread"] = find("[data-bell-count]")?.textContent ?? "";
  title();
  const head = find("title");
  if (head) new MutationObserver(title).observe(head, { childList: true });
  ask();
}

// ── The list ──

document.addEventListener("toggle", (event) => {
  const menu = event.target as HTMLElement;
  if (menu.id !== "bell-menu" || (event as ToggleEvent).newState !== "open") return;
  takeDown([]);
  void list(menu);
}, true);

async function list(menu: HTMLElement): Promise<void> {
  try {
    const next = parse(await (await request(button()?.dataset["recentUrl"] ?? "")).text());
    const old = find("#bell-recent");
    if (!next || !old) return;
    const focused = old.contains(document.activeElement) || document.activeElement === document.body;
    old.replaceWith(next);
    if (focused || menu.contains(document.activeElement)) find("a, button", next)?.focus();
  } catch {
    // The link to the whole list is there from the start.
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (!form.matches("[data-read-all]")) return;
  event.preventDefault();
  void post(form.action).then(() => {
    show(0);
    find("#bell-menu")?.hidePopover();
    button()?.focus();
  }, () => form.submit());
});

onFrame("notified", ask);
on("connected", ask);
onFrame("ready", () => {
  if (document.documentElement.dataset["line"] === "polling" && Date.now() - asked > POLLED) ask();
});
document.addEventListener("visibilitychange", () => document.hidden || ask());
document.addEventListener("DOMContentLoaded", begin);
