// Menus are native popovers; this adds arrows, a filter, and closing once the choice was made.
import { all, find, parse, replace } from "./lib/dom";
import { request } from "./lib/http";
import { word } from "./lib/words";
import { toast } from "./notices";

// What htmx brought in was read without scripts: a noscript in it has elements, which nobody sees.
const items = (menu: ParentNode) => all(":not(noscript) > .menu__item", menu).filter((item) => !item.hidden);

function move(menu: HTMLElement, key: string): void {
  const list = items(menu);
  const at = list.indexOf(document.activeElement as HTMLElement);
  const next = { ArrowDown: at + 1, ArrowUp: at < 0 ? list.length - 1 : at - 1, Home: 0, End: list.length - 1 }[key] ?? 0;
  list[(next + list.length) % list.length]?.focus();
}

document.addEventListener("keydown", (event) => {
  const menu = (event.target as Element).closest?.<HTMLElement>(".menu:popover-open");
  if (!menu) return;
  const inField = event.target instanceof HTMLInputElement;
  if (event.key === "ArrowDown" || event.key === "ArrowUp" || (!inField && (event.key === "Home" || event.key === "End"))) {
    event.preventDefault();
    move(menu, event.key);
  } else if (event.key === "Enter" && inField) {
    event.preventDefault();
    items(menu)[0]?.click();
  }
});

const bare = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

document.addEventListener("input", (event) => {
  const field = event.target as HTMLInputElement;
  const menu = field.closest<HTMLElement>("[data-filter]") && field.closest<HTMLElement>(".menu");
  if (!menu) return;
  const typed = bare(field.value.trim());
  const choices = all(".menu__item:not([data-make-label])", menu);
  for (const item of choices) item.hidden = !bare(item.textContent ?? "").includes(typed);
  const make = find("[data-make-label]", menu);
  if (make) make.hidden = !typed || choices.some((item) => bare(item.textContent ?? "").trim() === typed);
});

/** Fills what is fetched only when somebody looks: it is asked for anew each time, since others change it too. */
export async function fill(within: ParentNode, query = ""): Promise<void> {
  await Promise.all(all("[data-load]", within).map((place) => fillOne(place, query)));
}

async function fillOne(place: HTMLElement, query: string): Promise<void> {
  const url = place.dataset["load"];
  if (!url) return;
  const html = await (await request(url + query)).text();
  const next = parse(html);
  if (!next || !place.isConnected) return;
  next.dataset["load"] = url;
  replace(place, next);
}

/** What can be done to a message stands once on the page: two hundred menus would be half of a long thread. */
function equip(menu: HTMLElement): void {
  const place = find("[data-items]:empty", menu);
  const { of = "", seq = "" } = menu.closest<HTMLElement>(".msg")?.dataset ?? {};
  const model = document.getElementById("message-items");
  if (!place || !model || !of) return;
  const pk = menu.id.replace(/^\D+/, "");
  place.innerHTML = model.innerHTML
    .replaceAll("/conversations/0/", `/conversations/${of}/`)
    .replaceAll("/messages/0/", `/messages/${pk}/`)
    .replaceAll("message=0", `message=${pk}`)
    .replaceAll("message-0", `message-${pk}`)
    .replaceAll('value="0"', `value="${seq}"`);
}

document.addEventListener("beforetoggle", (event) => {
  const menu = event.target as HTMLElement;
  if ((event as ToggleEvent).newState !== "open" || !menu.matches?.(".menu")) return;
  equip(menu);
  void fill(menu)
    .then(() => menu.matches(":popover-open") && !menu.contains(document.activeElement) && (find("[data-filter] input", menu) ?? items(menu)[0])?.focus())
    .catch(() => toast(word("notSaved")));
}, true);

/** Opens a menu beside a button that is shown; the one that led here closes, so that there is one at a time. */
export function openMenu(id: string): boolean {
  const menu = document.getElementById(id);
  // Closed first: a button inside of it has no place any more, and a menu beside it would open in the corner.
  find<HTMLElement>(".menu:popover-open")?.hidePopover();
  const beside = [`[popovertarget="${id}"]`, "#more-button"].map((name) => find(name)).find((button) => button?.offsetParent);
  (menu as { showPopover?(options: { source?: HTMLElement | null }): void } | null)?.showPopover?.({ source: beside ?? null });
  return Boolean(menu);
}

document.addEventListener("click", (event) => {
  const button = (event.target as Element).closest<HTMLElement>(".menu [popovertarget]");
  if (!button) return;
  event.preventDefault();
  openMenu(button.getAttribute("popovertarget") ?? "");
});

// `toggle` does not bubble, so it is caught on its way down.
document.addEventListener("toggle", (event) => {
  const menu = event.target as HTMLElement;
  if (!menu.matches?.(".menu")) return;
  const field = find<HTMLInputElement>("[data-filter] input", menu);
  if (field?.value) {
    field.value = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }
  const given = find("#conversation-header")?.dataset["assignee"] ?? "";
  for (const item of all<HTMLButtonElement>("[name=assignee]", menu)) item.setAttribute("aria-current", String(item.value === given));
  if ((event as ToggleEvent).newState === "open") (field ?? items(menu)[0])?.focus();
}, true);

// A form that leads back here leads back to what is open now, not to what was open when the page was loaded.
document.addEventListener("submit", (event) => {
  const back = find<HTMLInputElement>("input[type=hidden][name=next]", event.target as HTMLFormElement);
  if (back && find("#list")) back.value = location.pathname + location.search;
}, true);

// A link that downloads leaves the page where it is, and the menu was for one choice.
document.addEventListener("click", (event) => {
  const link = (event.target as Element).closest("a.menu__item[download]");
  link?.closest<HTMLElement>("[popover]")?.hidePopover();
});

document.addEventListener("htmx:afterRequest", (event) => {
  const menu = (event.target as Element).closest<HTMLElement>("[popover]");
  if (menu?.matches(":popover-open")) menu.hidePopover();
});
