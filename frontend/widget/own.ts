/**
 * The chat's own page where scripts run: the panel of customers' pages takes the place of the forms, as the same visitor. The page's
 * cookie is what the forms act by, the panel's memory what it acts by; whichever there is first is given to the other.
 */
import { listen, TO_PAGE } from "./protocol";

const place = document.getElementById("panel") as HTMLElement;
const { panel, own, key } = place.dataset as Record<"panel" | "own" | "key", string>;
const name = `parley:${key}:token`;
let known = place.dataset.token ?? "";

if (panel) void begin();

async function begin(): Promise<void> {
  try {
    const kept = localStorage.getItem(name);
    if (kept !== null && kept !== known && (await hand(kept))) known = kept;
    else if (known) localStorage.setItem(name, known);
    else localStorage.removeItem(name);
  } catch {
    return; // a browser that keeps nothing, or a server that is away: the forms stay
  }
  const frame = document.createElement("iframe");
  frame.title = document.title;
  frame.hidden = true;
  frame.style.cssText = "flex: 1; width: 100%; border: 0";
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  frame.src = `${panel}&tz=${encodeURIComponent(zone)}#${encodeURIComponent(location.origin)}`;
  place.append(frame);
  listen({ source: () => frame.contentWindow, origin: location.origin }, TO_PAGE, (message) => {
    if (message.type === "ready") show(frame);
    else if (message.type === "kept" && message.kept) void keep();
  });
}

/** Not before it is there: what was being written in the form goes along. */
function show(frame: HTMLIFrameElement): void {
  const written = place.querySelector("textarea")?.value;
  for (const one of [...place.children]) if (one !== frame) one.remove(); // a frame that is moved begins anew
  frame.hidden = false;
  frame.focus();
  frame.contentWindow!.postMessage({ parley: 1, type: "open", to: written ? "ask" : "last", url: "", referrer: "" }, location.origin);
  const text = frame.contentDocument?.getElementById("text") as HTMLTextAreaElement | null;
  if (written && text) text.value = written;
}

/** The panel has a session: the page's cookie names the same one from now on, for when no script runs. */
async function keep(): Promise<void> {
  const kept = localStorage.getItem(name);
  if (kept && kept !== known && (await hand(kept).catch(() => false))) known = kept;
}

/** Whether the server knows the session, and this page's cookie names it now. */
async function hand(token: string): Promise<boolean> {
  const { ok, status } = await fetch(own, { method: "POST", body: new URLSearchParams({ token, quiet: "1" }) });
  if (!ok && status !== 404) throw new Error(String(status));
  return ok;
}
