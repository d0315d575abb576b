// Macros: several things in one go. Run from the menu, by `\` while writing, from the palette; all are undone with Z.
import { find, openConversation } from "./lib/dom";
import { newest } from "./collision";
import { does } from "./lib/keymap";
import { openMenu } from "./menus";
import { act } from "./verbs";

/** What stands on the screen: a macro that answers is kept back when there is more (held send). */
function seen(): Record<string, string> {
  const upto = String(newest());
  return { began: upto, seen: upto };
}

export const runMacro = (url: string): void => act(url, seen());

// The forms of the menu are verbs like others; they say what was seen, too.
document.addEventListener("submit", (event) => {
  const form = event.target as HTMLFormElement;
  if (!form.matches("[data-macro]")) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  form.closest<HTMLElement>("[popover]:popover-open")?.hidePopover();
  runMacro(form.action);
}, true);

document.addEventListener("macro:choose", (event) => {
  const place = find("[data-composer]");
  const url = place?.dataset["macroUrl"];
  if (!url) return;
  event.preventDefault();
  runMacro(url.replace(/\/0\/$/, `/${(event as CustomEvent<string>).detail}/`));
});

does("macros", () => Boolean(openConversation() && find("#macro-menu")) && openMenu("macro-menu"));
