/** Where the visitor writes. Enter sends, Shift+Enter begins a line; what is not sent survives a reload. */
import { data, say, type Enclosed } from "./data";
import { part } from "./dom";
import { extras, ignore, type Extras } from "./extras";
import { get, set } from "./store";

export interface Writing {
  /** Resolves when it is kept. */
  write(body: string, files: Enclosed[], reply?: string[]): Promise<void>;
}

export function makeComposer({ write }: Writing) {
  const form = part<HTMLFormElement>("write");
  const text = part<HTMLTextAreaElement>("text");
  let tray: Extras["tray"];

  text.value = get("draft") ?? "";
  form.onsubmit = (event) => {
    event.preventDefault();
    submit();
  };
  text.onkeydown = (event) => {
    // While a character is being composed, Enter belongs to the input method.
    if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
    event.preventDefault();
    form.requestSubmit();
  };
  text.oninput = () => set("draft", text.value || null);

  function submit(): void {
    const body = text.value.trim();
    if (tray?.busy()) return complain(say("fileBusy"));
    if (!body && !tray?.element.firstChild) return text.focus();
    if ([...body].length > data.longest) return complain(say("tooLong", { n: data.longest }));
    text.value = "";
    // Until the message is kept, the draft is what a reload would find.
    void write(body, tray?.take() ?? []).then(() => set("draft", text.value || null));
  }

  /** What is too long is not sent, whether or not the words for it have come yet. */
  function complain(words: string): void {
    extras().then((found) => found.complain(words), ignore);
  }

  return {
    text,
    /** Files may stand beside the words from now on. */
    beside(files: Extras["tray"]): void {
      tray = files;
    },
  };
}
