// Files for a reply: chosen, pasted or dropped; each travels at once, and stands as a chip until the reply takes it along.
import { all, find, make, parse } from "./lib/dom";
import { announce } from "./lib/announce";
import { on } from "./lib/frames";
import { token } from "./lib/http";
import { word } from "./lib/words";
import { toast } from "./notices";
import { focusOn } from "./rich";

const replyForm = (from: EventTarget | null) =>
  (from as Element | null)?.closest?.("[data-composer], [data-compose]")?.querySelector<HTMLFormElement>("form[data-upload-url]") ?? null;
const chips = (form: HTMLElement) => find("[data-chips]", form);

/** Whether a file is still on its way; says so. */
export function uploading(form: HTMLElement): boolean {
  const busy = Boolean(find("[data-chip][aria-busy]", form));
  if (busy) toast(word("stillUploading"));
  return busy;
}

/** Takes the chips off the form, as what the reply sends along. */
export function takeFiles(form: HTMLElement): { key: string; name: string }[] {
  return all("[data-chip]", form).map((chip) => {
    chip.remove();
    return { key: find<HTMLInputElement>("[name=files]", chip)?.value ?? "", name: find("[data-name]", chip)?.textContent ?? "" };
  });
}

function add(form: HTMLFormElement, files: Iterable<File>): void {
  const radio = find<HTMLInputElement>("[name=mode][value=reply]", form.closest("[data-composer]") ?? form);
  if (radio) radio.checked = true;
  for (const file of files) upload(form, file);
}

function upload(form: HTMLFormElement, file: File): void {
  const { chip, bar, remove } = draw(file.name);
  chips(form)?.append(chip);
  const request = new XMLHttpRequest();
  remove.addEventListener("click", () => {
    request.abort();
    chip.remove();
  });
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.value = total ? loaded / total : 0;
    bar.setAttribute("aria-label", word("uploading", { name: file.name, n: Math.round(bar.value * 100) }));
  });
  request.addEventListener("load", () => done(request, chip, file.name));
  request.addEventListener("error", () => refuse(chip, file.name, ""));
  request.open("POST", form.dataset["uploadUrl"] ?? "");
  request.setRequestHeader("X-CSRFToken", token());
  request.setRequestHeader("HX-Request", "true");
  const body = new FormData();
  body.set("file", file, file.name);
  request.send(body);
}

function done(request: XMLHttpRequest, chip: HTMLElement, name: string): void {
  const made = request.status === 200 ? parse(request.responseText) : null;
  if (!made?.matches("[data-chip]")) return refuse(chip, name, request.status === 422 ? request.responseText : "");
  const form = chip.closest("form");
  chip.replaceWith(made);
  // A file belongs to the draft of a letter.
  if (form) find("textarea", form)?.dispatchEvent(new Event("input", { bubbles: true }));
  announce(word("attached", { name }));
}

function refuse(chip: HTMLElement, name: string, why: string): void {
  chip.remove();
  toast(`${word("attachedNone", { name })} ${why}`.trim());
}

function draw(name: string): { chip: HTMLElement; bar: HTMLProgressElement; remove: HTMLElement } {
  const bar = make("progress", { max: "1", value: "0" }) as HTMLProgressElement;
  const remove = make("button", { class: "chip__x", type: "button", "aria-label": word("removeFile", { name }) }, "×");
  const label = make("bdi", { class: "clip", "data-name": "" }, name);
  return { chip: make("li", { class: "chip", "data-chip": "", "aria-busy": "true" }, label, bar, remove), bar, remove };
}

document.addEventListener("change", (event) => {
  const input = event.target;
  if (!(input instanceof HTMLInputElement) || !input.matches("[data-attach]") || !input.form || !input.files) return;
  add(input.form, [...input.files]);
  input.value = "";
});

document.addEventListener("click", (event) => {
  const chip = (event.target as Element).closest("[data-remove]")?.closest<HTMLElement>("[data-chip]");
  if (!chip) return;
  const url = chip.dataset["discardUrl"];
  const form = replyForm(chip);
  chip.remove();
  if (form) focusOn(form);
  // What is not thrown away now is swept within a day.
  if (url) fetch(url, { method: "POST", headers: { "X-CSRFToken": token() } }).catch(() => undefined);
});

document.addEventListener("paste", (event) => {
  const form = event.defaultPrevented ? null : replyForm(event.target); // the editor takes pictures into the text
  const files = event.clipboardData?.files;
  // A copied table brings a picture of itself along: where there is text, the text is meant.
  if (!form || !files?.length || event.clipboardData?.types.includes("text/plain")) return;
  event.preventDefault();
  add(form, [...files]);
});

const carries = (event: DragEvent) => event.dataTransfer?.types.includes("Files") ?? false;
const overThread = (event: DragEvent) => (event.target as Element).closest?.(".thread")?.querySelector("[data-composer]") ?? null;

document.addEventListener("dragover", (event) => {
  if (!carries(event)) return;
  event.preventDefault(); // a file dropped beside the thread must not replace the page
  const composer = overThread(event);
  if (event.dataTransfer) event.dataTransfer.dropEffect = composer ? "copy" : "none";
  composer?.setAttribute("data-drop", "");
});
const dropEnds = () => all("[data-composer][data-drop]").forEach((composer) => composer.removeAttribute("data-drop"));
document.addEventListener("dragleave", (event) => !event.relatedTarget && dropEnds());
document.addEventListener("drop", (event) => {
  if (!carries(event)) return;
  const taken = event.defaultPrevented; // by the editor, into the text
  event.preventDefault();
  dropEnds();
  if (taken) return;
  const form = replyForm(overThread(event));
  if (form && event.dataTransfer) add(form, [...event.dataTransfer.files]);
});
on("conversation:leaving", dropEnds);
