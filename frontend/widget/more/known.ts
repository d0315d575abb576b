/**
 * Who comes, where a rule asks: the page's signature is turned into a pass that chooses the chatflow (TG-6). The panel fetches it, for
 * the page may connect to nobody; the pass lasts for the tab, and for the person that the page names.
 */
import { CHAT, get } from "../launcher/memory";
import type { Launcher } from "../launcher/launcher";

const PATIENCE = 5000;
const NAME = ":known";

let pass = "";

/** For a page that asks again. */
export const told = (): Record<string, string> => (pass ? { w: pass } : {});

/** Resolves when it is known, or when it is known that it will not be: then they are nobody in particular. */
export async function meet(launcher: Launcher): Promise<void> {
  const { key, host, load, settings } = launcher;
  const person = number(settings.identificationEmail ?? "");
  const name = `parley:${key}${NAME}`;
  const [of, kept] = (read(name) ?? "").split(" ");
  if (kept && of === person) return void (pass = kept);
  const hidden = host.hidden;
  const answer = new Promise<string>((done) => {
    const { Parley } = window as { Parley?: { on?(name: string, heard: (detail: object) => void): void } };
    Parley?.on?.("known", (detail) => done((detail as { value: string }).value));
    setTimeout(done, PATIENCE, "");
  });
  load();
  host.hidden = hidden;
  pass = await answer;
  if (pass && (!settings.enableWidgetCookieBanner || get(key + CHAT))) write(name, `${person} ${pass}`);
}

/** Somebody else signed in, or nobody is any more. */
export function forget(key: string): void {
  pass = "";
  write(`parley:${key}${NAME}`, "");
}

/** Tells two addresses apart without keeping either. */
function number(text: string): string {
  let found = 5381;
  for (const character of text.trim().toLowerCase()) found = (found * 33 + character.codePointAt(0)!) % 2 ** 32;
  return found.toString(36);
}

function read(name: string): string | null {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

function write(name: string, value: string): void {
  try {
    if (value) sessionStorage.setItem(name, value);
    else sessionStorage.removeItem(name);
  } catch {
    // it is asked for again on the next page
  }
}
