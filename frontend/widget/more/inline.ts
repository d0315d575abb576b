/** Launcher of the page, where a node is named for it: always open, without a button, until it is removed (WI-4). */
import type { Launcher } from "../launcher/launcher";

const INLINE = `.box > .frame.frame { position: static; display: block; width: 100%; max-width: none; height: 100%; min-height: 320px; border-radius: 0; box-shadow: none; animation: none; }
.launch, .hello { display: none !important; }`;

export function embed({ host, box, open }: Launcher, selector: string): void {
  const place = document.querySelector(selector);
  if (!place) return console.warn(`Parley: nothing on this page is ${selector}.`);
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(INLINE);
  const root = host.shadowRoot!;
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
  place.append(host);
  open("last");
  // Closed from inside, it opens again: there is no button here to do so.
  new MutationObserver(() => box.classList.contains("open") || open("last")).observe(box, { attributes: true });
}
