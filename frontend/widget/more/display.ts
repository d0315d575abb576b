/** When the chat opens or greets by itself (DS-1 to DS-6). What the visitor did by hand goes before it. */
import { CHAT, get, HUSHED, keep } from "../launcher/memory";
import type { Config } from "../loader/config";
import type { Launcher } from "../launcher/launcher";
import { leaving } from "./leaving";
import { mayKeep } from "./visit";

const HALF_AN_HOUR = 30 * 60_000;
const DAY = 24 * 3600_000;
const PHONE = "(max-width: 480px)";
const CLOSED = ":closed";
const OPEN = ":open";

export function wireDisplay(launcher: Launcher, { opens, triggers, phone }: NonNullable<Config["display"]>): void {
  const { key, config, host, open, speak } = launcher;
  const within = (name: string, time: number): boolean => Date.now() - Number(get(key + name)) < time;
  const isPhone = matchMedia(PHONE).matches;
  remember(launcher);
  if (isPhone && phone === "hide") {
    host.hidden = !get(key + CHAT);
    return;
  }
  // What was open a moment ago is open on the next page (DS-5).
  if (within(OPEN, HALF_AN_HOUR) && !isPhone) return open("last");
  const wants = isPhone ? (phone === "launcher" ? "launcher" : opens === "launcher" ? "launcher" : "prompt") : opens;
  if (wants === "launcher" || within(CLOSED, HALF_AN_HOUR)) return;
  const greeting = config.greeting;
  let fired = false;

  function fire(): void {
    if (fired) return;
    fired = true;
    for (const stop of watching) stop();
    if (wants === "chat") open("ask");
    else if (greeting && !within(HUSHED, DAY) && !get(key + CHAT)) speak(greeting);
  }

  const watching = [
    triggers.seconds ? after(triggers.seconds, fire) : undefined,
    triggers.scroll ? scrolled(triggers.scroll, fire) : undefined,
    triggers.exit && !isPhone ? leaving(fire) : undefined,
  ].filter((stop) => stop !== undefined);
  if (!watching.length) fire();
}

function after(seconds: number, fire: () => void): () => void {
  const timer = setTimeout(fire, seconds * 1000);
  return () => clearTimeout(timer);
}

/** A page without anything to scroll was seen whole. */
function scrolled(share: number, fire: () => void): () => void {
  const look = (): void => {
    const { scrollHeight, clientHeight, scrollTop } = document.documentElement;
    const whole = scrollHeight - clientHeight;
    if (whole <= 0 || (scrollTop / whole) * 100 >= share) fire();
  };
  addEventListener("scroll", look, { passive: true });
  setTimeout(look);
  return () => removeEventListener("scroll", look);
}

let remembers = false;

/** Opened and closed by hand, for half an hour. What opened by itself leaves nothing on the page of whoever did nothing. */
function remember(launcher: Launcher): void {
  const { key, box } = launcher;
  if (remembers) return;
  remembers = true;
  new MutationObserver(() => {
    if (!navigator.userActivation?.hasBeenActive || !mayKeep(launcher)) return;
    const isOpen = box.classList.contains("open");
    keep(key + OPEN, isOpen ? String(Date.now()) : "");
    if (!isOpen) keep(key + CLOSED, String(Date.now()));
  }).observe(box, { attributes: true, attributeFilter: ["class"] });
}
