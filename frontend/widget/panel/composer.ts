/** Where the visitor writes. Enter sends, Shift+Enter begins a line; what is not sent survives a reload. */
import { data, say, type Enclosed } from "./data";
import { h, icon } from "./dom";
import { Tray, type Upload } from "./files";
import type { Store } from "./store";

const TYPING_EVERY = data.previews ? 1000 : 3000;
const TYPING_ENDS = 5000;

export class Composer {
  readonly element: HTMLElement;
  private readonly text: HTMLTextAreaElement;
  private readonly problem = h("p", { class: "err problem", id: "problem", role: "alert", hidden: true });
  private readonly tray: Tray;
  private toldAt = 0;
  private idle = 0;

  constructor(
    private readonly store: Store,
    private readonly send: (body: string, files: Enclosed[]) => void,
    private readonly typing: (on: boolean, text?: string) => void,
    upload: Upload,
  ) {
    this.tray = new Tray(upload, (words) => this.complain(words));
    this.text = h("textarea", { rows: "1", "aria-label": say("message"), placeholder: say("placeholder"), dir: "auto" });
    this.text.value = store.get("draft") ?? "";
    const submit = h("button", { class: "ib", type: "submit", "aria-label": say("send") }, icon("send"));
    const form = h("form", "write", data.files && this.tray.button, this.text, submit);
    this.element = h("div", "", this.problem, this.tray.element, form, data.previews && h("small", "previews", say("previews")));
    if (data.files) this.takeFiles();
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.text.addEventListener("keydown", (event) => {
      // While a character is being composed, Enter belongs to the input method.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.submit();
    });
    this.text.addEventListener("input", () => this.changed());
    this.grow();
  }

  focus(): void {
    // A finger would get half the screen covered by a keyboard it did not ask for.
    if (!matchMedia("(pointer: coarse)").matches) this.text.focus();
  }

  /** What is pasted, or dropped anywhere on the panel. */
  private takeFiles(): void {
    // A copied table brings a picture of itself along: where there is text, the text is meant.
    this.text.addEventListener("paste", ({ clipboardData }) => {
      if (!clipboardData?.types.includes("text/plain")) this.tray.add(clipboardData?.files);
    });
    document.addEventListener("dragover", (event) => event.preventDefault());
    document.addEventListener("drop", (event) => {
      event.preventDefault();
      this.tray.add(event.dataTransfer?.files);
    });
  }

  private submit(): void {
    const body = this.text.value.trim();
    if (this.tray.busy) return this.complain(say("fileBusy"));
    if (!body && !this.tray.element.firstChild) return this.text.focus();
    const tooLong = [...body].length > data.longest;
    this.complain(tooLong ? say("tooLong", { n: data.longest }) : "");
    if (tooLong) return;
    this.text.value = "";
    this.changed();
    this.send(body, this.tray.take());
  }

  private complain(words: string): void {
    this.problem.textContent = words;
    this.problem.hidden = !words;
    if (words) this.text.setAttribute("aria-describedby", "problem");
    else this.text.removeAttribute("aria-describedby");
    this.text.toggleAttribute("aria-invalid", !!words);
    if (words) this.text.setAttribute("aria-invalid", "true");
  }

  private changed(): void {
    const body = this.text.value;
    if (body) this.store.set("draft", body);
    else this.store.remove("draft");
    if (!this.problem.hidden && [...body.trim()].length <= data.longest) this.complain("");
    this.grow();
    this.tell(!!body.trim());
  }

  private tell(on: boolean): void {
    clearTimeout(this.idle);
    if (on && Date.now() - this.toldAt > TYPING_EVERY) {
      this.toldAt = Date.now();
      this.typing(true, data.previews ? this.text.value.slice(0, 500) : undefined);
    }
    if (on) this.idle = window.setTimeout(() => this.tell(false), TYPING_ENDS);
    else if (this.toldAt) {
      this.toldAt = 0;
      this.typing(false);
    }
  }

  private grow(): void {
    if (CSS.supports("field-sizing", "content")) return;
    this.text.style.setProperty("height", "auto");
    this.text.style.setProperty("height", `${Math.min(this.text.scrollHeight, 120)}px`);
  }
}
