/** Files as they stand in the conversation. */
import { data, type Enclosed } from "../panel/data";
import { h } from "../panel/dom";
import { house } from "./house";
import { icon, PAPER } from "./icon";

const FRESH_FOR = 240_000; // their addresses are good for five minutes

const born = new Map<string, number>();
const drawn = new Map<string, HTMLAnchorElement>();

/** A file's row, or its small picture. Drawn once: what has loaded is not fetched again when its message changes. */
export function enclosed(file: Enclosed): HTMLElement {
  const known = drawn.get(file.id);
  if (known) return known;
  const image = file.thumb ? h("img", { src: file.thumb, alt: file.name }) : null;
  // What is downloaded by name never takes the panel's place, whatever comes of it.
  const made = h("a", { class: image ? "pic" : "file", href: file.url, target: image && "_blank", download: image ? null : file.name });
  if (image) made.append(image);
  else made.append(icon(PAPER), h("span", "", h("b", { dir: "auto" }, file.name), h("small", "", size(file.size))));
  const renew = async (): Promise<void> => {
    const fresh = await house.call<Enclosed>(`files/${file.id}/link/`);
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
