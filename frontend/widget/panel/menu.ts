/** Sound and transcript, behind one button of the head. What they do is fetched when somebody asks for it. */
import { data, say } from "./data";
import { button, h } from "./dom";
import type { Store } from "./store";

const extras = (): Promise<typeof import("./extras")> => import(data.extras);

/** `read` gives the text of the chat on screen; `failed` says that it cannot be had now. */
export function menu(store: Store, read: () => Promise<string>, failed: () => void): HTMLElement {
  const sound = button("", say("sound"), () => {
    if (store.get("sound")) store.remove("sound");
    else store.set("sound", "1");
    draw();
    ring(store);
  });
  const draw = (): void => sound.setAttribute("aria-pressed", String(!!store.get("sound")));
  const save = button("", say("save"), () => {
    element.hidePopover();
    Promise.all([extras(), read()]).then(([{ download }, text]) => download(text), failed);
  });
  const element = h("div", { class: "menu", id: "menu", popover: "" }, sound, save);
  draw();
  return element;
}

/** The tone of a new answer, for whoever has switched it on. */
export function ring(store: Store): void {
  if (store.get("sound")) extras().then(({ blip }) => blip(), () => undefined);
}
