/** What the customer's page asks of the panel, and what it may like to know. */
import type { Message, ToPanel } from "../protocol";
import { data } from "../panel/data";
import { part } from "../panel/dom";
import { drawMeet } from "./head";
import { house } from "./house";

type Asked = Extract<Message<ToPanel>, { type: "who" | "forget" | "leaving" }>;

const CARE_AGAIN = 3000;

type Who = Extract<Asked, { type: "who" }>;

let isFurnished = false;
let waits: Who | undefined;

export function asked(message: Asked): void {
  if (message.type === "forget") forget();
  else if (message.type === "leaving") document.dispatchEvent(new Event("leaving"));
  else void meet(message);
}

/** Somebody opened the panel: whoever came only to be known has a session now. */
export function openedOnce(): void {
  isFurnished = true;
  if (waits) void identify(waits);
}

/** Where a rule asks who comes, every page view brings a signature here: most of them never want a chat, and need no session. */
async function meet(message: Who): Promise<void> {
  if (data.who) {
    const { email, token } = message;
    const found = await house.call<{ pass: string }>("known/", { email, token }).catch(() => ({ pass: "" }));
    house.tell("known", found.pass);
    if (!isFurnished && !house.get("token")) return void (waits = message);
  }
  await identify(message);
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
    if (changed) house.resume();
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
    drawMeet(chat.agent);
    if (chat.conversation && chat.conversation !== shown) house.tell("selected", chat.conversation);
    else if (chat.closed && !closed && shown) house.tell("ended", shown);
    shown = chat.conversation;
    closed = chat.closed;
  };
  house.drawn();
  const panel = part("panel");
  const acted = (): void => house.tell("interacted", "");
  panel.addEventListener("pointerdown", acted, { once: true });
}
