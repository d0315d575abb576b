/** Files on their way, beside what is being written. */
import { data, say, type Enclosed } from "../panel/data";
import { button, h, part } from "../panel/dom";
import { type No } from "../panel/http";
import { complain } from "./complain";
import { house } from "./house";
import { CROSS, icon } from "./icon";
import { upload } from "./upload";

const MOST = 10;

/** Files beside what is being written; none before the page that has a button for them is set up. */
export let tray: ReturnType<typeof makeTray> | undefined;

/** What is chosen, pasted, or dropped anywhere on the panel. */
export function wireFiles(): void {
  if (!data.files) return;
  const { add, element } = (tray = makeTray());
  const input = part<HTMLInputElement>("files");
  part("write").before(element);
  part("attach").hidden = false;
  part("attach").onclick = () => input.click();
  input.onchange = () => {
    add(input.files);
    input.value = "";
  };
  // A copied table brings a picture of itself along: where there is text, the text is meant.
  part("text").onpaste = ({ clipboardData }) => void (clipboardData?.types.includes("text/plain") || add(clipboardData?.files));
  document.ondragover = (event) => event.preventDefault();
  document.ondrop = (event) => {
    event.preventDefault();
    add(event.dataTransfer?.files);
  };
}

function makeTray() {
  const element = h("ul", { class: "tray", "aria-label": say("files") });
  const ready = new Map<HTMLElement, Enclosed>();

  function drop(line: HTMLElement): void {
    ready.delete(line);
    line.remove();
  }

  async function send(file: File): Promise<void> {
    complain("");
    if (element.childElementCount >= MOST) return complain(say("fileMany"));
    const bar = h("progress", { max: "1", value: "0", "aria-label": file.name });
    const remove = button("ib", () => drop(line), icon(CROSS));
    remove.ariaLabel = say("removeFile", { name: file.name });
    const line = h("li", "", h("span", { dir: "auto" }, file.name), bar, remove);
    element.append(line);
    try {
      const stands = await upload(file, await house.token(), (share) => (bar.value = share));
      bar.remove();
      if (line.isConnected) ready.set(line, stands);
    } catch (error) {
      const { reason } = error as Partial<No>;
      if (reason === "session") house.ended();
      drop(line);
      complain(`${file.name}: ${words(error as Partial<No>)}`);
    }
  }

  return {
    element,
    /** Whether something is still on its way. */
    busy: () => element.childElementCount > ready.size,
    add(files: FileList | null | undefined): void {
      for (const file of files ?? []) void send(file);
    },
    take(): Enclosed[] {
      const files = [...ready.values()];
      ready.clear();
      element.replaceChildren();
      return files;
    },
  };
}

const REASONS: Record<string, string> = {
  too_large: "fileLarge",
  kind: "fileKind",
  executable: "fileKind",
  pixels: "fileLarge",
  quota: "fileMany",
};

function words({ status, reason, retryAfter }: Partial<No>): string {
  if (status === 429) return say("fileWait", { n: Math.ceil(retryAfter! / 60) });
  return say(REASONS[reason ?? ""] ?? "fileFailed");
}
