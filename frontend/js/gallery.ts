// All pictures and files of the conversation in one place, fetched by pages; pictures one at a time, with the arrows.
import { all, find, parse } from "./lib/dom";
import { request } from "./lib/http";
import { word } from "./lib/words";
import { toast } from "./notices";

const dialog = () => find<HTMLDialogElement>("#gallery");
/** Where the arrows go: through what the thread shows, or through everything that was fetched. */
let among = "#messages";
const sources = () => all<HTMLAnchorElement>(`${among} a[data-picture]`);
let at = -1;

/** Shows one picture at its full size; those that are not open are not loaded. */
function show(index: number): void {
  const pictures = sources();
  const box = dialog();
  const link = pictures[(index + pictures.length) % pictures.length];
  if (!box || !link) return;
  at = pictures.indexOf(link);
  const name = link.dataset["picture"] ?? "";
  const picture = find<HTMLImageElement>("[data-gallery-picture]", box);
  if (picture) {
    picture.src = link.href;
    picture.alt = name;
  }
  find("[data-gallery-name]", box)!.textContent = name;
  find("[data-gallery-count]", box)!.textContent = `${at + 1} / ${pictures.length}`;
  const save = find<HTMLAnchorElement>("[data-gallery-save]", box)!;
  save.href = link.href;
  save.hidden = false;
  look(box, true);
}

function look(box: HTMLElement, one: boolean): void {
  find("[data-gallery-one]", box)!.hidden = !one;
  find("[data-gallery-all]", box)!.hidden = one;
  find("[data-gallery-none]", box)!.hidden = true;
}

/** Everything that was sent, newest first: also what stands on no page of the thread that is loaded. */
function showAll(): void {
  const box = dialog();
  const place = box && find("[data-gallery-all]", box);
  if (!box || !place) return;
  at = -1;
  look(box, false);
  find("[data-gallery-save]", box)!.hidden = true;
  find("[data-gallery-name]", box)!.textContent = box.dataset["title"] ?? "";
  place.replaceChildren();
  void more(box, box.dataset["filesUrl"] ?? "");
}

/** One page more of it; the button that asked goes. */
async function more(box: HTMLElement, url: string): Promise<void> {
  const place = find("[data-gallery-all]", box);
  try {
    const page = parse(await (await request(url)).text());
    find("[data-gallery-more]", box)?.remove();
    const first = page?.querySelector<HTMLElement>("a");
    if (page) place?.append(...page.childNodes);
    first?.focus();
  } catch {
    toast(word("notSaved"));
  }
  const n = place ? all("a[data-picture], .file", place).length : 0;
  find("[data-gallery-none]", box)!.hidden = n > 0;
  find("[data-gallery-count]", box)!.textContent = n ? `${n}${find("[data-gallery-more]", box) ? "+" : ""}` : "";
}

function open(): void {
  const box = dialog();
  if (box && !box.open) box.showModal();
}

const plain = (event: MouseEvent) => event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;

document.addEventListener("click", (event) => {
  const target = event.target as Element;
  const link = target.closest<HTMLAnchorElement>("a[data-picture]");
  if (link && plain(event) && dialog()) {
    among = link.closest("#gallery") ? "#gallery" : "#messages";
    const index = sources().findIndex((each) => each.href === link.href);
    if (index < 0) return; // one beside the thread, of another conversation: it opens by itself
    event.preventDefault();
    show(index);
    open();
  }
  const older = target.closest<HTMLElement>("[data-gallery-more]");
  if (older && dialog()) void more(dialog()!, older.dataset["galleryMore"] ?? "");
  const step = target.closest<HTMLElement>("[data-gallery-step]");
  if (step) show(at + Number(step.dataset["galleryStep"]));
  if (target.closest("[data-gallery]")) {
    find<HTMLElement>(".menu:popover-open")?.hidePopover();
    showAll();
    open();
  }
});

document.addEventListener("keydown", (event) => {
  const box = dialog();
  if (!box?.open || at < 0 || !/^Arrow(Left|Right)$/.test(event.key)) return;
  event.preventDefault();
  const forwards = (event.key === "ArrowRight") === (document.documentElement.dir !== "rtl");
  show(at + (forwards ? 1 : -1));
});
