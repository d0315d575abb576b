// What shows without a network: one page of words and the files it is drawn with. Pages with data are never kept.

const KEPT = "parley-shell-1";
const PAGE = "/offline/";

interface Waits extends Event {
  waitUntil(work: Promise<unknown>): void;
}
interface Asks extends Event {
  request: Request;
  respondWith(answer: Promise<Response>): void;
}
interface Here {
  addEventListener(kind: "install" | "activate", hear: (event: Waits) => void): void;
  addEventListener(kind: "fetch", hear: (event: Asks) => void): void;
}

const worker = self as unknown as Here;
const kept = async (what: Request | string) => (await caches.match(what)) ?? Response.error();

/** The page and what it names under /static/. */
async function keep(): Promise<void> {
  const page = await fetch(PAGE, { cache: "no-store", credentials: "omit" });
  if (!page.ok) return;
  const named = [...(await page.clone().text()).matchAll(/(?:href|src)="(\/static\/[^"#]+)"/g)].map((match) => match[1] ?? "");
  const shelf = await caches.open(KEPT);
  for (const old of await shelf.keys()) await shelf.delete(old);
  await Promise.all([shelf.put(PAGE, page), ...[...new Set(named)].map((url) => shelf.add(url).catch(() => undefined))]);
}

async function forget(): Promise<void> {
  for (const name of await caches.keys()) if (name.startsWith("parley-shell-") && name !== KEPT) await caches.delete(name);
}

worker.addEventListener("install", (event) => event.waitUntil(keep().catch(() => undefined)));
worker.addEventListener("activate", (event) => event.waitUntil(forget()));

// Only a page that cannot be had is replaced; its files are asked for here only while there is no network at all.
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(fetch(request).catch(() => kept(PAGE)));
  else if (!navigator.onLine && url.pathname.startsWith("/static/")) event.respondWith(fetch(request).catch(() => kept(request)));
});
