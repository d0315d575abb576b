// Opens a conversation beside the list without loading the page anew. The links work without this.
import htmx from "htmx.org";
import { takeAhead } from "./lib/ahead";
import { address, all, find, make, openConversation, parse } from "./lib/dom";
import { on, signal, tell } from "./lib/frames";
import { post, Refused, request } from "./lib/http";
import { word } from "./lib/words";
import { toast } from "./notices";
import { showPane } from "./panes";

let loading: AbortController | null = null;

const list = () => find("#list");
const box = (pk: string) => find(`.rowbox[data-row="${CSS.escape(pk)}"]`);

export function openRow(link: HTMLAnchorElement): void {
  openNumber(link.closest<HTMLElement>(".rowbox")?.dataset["row"] ?? "", link.href);
}

/** Opens a conversation by its number, in place where there is a list, else by its address. */
export function openNumber(pk: string, href: string): void {
  const template = list()?.dataset["showUrl"];
  if (!pk || !template) return void location.assign(href);
  if (pk === openConversation()) return showPane("thread");
  mark(pk);
  const url = address(template, pk);
  void load(url).then((loaded) => loaded && history.pushState({ conversation: pk }, "", url));
}

/** Opens a conversation anew, also the one that is open: something was done to it that changes its whole line. */
export function reopen(pk: string, href: string): void {
  const template = list()?.dataset["showUrl"];
  if (!template) return void location.assign(href);
  const url = address(template, pk);
  void load(url).then((loaded) => loaded && history.pushState({ conversation: pk }, "", url));
}

/** Back to the list, with nothing open and the focus on the row one was in. */
export function leaveOpen(): void {
  const pk = openConversation();
  const url = list()?.dataset["listUrl"];
  if (!url) return;
  void load(url).then((loaded) => {
    if (!loaded) return;
    history.pushState({}, "", url);
    find(".crow", box(pk) ?? make("i"))?.focus({ preventScroll: true });
  });
}

function mark(pk: string): void {
  for (const other of all(".rowbox[aria-current]")) other.removeAttribute("aria-current");
  if (pk) box(pk)?.setAttribute("aria-current", "true");
}

/** Fetches a page or its conversation part and puts it in place. False when something newer was asked for meanwhile. */
async function load(url: string): Promise<boolean> {
  loading?.abort();
  const mine = (loading = new AbortController());
  const place = find("#conversation");
  place?.setAttribute("aria-busy", "true");
  try {
    const ready = await takeAhead(url);
    const html = ready ?? (await (await request(url, { signal: mine.signal })).text());
    if (mine.signal.aborted) return false;
    signal("conversation:leaving");
    put(html);
    if (ready) markRead();
    return true;
  } catch (error) {
    if (mine.signal.aborted) return false;
    place?.removeAttribute("aria-busy");
    if (error instanceof Refused && error.status === 401) location.assign(url);
    else toast(word("loadFailed"));
    mark(openConversation());
    return false;
  }
}

function put(html: string): void {
  const answer = parse(`<div>${html}</div>`);
  const next = answer && find("#conversation", answer);
  const old = find("#conversation");
  if (!next || !old) return;
  old.replaceWith(next);
  htmx.process(next);
  const pk = openConversation();
  document.title = next.dataset["title"] ?? find("#main")?.dataset["title"] ?? document.title;
  mark(pk);
  showPane(pk ? "thread" : "list");
  signal("conversation:opened");
}

/** Tells the server that it was read, which is true only while somebody looks. */
export function markRead(): void {
  const place = find("#conversation");
  const url = place?.dataset["readUrl"];
  if (!url || document.hidden || place?.hasAttribute("data-read-only")) return;
  box(openConversation())?.removeAttribute("data-unread");
  post(url).catch(() => undefined);
}

/** Colleagues are told who reads along: somebody who looks at another tab does not. */
function present(): void {
  const pk = openConversation();
  tell({ t: "see", conversation: pk && !document.hidden ? Number(pk) : null });
}

function arrived(): void {
  const pk = openConversation();
  present();
  // Opening is reading: the server has noted it.
  if (pk) box(pk)?.removeAttribute("data-unread");
}

on("conversation:opened", arrived);
on("connected", present);
document.addEventListener("visibilitychange", () => {
  present();
  if (!document.hidden && box(openConversation())?.hasAttribute("data-unread")) markRead();
});

const plain = (event: MouseEvent) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

document.addEventListener("click", (event) => {
  if (!plain(event) || event.defaultPrevented) return;
  const target = event.target as Element;
  const row = target.closest<HTMLAnchorElement>(".rowbox > .crow");
  if (row) {
    event.preventDefault();
    openRow(row);
  }
  const back = target.closest<HTMLAnchorElement>("a[data-go=list]");
  if (back && find("#list")) {
    event.preventDefault();
    history.pushState({}, "", list()?.dataset["listUrl"] ?? back.href);
    showPane("list");
    find<HTMLElement>(".rowbox[aria-current] > .crow")?.focus({ preventScroll: true });
  }
});

window.addEventListener("popstate", () => {
  if (list()) void load(location.href);
});
