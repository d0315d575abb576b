// Notifications of the browser itself: while the page is in the background, and, by a push, when it is closed.
import { all, find } from "./lib/dom";
import { post, Refused } from "./lib/http";
import type { Item } from "./lib/rung";
import { word } from "./lib/words";

const WORKER = "/sw.js";
const FRESH = "parley:push"; // this session has told the server of its device

const able = () => "Notification" in window && "serviceWorker" in navigator;

/** Shown by the service worker where there is one: telephones know no other way. */
export function inBackground(item: Item): void {
  if (!able() || Notification.permission !== "granted") return;
  const tag = item.conversation ? `c${item.conversation}` : `n${item.id}`;
  const options = { body: item.text, tag, data: { url: item.url } };
  void navigator.serviceWorker.getRegistration().then((worker) => {
    if (worker?.active) return worker.showNotification(item.title, options);
    const shown = new Notification(item.title, options);
    shown.onclick = () => {
      window.focus();
      location.assign(item.url);
    };
  });
}

// ── This device ──

async function letRing(panel: HTMLElement): Promise<void> {
  const permission = await Notification.requestPermission();
  if (permission !== "granted") return say(panel, word("pushDenied"));
  await navigator.serviceWorker.register(WORKER, { scope: "/" });
  try {
    await subscribe(panel.dataset["pushKey"] ?? "", panel.dataset["pushUrl"] ?? "");
    location.reload();
  } catch (error) {
    say(panel, error instanceof Refused && error.message ? error.message : word("pushFailed"));
  }
}

async function subscribe(key: string, url: string): Promise<void> {
  const worker = await navigator.serviceWorker.ready;
  let known = await worker.pushManager.getSubscription();
  if (known && spelled(known.options.applicationServerKey) !== key) {
    await known.unsubscribe(); // made for another key of ours, which was changed since
    known = null;
  }
  known ??= await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
  const { endpoint, keys } = known.toJSON();
  await post(url, { endpoint: endpoint ?? "", p256dh: keys?.["p256dh"] ?? "", auth: keys?.["auth"] ?? "" });
}

function spelled(key: ArrayBuffer | null): string {
  const bytes = String.fromCharCode(...new Uint8Array(key ?? new ArrayBuffer(0)));
  return btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

function say(panel: HTMLElement, text: string): void {
  const place = find("[data-push-state]", panel);
  if (place) place.textContent = text;
}

document.addEventListener("click", (event) => {
  const panel = (event.target as Element).closest("[data-push-allow]")?.closest<HTMLElement>("[data-push]");
  if (panel) void letRing(panel);
});

/** A new session of the same browser: the server must know that it is signed in again. */
async function renew(): Promise<void> {
  const bell = find("[data-bell]");
  if (!bell || !able() || Notification.permission !== "granted" || sessionStorage.getItem(FRESH)) return;
  const worker = await navigator.serviceWorker.getRegistration();
  if (!(await worker?.pushManager.getSubscription())) return;
  await subscribe(bell.dataset["pushKey"] ?? "", bell.dataset["pushUrl"] ?? "");
  sessionStorage.setItem(FRESH, "1");
}

document.addEventListener("DOMContentLoaded", () => {
  for (const panel of all("[data-push]")) {
    panel.hidden = false;
    if (able() && "PushManager" in window) continue;
    find<HTMLButtonElement>("[data-push-allow]", panel)?.remove();
    say(panel, word("pushNone"));
  }
  renew().catch(() => undefined);
});
