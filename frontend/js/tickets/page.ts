// The page of one ticket is drawn anew when it changed, but never under somebody who writes in it.
import htmx from "htmx.org";
import { find, parse, typingIn } from "../lib/dom";
import { request } from "../lib/http";
import { onChanged } from "./changed";

const page = () => find("#ticket[data-ticket-page]");

async function redraw(): Promise<void> {
  const old = page();
  if (!old || find(".fact--edit, dialog[open], :popover-open", old)) return;
  const note = find<HTMLTextAreaElement>("#ticket-note-body", old);
  const html = parse(await (await request(old.dataset["url"] ?? "")).text());
  if (!html || !old.isConnected || find(".fact--edit, dialog[open]", old)) return;
  const middle = find("#ticket-middle", old)?.scrollTop ?? 0;
  const inNote = document.activeElement === note;
  if (typingIn(document.activeElement) && !inNote) return;
  const focused = document.activeElement?.id ?? "";
  const text = note?.value ?? "";
  const [from, to] = [note?.selectionStart ?? 0, note?.selectionEnd ?? 0];
  old.replaceWith(html);
  htmx.process(html);
  const again = find<HTMLTextAreaElement>("#ticket-note-body", html);
  if (again) again.value = text;
  if (inNote && again) {
    again.focus({ preventScroll: true });
    again.setSelectionRange(from, to);
  } else if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
  const scroller = find("#ticket-middle", html);
  if (scroller) scroller.scrollTop = middle;
}

// One at a time: what changes while one is under way is asked for after it, never thrown away with what it replaced.
let drawing: Promise<void> | null = null;
let again = false;

function keepUp(): void {
  again = drawing !== null;
  drawing ??= redraw().catch(() => undefined).finally(() => {
    drawing = null;
    if (again) keepUp();
  });
}

onChanged((ids) => {
  if (ids.map(String).includes(page()?.dataset["ticketPage"] ?? "")) keepUp();
});
