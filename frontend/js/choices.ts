// What can be put into a text by a sign: saved replies and names come with the conversation, emoji when first wanted.
import { address, find } from "./lib/dom";
import { request } from "./lib/http";

export interface Choice {
  name: string;
  icon: string;
  text: string;
  html?: string;
  hint?: string;
  key?: string;
  emoji?: string;
  missing?: string[];
  usedUrl?: string;
  /** Where a macro is run. */
  runUrl?: string;
}

interface Snippet { id: number; name: string; short: string; folder: string; language: string; text: string; html: string; missing: string[] }
interface Macro { id: number; name: string; short: string; folder: string; kinds: string[] }
interface Helpers { snippets: Snippet[]; macros: Macro[]; macro_url: string; people: { name: string; kind: string }[]; used_url: string }
/** A sign, its name, and other words for it. */
export type Emoji = [string, string, string];

let helpers: Promise<Helpers> | null = null;
let emoji: Promise<Emoji[]> | null = null;

export const forget = (): void => void (helpers = null);

const bare = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

const startsAWord = (words: string, asked: string) => bare(words).split(" ").some((part) => part.startsWith(asked));

/** Those that are called so before those that are only about it. */
const byName = (list: Emoji[], asked: string) => list.sort((one, other) => Number(startsAWord(other[1], asked)) - Number(startsAWord(one[1], asked)));

export function findEmoji(known: Emoji[], typed: string): Emoji[] {
  const [first = "", ...others] = bare(typed).trim().split(/\s+/);
  const fits = (text: string) => startsAWord(text, first) && others.every((part) => startsAWord(text, part));
  return byName(known.filter(([, name, words]) => fits(`${name} ${words}`)), first);
}

/** One saved text, filled for the conversation of this form. */
export async function snippetOf(form: HTMLFormElement, pk: string): Promise<Choice | undefined> {
  const known = await helpersOf(form);
  const row = known.snippets.find(({ id }) => String(id) === pk);
  return row && asSnippet(row, known.used_url);
}

export async function choicesFor(form: HTMLFormElement, sign: string, wanted: string): Promise<Choice[]> {
  const asked = bare(wanted);
  try {
    if (sign === ":") return findEmoji(await emojis(), wanted).map(asEmoji);
    const known = await helpersOf(form);
    if (sign === "\\") return known.macros.filter((row) => bare(`${row.short} ${row.name} ${row.folder}`).includes(asked)).map((row) => asMacro(row, known.macro_url));
    const comments = form.dataset["for"] === "comment";
    if (sign === "@") return comments ? known.people.filter(({ name }) => bare(name).includes(asked)).map(asPerson) : [];
    return comments ? [] : known.snippets.filter((row) => bare(`${row.short} ${row.name} ${row.folder}`).includes(asked)).map((row) => asSnippet(row, known.used_url));
  } catch {
    return []; // offline: the sign is a sign
  }
}

function helpersOf(form: HTMLElement): Promise<Helpers> {
  const url = form.closest<HTMLElement>("[data-composer]")?.dataset["helpersUrl"] ?? "";
  helpers ??= request(url).then((answer) => answer.json() as Promise<Helpers>).catch((error: unknown) => {
    helpers = null;
    throw error;
  });
  return helpers;
}

/** The list of the page's language, a file of its own beside this script. */
export function emojis(): Promise<Emoji[]> {
  const script = find<HTMLScriptElement>("script[src*='dist/app']")?.src ?? "";
  const language = document.documentElement.lang.startsWith("fr") ? "fr" : "en";
  emoji ??= fetch(new URL(`emoji-${language}.json`, script)).then((answer) => answer.json() as Promise<Emoji[]>).catch((error: unknown) => {
    emoji = null;
    throw error;
  });
  return emoji;
}

const asEmoji = ([sign, name]: Emoji): Choice => ({ name, icon: "smile", emoji: sign, text: `${sign} ` });
const asMacro = (row: Macro, url: string): Choice => ({
  name: row.name,
  icon: "play",
  text: "",
  hint: row.kinds.join(" · "),
  key: row.short ? `\\${row.short}` : "",
  runUrl: address(url, row.id),
});
const asPerson = ({ name, kind }: { name: string; kind: string }): Choice => ({ name, icon: kind, text: `@${name} ` });
const asSnippet = (row: Snippet, usedUrl: string): Choice => ({
  name: row.name,
  icon: "zap",
  text: row.text,
  html: row.html,
  hint: row.text.slice(0, 140),
  key: row.short ? `/${row.short}` : "",
  missing: row.missing,
  usedUrl: address(usedUrl, row.id),
});
