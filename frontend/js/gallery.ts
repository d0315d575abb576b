// All pictures and files of the thread in one place; pictures one at a time, with the arrows.
import { all, find } from "./lib/dom";

const dialog = () => find<HTMLDialogElement>("#gallery");
const sources = () => all<HTMLAnchorElement>("#messages a[data-picture]");
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

/** Everything that was sent, pictures first. */
function showAll(): void {
  const box = dialog();
  const place = box && find("[data-gallery-all]", box);
  if (!box || !place) return;
  at = -1;
  const files = all("#messages a.file");
  place.replaceChildren(...[...sources(), ...files].map((each) => each.cloneNode(true)));
  look(box, false);
  find("[data-gallery-none]", box)!.hidden = place.childElementCount > 0;
  find("[data-gallery-save]", box)!.hidden = true;
  find("[data-gallery-name]", box)!.textContent = box.dataset["title"] ??= find("[data-gallery-name]", box)!.textContent ?? "";
  find("[data-gallery-count]", box)!.textContent = String(place.childElementCount || "");
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
    const index = sources().findIndex((each) => each.href === link.href);
    if (index < 0) return; // one beside the thread, of another conversation: it opens by itself
    event.preventDefault();
    show(index);
    open();
  }
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
