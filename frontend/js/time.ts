// Keeps short times true: one timer for the page, the same rules as the server's `when`.
import { all } from "./lib/dom";
import { on, onFrame } from "./lib/frames";
import { word } from "./lib/words";

const root = document.documentElement;
const zone = root.dataset["zone"] || undefined;
// Day before month, as the server writes it; plain "en" would mean American order.
const locale = root.lang === "en" ? "en-GB" : root.lang || undefined;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(date: Date, options: Intl.DateTimeFormatOptions): string {
  const key = JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, { timeZone: zone, ...options }));
  return formats.get(key)!.format(date).replaceAll(".", "");
}

export const clock = (date: Date): string => format(date, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
export const dayOf = (date: Date): string =>
  new Intl.DateTimeFormat("en-CA", { timeZone: zone, year: "numeric", month: "2-digit", day: "2-digit" }).format(date);

export function when(date: Date, now: Date = new Date()): string {
  const minutes = (now.getTime() - date.getTime()) / 60_000;
  if (minutes < 1) return word("now");
  if (minutes < 60) return word("minutes", { n: Math.floor(minutes) });
  if (dayOf(date) === dayOf(now)) return clock(date);
  if (minutes < 6 * 24 * 60) return format(date, { weekday: "short" });
  if (dayOf(date).slice(0, 4) === dayOf(now).slice(0, 4)) return format(date, { day: "numeric", month: "short" });
  return format(date, { month: "short", year: "numeric" });
}

// How long something stays open: minutes, then hours, from two days on days.
export function left(until: Date, now: Date = new Date()): string {
  const minutes = Math.max(0, Math.floor((until.getTime() - now.getTime()) / 60_000));
  const [number, unit] = minutes < 60 ? [minutes, "minute"] : minutes < 2880 ? [Math.floor(minutes / 60), "hour"] : [Math.floor(minutes / 1440), "day"];
  // French writes a space before its units, which its narrow form leaves out.
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: root.lang === "fr" ? "short" : "narrow" }).format(number);
}

export function refreshTimes(within: ParentNode = document): void {
  for (const element of all<HTMLTimeElement>("time[data-when]", within)) {
    const text = when(new Date(element.dateTime));
    if (element.textContent !== text) element.textContent = text;
  }
  for (const element of all<HTMLTimeElement>("time[data-left]", within)) {
    const text = left(new Date(element.dateTime));
    if (element.textContent !== text) element.textContent = text;
  }
}

const refresh = () => refreshTimes();
document.addEventListener("DOMContentLoaded", refresh);
document.addEventListener("htmx:load", refresh);
document.addEventListener("visibilitychange", refresh);
on("rows:changed", refresh);
onFrame("ping", refresh);
setInterval(() => document.hidden || refresh(), 20_000);
