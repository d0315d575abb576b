// The tab one is on may stand beyond the end of a row of tabs that scrolls.
import { all, find } from "./lib/dom";

for (const tabs of all<HTMLElement>(".tabs, .tabs__in")) {
  const here = find<HTMLElement>(":scope > [aria-current=page]", tabs);
  if (here) tabs.scrollLeft = here.offsetLeft - tabs.offsetLeft - (tabs.clientWidth - here.offsetWidth) / 2;
}
