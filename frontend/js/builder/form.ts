// The form of a step is kept as it is written: a moment after the last key, and at once when a choice is made.
import { word } from "../lib/words";
import { post, say } from "./page";

const PAUSE = 500;
let timer = 0;
let waiting: HTMLFormElement | null = null;

const kept = (target: EventTarget | null): HTMLFormElement | null =>
  (target as Element | null)?.closest?.<HTMLFormElement>("form[data-flow-form=kept]") ?? null;

/** Who sees it and the like: such a form has marks of its own for what others change meanwhile. */
const isOwn = (form: HTMLFormElement): boolean => form.dataset["flowSettings"] !== undefined;

const fields = (form: HTMLFormElement): URLSearchParams => {
  const given = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") given.append(name, value);
  return given;
};

/** What is not kept yet is kept now; whoever goes on to something else waits for it. */
export async function flush(): Promise<void> {
  clearTimeout(timer);
  const form = waiting;
  waiting = null;
  if (form?.isConnected) await keep(form);
}

async function keep(form: HTMLFormElement): Promise<void> {
  say(word("flowSaving"));
  try {
    if (!(await post(form.action, fields(form), { keepsForm: true, own: isOwn(form) }))) say(word("flowNotSaved"));
  } catch {
    say(word("notSaved"));
    waiting = form;
    timer = window.setTimeout(() => void flush(), 5_000);
  }
}

function later(event: Event, pause: number): void {
  const form = kept(event.target);
  if (!form) return;
  waiting = form;
  clearTimeout(timer);
  timer = window.setTimeout(() => void flush(), pause);
}

document.addEventListener("input", (event) => later(event, PAUSE));
document.addEventListener("change", (event) => later(event, 50));

document.addEventListener("submit", (event) => {
  const form = (event.target as Element).closest<HTMLFormElement>("form[data-flow-form], form[data-flow-verbs], form[data-flow-kinds]");
  if (!form) return;
  event.preventDefault();
  const given = fields(form);
  const button = (event as SubmitEvent).submitter as HTMLButtonElement | null;
  if (button?.name) given.set(button.name, button.value);
  clearTimeout(timer);
  const isKept = form.dataset["flowForm"] === "kept";
  void (isKept ? Promise.resolve() : flush()).then(async () => {
    waiting = null;
    await post(form.action, given, { own: isOwn(form) });
    if (form.dataset["flowKinds"] !== undefined || button?.name === "do") first(button?.value ?? "");
  });
});

/** The field that was asked for: of a new step the first one, of a list its last line. */
function first(asked: string): void {
  const list = /^(bubbles|replies|branches)/.exec(asked)?.[1];
  const inputs = document.querySelectorAll<HTMLElement>(
    list ? `#field-${list} :is(textarea, input[name$=label], input[name$=fact])` : "#step-form :is(textarea, input:not([type=hidden]), select)",
  );
  (list ? inputs[inputs.length - 1] : inputs[0])?.focus();
}

// What is published is what was written.
document.addEventListener("submit", (event) => {
  const form = (event.target as Element).closest<HTMLFormElement>("form[data-flow-publish]");
  if (!form || !waiting) return;
  event.preventDefault();
  void flush().then(() => form.submit());
});

// Who closes the tab keeps the last word, too.
addEventListener("pagehide", () => {
  if (!waiting) return;
  const given = fields(waiting);
  navigator.sendBeacon(waiting.action, given);
});
