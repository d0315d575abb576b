/** What the customer's page asks of the panel, and what it may like to know. */
import type { Message, ToPanel } from "../protocol";
import { data } from "../panel/data";
import { part } from "../panel/dom";
import { house } from "./house";

type Asked = Extract<Message<ToPanel>, { type: "who" | "forget" }>;

const CARE_AGAIN = 3000;

export function asked(message: Asked): void {
  if (message.type === "who") void identify(message);
  else forget();
}

/** A signature that does not hold changes nothing for the visitor: they are nobody in particular, and the site is told. */
async function identify({ email, token }: { email: string; token: string }): Promise<void> {
  if (house.get("who") === token) return;
  try {
    await house.token();
    const { changed } = await house.call<{ changed: boolean }>("identify/", { email, token });
    house.set("who", token);
    house.tell("associated", "");
    // Everything that is theirs, and nothing of before: the panel begins anew.
    if (changed) location.reload();
  } catch {
    console.warn("Parley: this identification is not valid.");
    house.tell("unidentified", "");
  }
}

function forget(): void {
  try {
    for (const name of Object.keys(localStorage)) if (name.startsWith(`parley:${data.key}:`)) localStorage.removeItem(name);
    indexedDB.deleteDatabase(`parley:${data.key}`);
  } catch {
    // a browser that keeps nothing has nothing to forget
  }
  location.reload();
}

/** Consent, address, survey and articles lie in a third file; what must be agreed to first holds back writing until it is there. */
export async function fetchCare(tries = 0): Promise<void> {
  try {
    (await import(data.more + (tries ? `?${tries}` : ""))).settle(house);
  } catch {
    setTimeout(fetchCare, CARE_AGAIN, tries + 1);
  }
}

export function watchAll(): void {
  let shown = house.conversation();
  let closed = house.chat().closed;
  house.drawn = () => {
    const chat = house.chat();
    if (chat.conversation && chat.conversation !== shown) house.tell("selected", chat.conversation);
    else if (chat.closed && !closed && shown) house.tell("ended", shown);
    shown = chat.conversation;
    closed = chat.closed;
  };
  const panel = part("panel");
  const acted = (): void => house.tell("interacted", "");
  panel.addEventListener("pointerdown", acted, { once: true });
}
