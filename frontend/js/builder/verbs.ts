// Opening a step, adding one, asking before one goes: links of the page, answered in their place.
import { find } from "./dom";
import { ask, base, main, withResults } from "./page";
import { flush } from "./form";

const here = (): string => `${base()}build/`;

export async function open(id: string, focus = false): Promise<void> {
  await flush();
  await ask(id ? `${here()}?step=${encodeURIComponent(id)}` : here());
  history.replaceState(null, "", withResults(id ? `?step=${encodeURIComponent(id)}` : here()));
  delete main().dataset["trying"];
  const panel = find<HTMLElement>("#flow-panel");
  if (!focus || !panel) return;
  if (innerWidth < 720) panel.scrollIntoView({ block: "start" });
  find<HTMLElement>("#step-form :is(textarea, input:not([type=hidden]), select), a, button", panel)?.focus();
}

export async function add(url: string): Promise<void> {
  await flush();
  await ask(url);
  find<HTMLElement>(".flowpanel__kind")?.focus();
}

export async function part(url: string): Promise<void> {
  await flush();
  await ask(url);
  find<HTMLElement>("#flow-panel form button.btn--danger")?.focus();
}

async function turnTo(tab: string): Promise<void> {
  await flush();
  const address = tab ? `${here()}?tab=${tab}` : here();
  await ask(address);
  history.replaceState(null, "", withResults(address));
}

document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  const link = (event.target as Element).closest<HTMLAnchorElement>("a[data-flow-open], a[data-flow-add], a[data-flow-part], a[data-flow-tab]");
  if (!link) return;
  event.preventDefault();
  if (link.dataset["flowOpen"] !== undefined) void open(link.dataset["flowOpen"], link.matches("[data-card]") && event.detail === 0);
  else if (link.dataset["flowAdd"] !== undefined) void add(link.href);
  else if (link.dataset["flowTab"] !== undefined) void turnTo(link.dataset["flowTab"]);
  else void part(link.href);
});
