// What the server answers replaces the parts of the page it names. One request at a time, in the order they were asked for.
import { Refused, request } from "../lib/http";
import { all, find, parseAll } from "./dom";
import { remember } from "./history";

export const main = (): HTMLElement => find<HTMLElement>("[data-flow-builder]")!;
/** The address of the chatflow: `…/chatflows/7/`. */
export const base = (): string => main().dataset["base"]!.replace(/build\/$/, "");
const data = (): HTMLElement => find<HTMLElement>("#flow-data")!;

export const definition = (): string => find("#flow-definition")?.textContent ?? "{}";
export const selected = (): string => data().dataset["selected"] ?? "";
export const seen = (): string => data().dataset["seen"] ?? "";

/** Who looks at the results goes on doing so: the same address, with what they chose to see. */
export function withResults(url: string): string {
  const now = new URLSearchParams(location.search);
  const next = new URL(url, location.href);
  for (const name of ["figures", "version"]) if (now.has(name) && !next.searchParams.has(name)) next.searchParams.set(name, now.get(name)!);
  return next.href;
}

let turn: Promise<unknown> = Promise.resolve();

interface How {
  keepsForm?: boolean;
  /** The form carries its own marks of what was shown. */
  own?: boolean;
}

/**
 * What comes back is shown: all of it, or without the form that somebody is writing in. What is sent is put together when its turn
 * comes: before, the answers that it builds on may still be on their way. `null` sends nothing.
 */
export function ask(url: string, given: RequestInit | (() => RequestInit | null) = {}, how: How = {}): Promise<boolean> {
  const next = turn.then(async () => {
    const options = typeof given === "function" ? given() : given;
    return !!options && send(url, options, how);
  });
  turn = next.catch(() => undefined);
  return next;
}

export const post = (url: string, body: URLSearchParams, how: How = {}): Promise<boolean> =>
  ask(url, () => {
    // Marks of what is shown now: what was put into the form when it was drawn is older than our own changes since.
    if (!how.own) body.set("seen", seen());
    return { method: "POST", body };
  }, how);

async function send(url: string, options: RequestInit, how: How): Promise<boolean> {
  main().setAttribute("aria-busy", "true");
  try {
    const answer = await request(withResults(url), options);
    show(await answer.text(), how);
    remember();
    return true;
  } catch (error) {
    if (!(error instanceof Refused) || !error.body.includes("flow-panel")) throw error;
    // A form that was refused says so in its own place; somebody else's changes are shown whole.
    show(error.body, { ...how, keepsForm: how.keepsForm && error.status === 422 });
    return false;
  } finally {
    main().removeAttribute("aria-busy");
  }
}

function show(html: string, how: How): void {
  const was = document.activeElement as HTMLElement | null;
  const scrolled = find("#flow")?.scrollTop ?? 0;
  const before = definition();
  for (const next of parseAll(html)) {
    const old = next.id ? document.getElementById(next.id) : null;
    if (!old) continue;
    if (next.id === "flow-panel" && how.keepsForm && sameForm(old, next)) {
      mistakes(old, next);
      if (how.own) renew(old, next);
    }
    else old.replaceWith(next);
  }
  const flow = find("#flow");
  if (flow) flow.scrollTop = scrolled;
  if (was?.id && !was.isConnected) document.getElementById(was.id)?.focus({ preventScroll: true });
  document.dispatchEvent(new CustomEvent("flow:shown", { detail: { changed: before !== definition() || !!how.own } }));
}

/** Whether what came is about what is written in: somebody may have gone on to another tab meanwhile. */
const sameForm = (old: HTMLElement, next: HTMLElement): boolean => old.dataset["panel"] === next.dataset["panel"];

/** Of a form with marks of its own: the new marks, its mistakes, and what was counted anew. */
function renew(old: HTMLElement, next: HTMLElement): void {
  for (const mark of all<HTMLInputElement>("form[data-flow-settings] input[type=hidden]", next)) {
    const before = find<HTMLInputElement>(`form[data-flow-settings] input[type=hidden][name="${CSS.escape(mark.name)}"]`, old);
    if (before) before.value = mark.value;
  }
  for (const words of all("form[data-flow-settings] .error", old)) words.remove();
  for (const words of all("form[data-flow-settings] .error[id]", next)) {
    const input = document.getElementById(words.id.replace(/_error$/, ""));
    (input?.closest(".field") ?? find("form[data-flow-settings]", old))?.append(words);
  }
  const counted = find("#flow-estimate", next);
  if (counted) find("#flow-estimate", old)?.replaceWith(counted);
}

/** Puts the words of each field's mistakes beside it, and leaves what is written alone. */
function mistakes(old: HTMLElement, next: HTMLElement): void {
  for (const words of all("[data-mistake], [role=alert]", old)) words.remove();
  for (const field of all(".field[id], details[id]", old)) {
    const fresh = find(`#${CSS.escape(field.id)}`, next);
    if (!fresh) continue;
    field.append(...all("[data-mistake]", fresh));
    for (const input of all<HTMLInputElement>("input, textarea, select", field)) {
      const twin = input.id ? find(`#${CSS.escape(input.id)}`, fresh) : null;
      input.toggleAttribute("aria-invalid", false);
      if (twin?.getAttribute("aria-invalid") === "true") input.setAttribute("aria-invalid", "true");
    }
  }
  const alert = find("[role=alert]", next);
  if (alert) old.prepend(alert);
}

export function say(words: string): void {
  const place = find("[data-flow-saved]");
  if (place) place.textContent = words;
}
