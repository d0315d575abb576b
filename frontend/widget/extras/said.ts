/** What people wrote, when it holds web addresses. */
import { h } from "../panel/dom";

const LINK = /\bhttps?:\/\/[^\s<>"']{3,2000}/g;
const TRAILING = /[.,;:!?…»)\]}]+$/;

/** A text with its web addresses made into links; a link says nothing of this page to where it leads. */
export function linked(text: string): DocumentFragment {
  const made = document.createDocumentFragment();
  let at = 0;
  for (const found of text.matchAll(LINK)) {
    const address = found[0].replace(TRAILING, "");
    if (!URL.canParse(address)) continue;
    const link = h("a", { href: address, target: "_blank", rel: "noopener noreferrer nofollow ugc" }, address);
    made.append(text.slice(at, found.index), link);
    at = found.index! + address.length;
  }
  made.append(text.slice(at));
  return made;
}
