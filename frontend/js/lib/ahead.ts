// The conversation on which the pointer or the focus rests is fetched ahead: opening it then waits for nothing.
// It is not read by that (the server is told so), and what happens to it meanwhile makes the copy worthless.
import { address, find, openConversation } from "./dom";
import { onFrame } from "./frames";
import { request } from "./http";

const REST = 60; // ms on a row before it is meant
const FRESH = 8_000;

interface Ahead {
  pk: string;
  url: string;
  at: number;
  html: Promise<string | null>;
}
let ahead: Ahead | null = null;
let resting = 0;

function fetchAhead(row: Element): void {
  const pk = row.closest<HTMLElement>(".rowbox")?.dataset["row"] ?? "";
  const template = find("#list")?.dataset["showUrl"];
  const saving = (navigator as { connection?: { saveData?: boolean } }).connection?.saveData;
  if (!pk || !template || saving || pk === openConversation()) return;
  if (ahead?.pk === pk && Date.now() - ahead.at < FRESH) return;
  const url = address(template, pk);
  const html = request(url, { headers: { Purpose: "prefetch" } })
    .then((answer) => answer.text())
    .catch(() => null);
  ahead = { pk, url, at: Date.now(), html };
}

/** What was fetched ahead of this address, once; null when there is nothing, or nothing fresh. */
export function takeAhead(url: string): Promise<string | null> | null {
  const found = ahead?.url === url && Date.now() - ahead.at < FRESH ? ahead.html : null;
  ahead = null;
  return found;
}

function rest(event: Event, wait: number): void {
  window.clearTimeout(resting);
  const row = (event.target as Element).closest?.(".rowbox > .crow");
  if (row) resting = window.setTimeout(() => fetchAhead(row), wait);
}

document.addEventListener("pointerover", (event) => event.pointerType !== "touch" && rest(event, REST));
document.addEventListener("pointerdown", (event) => event.button === 0 && rest(event, 0));
document.addEventListener("focusin", (event) => rest(event, REST));
onFrame("event", ({ conversation }) => {
  if (ahead && String(conversation) === ahead.pk) ahead = null;
});
