/** Files: on their way beside what is being written, and as they stand in the conversation. */
import { data, say, type Enclosed } from "./data";
import { button, h, icon } from "./dom";
import { No } from "./http";

const FRESH_FOR = 240_000; // their addresses are good for five minutes
const MOST = 10;

export type Upload = (file: File, progress: (share: number) => void) => Promise<Enclosed>;

// ── As they stand ──

const born = new Map<string, number>();
const drawn = new Map<string, HTMLAnchorElement>();

/** A file's row, or its small picture. Drawn once: what has loaded is not fetched again when its message changes. */
export function enclosed(file: Enclosed, link: (id: string) => Promise<Enclosed>): HTMLElement {
  const known = drawn.get(file.id);
  if (known) return known;
  const image = file.thumb ? h("img", { src: file.thumb, alt: file.name }) : null;
  // What is downloaded by name never takes the panel's place, whatever comes of it.
  const made = h("a", { class: image ? "pic" : "file", href: file.url, target: image && "_blank", download: image ? null : file.name });
  if (image) made.append(image);
  else made.append(icon("file"), h("span", "", h("b", { dir: "auto" }, file.name), h("small", "", size(file.size))));
  const renew = async (): Promise<void> => {
    const fresh = await link(file.id);
    born.set(file.id, Date.now());
    made.href = fresh.url;
    if (image && !image.naturalWidth) image.src = fresh.thumb;
  };
  if (image) image.addEventListener("error", () => void renew().catch(() => image.replaceWith(file.name)), { once: true });
  made.addEventListener("click", (event) => {
    if (Date.now() - born.get(file.id)! < FRESH_FOR) return;
    event.preventDefault();
    void renew().then(() => made.click(), () => undefined);
  });
  born.set(file.id, Date.now());
  drawn.set(file.id, made);
  return made;
}

function size(bytes: number): string {
  const [amount, unit] = bytes < 1e6 ? [Math.ceil(bytes / 1000), "kilobyte"] : [bytes / 1e6, "megabyte"];
  return new Intl.NumberFormat(data.language, { style: "unit", unit, maximumFractionDigits: 1 }).format(amount);
}

// ── Beside what is being written ──

export class Tray {
  readonly element = h("ul", { class: "tray", "aria-label": say("files") });
  readonly button: HTMLElement;
  private readonly ready = new Map<HTMLElement, Enclosed>();

  constructor(
    private readonly upload: Upload,
    private readonly complain: (words: string) => void,
  ) {
    const input = h("input", { type: "file", multiple: true, hidden: true });
    input.addEventListener("change", () => {
      this.add(input.files);
      input.value = "";
    });
    this.button = h("span", "", button("ib", say("attach"), () => input.click(), icon("clip")), input);
  }

  /** Whether something is still on its way. */
  get busy(): boolean {
    return this.element.childElementCount > this.ready.size;
  }

  add(files: FileList | null | undefined): void {
    for (const file of files ?? []) void this.send(file);
  }

  take(): Enclosed[] {
    const files = [...this.ready.values()];
    this.ready.clear();
    this.element.replaceChildren();
    return files;
  }

  private async send(file: File): Promise<void> {
    this.complain("");
    if (this.element.childElementCount >= MOST) return this.complain(say("fileMany"));
    const bar = h("progress", { max: "1", value: "0", "aria-label": file.name });
    const remove = button("ib", say("removeFile", { name: file.name }), () => this.drop(line), icon("close"));
    const line = h("li", "", h("span", { dir: "auto" }, file.name), bar, remove);
    this.element.append(line);
    try {
      const stands = await this.upload(file, (share) => (bar.value = share));
      bar.remove();
      if (line.isConnected) this.ready.set(line, stands);
    } catch (error) {
      this.drop(line);
      this.complain(`${file.name}: ${reason(error)}`);
    }
  }

  private drop(line: HTMLElement): void {
    this.ready.delete(line);
    line.remove();
  }
}

const REASONS = new Map([
  ["too_large", "fileLarge"],
  ["kind", "fileKind"],
  ["executable", "fileKind"],
  ["pixels", "fileLarge"],
  ["quota", "fileMany"],
]);

function reason(error: unknown): string {
  if (error instanceof No && error.status === 429) return say("fileWait", { n: Math.ceil(error.retryAfter / 60) });
  return say((error instanceof No && REASONS.get(error.reason)) || "fileFailed");
}
