// What was written in the preview, and what the draft says to it. It lives as long as the tab.
export interface Message {
  seq: number;
  from: string;
  client_id?: string;
}

export interface Walk {
  messages: Message[];
  notes: { seq: number; words: string }[];
  over: boolean;
  bot: { name: string } | null;
  agent: object | null;
  delay: number;
}

interface Said {
  id: string;
  text: string;
  reply: string[];
}

interface Told {
  flow: number;
  talk: string;
  given: Record<string, string>;
  again: boolean;
}

export const NAME = "draft";
/** The reply of a flow that is over: from the beginning. */
const ANEW = "__again__";

export const told = JSON.parse(document.getElementById("draft")!.textContent!) as Told;
const KEPT = `flow-try:${told.flow}`;
const csrf = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")!.content;

let script: Said[] = [];
let walk: Walk = { messages: [], notes: [], over: false, bot: null, agent: null, delay: 0 };
let coming: Promise<void> = Promise.resolve();

export const now = (): Walk => walk;
export const isBegun = (): boolean => script.length > 0;
/** Until what was kept is said again. */
export const ready = (): Promise<void> => coming;

export function begin(): void {
  if (told.again) sessionStorage.removeItem(KEPT);
  script = JSON.parse(sessionStorage.getItem(KEPT) ?? "[]") as Said[];
  forget();
  nameMemory();
  if (script.length) localStorage.setItem(`parley:${key}:token`, NAME);
  coming = script.length ? fetchWalk() : Promise.resolve();
  coming.then(tellBuilder, tellBuilder);
}

/** The panel's memory of this page alone: the one that it takes the place of still uses its own. */
const key = `draft-${told.flow}-${Date.now().toString(36)}`;
const LASTS = 3600_000;

function nameMemory(): void {
  const place = document.getElementById("data")!;
  place.textContent = JSON.stringify({ ...(JSON.parse(place.textContent!) as object), key });
}

/** What previews of before left is none of any. */
function forget(): void {
  const isOld = (name: string): boolean => {
    const [draft, , born = ""] = (name.split(":")[1] ?? "").split("-");
    return draft === "draft" && !(parseInt(born, 36) > Date.now() - LASTS);
  };
  for (const name of Object.keys(localStorage)) if (isOld(name)) localStorage.removeItem(name);
  void indexedDB.databases?.().then((all) => all.forEach(({ name = "" }) => isOld(name) && indexedDB.deleteDatabase(name)));
}

/** A chat of its own, not the one that was going on. */
export function restart(): void {
  script = [];
  sessionStorage.removeItem(KEPT);
}

export async function write(id: string, text: string, reply: string[]): Promise<void> {
  if (reply.includes(ANEW)) return anew();
  if (!script.some((one) => one.id === id)) script.push({ id, text, reply });
  try {
    await fetchWalk();
  } catch (error) {
    script = script.filter((one) => one.id !== id); // the panel tries again
    throw error;
  }
  sessionStorage.setItem(KEPT, JSON.stringify(script));
  tellBuilder();
}

export function anew(): Promise<void> {
  sessionStorage.removeItem(KEPT);
  location.reload();
  return new Promise(() => undefined);
}

const real = window.fetch.bind(window);

async function fetchWalk(): Promise<void> {
  const body = JSON.stringify({ script, given: told.given });
  const answer = await real(told.talk, { method: "POST", body, headers: { "Content-Type": "application/json", "X-CSRFToken": csrf } });
  if (!answer.ok) throw new TypeError("no answer");
  walk = (await answer.json()) as Walk;
}

export const findArticles = (asked: URLSearchParams): Promise<Response> => real(`${told.talk}?${asked}`);

/** The builder shows beside the frame what the panel does not: what happens unseen. */
function tellBuilder(): void {
  if (parent !== window) parent.document.dispatchEvent(new CustomEvent("flow:walked", { detail: { from: window, notes: walk.notes, over: walk.over } }));
}
