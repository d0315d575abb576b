/** The customer's page around us. It is spoken to only when it is one of the channel's sites, and by its exact name. */
import { listen, TO_PANEL, type Message, type ToPage, type ToPanel } from "../protocol";
import { data } from "./data";

/** Which page frames us; it wrote its origin behind the number sign, and the browser holds it to that. */
const origin = (() => {
  try {
    const claimed = decodeURIComponent(location.hash.slice(1));
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
