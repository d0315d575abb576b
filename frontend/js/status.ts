// After closing: a toast with Undo, the row leaves, and the focus goes to the next row of the same group.
import { find, openConversation, parse, swap } from "./lib/dom";
import { Refused, type Fields } from "./lib/http";
import { postInTurn } from "./lib/turns";
import { on, signal } from "./lib/frames";
import { word } from "./lib/words";
import { toast } from "./notices";
import { rowbox } from "./rows";

// Not left to htmx: the socket may swap the head before the answer is here, and then nobody would hear of the answer.
document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (form.matches("[data-closing-form]")) return answer(event, form);
  if (!form.matches("[data-status-form]")) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  void change(form.action, find<HTMLInputElement>("[name=status]", form)?.value ?? "").finally(() => (form.ariaBusy = null));
});

async function change(url: string, status: string, fields?: Fields): Promise<void> {
  const closing = status === "closed";
  const pk = openConversation();
  if (!(await set(url, status, fields))) return;
  if (!closing) toast(word("reopened"));
  else if (pk === openConversation()) leave(url);
}

/** Posts the status and shows the head that comes back. False when it was not taken, which is said. */
async function set(url: string, status: string, fields: Fields = { status }): Promise<boolean> {
  const pk = openConversation();
  try {
    const html = await (await postInTurn(url, fields)).text();
    if (pk === openConversation()) swap(html);
    return true;
  } catch (error) {
    if (error instanceof Refused && error.status === 422 && pk === openConversation() && ask(error.body)) return false;
    toast(word(error instanceof Refused && error.status === 401 ? "signedOut" : "notSaved"));
    return false;
  }
}

// ── What must be filled in first ──

/** Shows the questions that stand in the answer; false when it has none. */
function ask(html: string): boolean {
  const next = parse(html);
  if (next?.id !== "closing-dialog") return false;
  find("#closing-dialog")?.remove();
  document.body.append(next);
  const dialog = next as HTMLDialogElement;
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
  (find("[aria-invalid=true]", dialog) ?? find("input:not([type=hidden]), select, textarea", dialog))?.focus();
  return true;
}

function answer(event: SubmitEvent, form: HTMLFormElement): void {
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  void change(form.action, "closed", new FormData(form)).finally(() => (form.ariaBusy = null));
}

on("conversation:leaving", () => find<HTMLDialogElement>("#closing-dialog")?.close());

function leave(url: string): void {
  const asked = find<HTMLDialogElement>("#closing-dialog");
  if (asked) {
    asked.close();
    signal("custom:changed");
  }
  const box = rowbox(openConversation());
  const list = find("#list")?.dataset["view"];
  const back = box && list !== "closed" ? takeOut(box) : () => undefined;
  toast(word("closed"), () => {
    back();
    void set(url, "open");
  });
}

/** Takes a row out of the list; what it returns puts it back where it was. */
export function takeOut(box: HTMLElement): () => void {
  const group = box.parentElement;
  const next = box.nextElementSibling as HTMLElement | null;
  const neighbour = next ?? (box.previousElementSibling as HTMLElement | null) ?? find(".rowbox:not([aria-current])");
  box.remove();
  signal("rows:changed");
  find(".crow", neighbour ?? document.createElement("i"))?.focus();
  return () => {
    if (next?.isConnected) next.before(box);
    else group?.append(box);
    signal("rows:changed");
    find(".crow", box)?.focus();
  };
}
