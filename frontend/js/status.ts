// After closing: a toast with Undo, the row leaves, and the focus goes to the next row of the same group.
import { find, openConversation, swap } from "./lib/dom";
import { Refused } from "./lib/http";
import { postInTurn } from "./lib/turns";
import { signal } from "./lib/frames";
import { word } from "./lib/words";
import { toast } from "./notices";
import { rowbox } from "./rows";

// Not left to htmx: the socket may swap the head before the answer is here, and then nobody would hear of the answer.
document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (!form.matches("[data-status-form]")) return;
  event.preventDefault();
  if (form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  void change(form.action, find<HTMLInputElement>("[name=status]", form)?.value ?? "").finally(() => (form.ariaBusy = null));
});

async function change(url: string, status: string): Promise<void> {
  const closing = status === "closed";
  const pk = openConversation();
  if (!(await set(url, status))) return;
  if (!closing) toast(word("reopened"));
  else if (pk === openConversation()) leave(url);
}

/** Posts the status and shows the head that comes back. False when it was not taken, which is said. */
async function set(url: string, status: string): Promise<boolean> {
  const pk = openConversation();
  try {
    const html = await (await postInTurn(url, { status })).text();
    if (pk === openConversation()) swap(html);
    return true;
  } catch (error) {
    toast(word(error instanceof Refused && error.status === 401 ? "signedOut" : "notSaved"));
    return false;
  }
}

function leave(url: string): void {
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
