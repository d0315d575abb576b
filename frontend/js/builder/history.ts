// Undo and redo: what the whole flow was, before and after. It lives as long as the tab, and a reload keeps it.
import { find } from "./dom";
import { announce } from "../lib/announce";
import { word } from "../lib/words";
import { flush } from "./form";
import { ask, definition, main, say, seen, selected } from "./page";

interface Past {
  lines: string[];
  at: number;
}

const MOST = 100;
let past: Past = { lines: [], at: -1 };
const key = (): string => `flow-history:${location.pathname}`;

export function begin(): void {
  past = kept();
  if (past.lines[past.at] !== definition()) past = { lines: [definition()], at: 0 };
  buttons();
}

function kept(): Past {
  try {
    return (JSON.parse(sessionStorage.getItem(key()) ?? "") as Past | null) ?? past;
  } catch {
    return past;
  }
}

/** Called after every answer; an unchanged flow is no step. */
export function remember(): void {
  if (past.lines[past.at] !== definition()) {
    past.lines = [...past.lines.slice(0, past.at + 1), definition()].slice(-MOST);
    past.at = past.lines.length - 1;
  }
  keep();
  buttons();
}

function keep(): void {
  try {
    sessionStorage.setItem(key(), JSON.stringify(past));
  } catch {
    // No room: it is remembered until the page is left.
  }
}

function buttons(): void {
  for (const [name, to] of [["undo", past.at - 1], ["redo", past.at + 1]] as const) {
    const button = find<HTMLButtonElement>(`[data-flow-${name}]`);
    if (!button) continue;
    button.hidden = false;
    button.disabled = !(to in past.lines);
  }
}

async function go(by: number): Promise<void> {
  await flush();
  let before = past.at;
  const there = (): RequestInit | null => {
    before = past.at;
    const wanted = past.lines[before + by];
    if (wanted === undefined) return null;
    past.at = before + by;
    const body = JSON.stringify({ definition: JSON.parse(wanted), seen: seen(), step: selected() });
    return { method: "PUT", body, headers: { "Content-Type": "application/json" } };
  };
  let done: boolean;
  try {
    done = await ask(main().dataset["draftUrl"]!, there);
  } catch {
    past.at = before;
    return say(word("notSaved"));
  }
  if (past.at === before) return;
  if (done) announce(word(by < 0 ? "flowUndone" : "flowRedone"));
  // Somebody else was here: what we remember would take back their changes.
  else past = { lines: [definition()], at: 0 };
  keep();
  buttons();
}

export const undo = (): Promise<void> => go(-1);
export const redo = (): Promise<void> => go(1);

document.addEventListener("flow:shown", buttons);
document.addEventListener("click", (event) => {
  const target = event.target as Element;
  if (target.closest("[data-flow-undo]")) void undo();
  else if (target.closest("[data-flow-redo]")) void redo();
});
document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  // In a text the browser's own way back counts.
  if ((event.target as Element).matches("input, textarea, select, [contenteditable=true]")) return;
  const pressed = event.key.toLowerCase();
  if (pressed !== "z" && pressed !== "y") return;
  event.preventDefault();
  void (pressed === "y" || event.shiftKey ? redo() : undo());
});
