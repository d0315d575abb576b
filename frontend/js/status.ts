// After closing: a toast with Undo, the row leaves, and the focus goes to the next row of the same group.
import { find, openConversation, swap } from "./lib/dom";
import { post } from "./lib/http";
import { signal } from "./lib/frames";
import { word } from "./lib/words";
import { toast } from "./notices";
import { rowbox } from "./rows";

interface Requested {
  successful: boolean;
  requestConfig: { elt: Element; path: string; parameters: FormData | Record<string, string> };
}

const field = (parameters: FormData | Record<string, string>, name: string) =>
  parameters instanceof FormData ? String(parameters.get(name) ?? "") : (parameters[name] ?? "");

document.addEventListener("htmx:afterRequest", (event) => {
  const { successful, requestConfig } = (event as CustomEvent<Requested>).detail;
  // The form itself may be swapped away by now, so the event stands elsewhere.
  if (!requestConfig.elt.matches("[data-status-form]")) return;
  if (!successful) return toast(word("notSaved"));
  const closed = field(requestConfig.parameters, "status") === "closed";
  if (closed) leave(requestConfig.path);
  else toast(word("reopened"));
});

function leave(url: string): void {
  const box = rowbox(openConversation());
  const list = find("#list")?.dataset["view"];
  const back = box && list !== "closed" ? takeOut(box) : () => undefined;
  toast(word("closed"), () => {
    back();
    post(url, { status: "open" }).then(async (answer) => swap(await answer.text()), () => toast(word("notSaved")));
  });
}

/** Takes a row out of the list; what it returns puts it back where it was. */
function takeOut(box: HTMLElement): () => void {
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
