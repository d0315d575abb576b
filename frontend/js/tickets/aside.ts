// The ticket beside a conversation: T begins one, Enter makes it.
import { find, openConversation, swap } from "../lib/dom";
import { request } from "../lib/http";
import { does } from "../lib/keymap";
import { showPane } from "../panes";
import { onChanged } from "./changed";

const section = () => find("#ticket-aside[data-url]");

async function begin(): Promise<void> {
  const url = section()?.dataset["url"];
  if (!url) return;
  const html = await (await request(`${url}?new`)).text();
  swap(html);
  const make = find("#ticket-create") ?? find("#ticket-aside a");
  make?.focus();
  make?.scrollIntoView({ block: "nearest" });
}

/** In a conversation it begins a ticket there, or leads to the one it has; elsewhere it leads to a new one. */
function ticket(): boolean {
  if (!openConversation()) {
    const link = find<HTMLElement>("[data-act=ticket]");
    link?.click();
    return Boolean(link);
  }
  if (find("#sidebar")?.offsetParent === null) showPane("side");
  void begin().catch(() => undefined);
  return true;
}

does("ticket", ticket);

onChanged((ids) => {
  const place = section();
  if (!place || !ids.map(String).includes(place.dataset["ticket"] ?? "") || find("form#ticket-form", place)) return;
  void request(place.dataset["url"] ?? "").then((answer) => answer.text()).then(swap).catch(() => undefined);
});
