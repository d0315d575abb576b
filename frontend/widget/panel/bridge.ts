/** The customer's page around us. It is spoken to only when it is one of the channel's sites, and by its exact name. */
import { listen, TO_PANEL, type Message, type ToPage, type ToPanel } from "../protocol";
import { data } from "./data";

/** What the page around us wrote behind the number sign: its origin, to which the browser holds it, and its address. */
export let around = "";
const origin = (() => {
  try {
    const [claimed, page = ""] = location.hash.slice(1).split("&").map(decodeURIComponent);
    around = page;
    return claimed && new URL(claimed).origin === claimed && isOurs(claimed) ? claimed : "";
  } catch {
    return "";
  }
})();

function isOurs(claimed: string): boolean {
  if (claimed === location.origin) return true;
  return data.sites.some((site) => {
    const [scheme, hosts] = site.split("*");
    return hosts ? claimed.startsWith(scheme!) && claimed.endsWith(hosts) : claimed === site;
  });
}

export function tellPage(message: Message<ToPage>): void {
  if (origin && parent !== window) parent.postMessage({ parley: 1, ...message }, origin);
}

export function hearPage(heard: (message: Message<ToPanel>) => void): void {
  if (origin && parent !== window) listen({ source: () => parent, origin }, TO_PANEL, heard);
}

/** Opened by its address, without a page around it: then it is simply open. */
export const alone = parent === window;
