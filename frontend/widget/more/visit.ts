/**
 * What the rules on page views, on coming back and on time need (TG-5), and which half of a trial this browser is in. Kept where
 * a rule or a trial asks for it, and where the visitor is asked first, only after their yes (OP-3); else it is the page's alone.
 */
import { CHAT, get, keep, VISITS } from "../launcher/memory";
import type { Launcher } from "../launcher/launcher";

const ENDS_AFTER = 30 * 60; // seconds without a page view; as chatflows/widget/visit.py says
const TRIES = 100;

interface Visit {
  views: number;
  last: number;
  first: number;
  returning: number;
  bucket: number;
}

let visit: Visit | undefined;
let page = "";

const now = (): number => Math.floor(Date.now() / 1000);

/** Where the visitor is asked first, a chat that is kept is their yes. */
export function mayKeep({ key, config, settings }: Pick<Launcher, "key" | "config" | "settings">): boolean {
  const asksFirst = /[ek]ed$/.test(config.counts!) || !!settings.enableWidgetCookieBanner;
  return !asksFirst || !!get(key + CHAT);
}

/** Counts the page that is shown, once; one that changes without being loaded is another page. */
export function see({ key, config, settings }: Launcher): void {
  const { href } = location;
  if (href === page) return;
  page = href;
  visit = next(visit ?? read(get(key + VISITS)), config.bucket);
  const { views, last, first, returning, bucket } = visit;
  if (config.counts && config.counts !== "asked" && mayKeep({ key, config, settings })) keep(key + VISITS, [views, last, first, returning, bucket].join("."));
}

function next(before: Visit | undefined, told: number | undefined): Visit {
  const at = now();
  const bucket = before?.bucket ?? told ?? Math.floor(Math.random() * TRIES);
  const goesOn = before && at - before.last <= ENDS_AFTER;
  if (goesOn) return { ...before, views: before.views + 1, last: at };
  // What this page itself already lasts belongs to the visit.
  const first = at - Math.round(performance.now() / 1000);
  return { views: 1, last: at, first, returning: before ? 1 : 0, bucket };
}

function read(kept: string | null): Visit | undefined {
  const parts = (kept ?? "").split(".").map(Number);
  if (parts.length !== 5 || !parts.every(Number.isSafeInteger)) return undefined;
  const [views, last, first, returning, bucket] = parts as [number, number, number, number, number];
  return { views, last, first, returning, bucket };
}

/** Seconds on the site. */
export const spent = (): number => now() - (visit?.first ?? now());

/** For a page that asks again. */
export function told(): Record<string, string> {
  if (!visit) return {};
  const { views, returning, bucket } = visit;
  return { n: String(views), b: String(returning), x: String(bucket), s: String(spent()) };
}
