// The service worker: hears pushes when no page is open, and leads to the conversation that rang.
// It keeps nothing of what pages show.
import "./worker/shell";

interface Pushed {
  id: number;
  title: string;
  body: string;
  url: string;
  tag: string;
}

interface Page {
  url: string;
  focused: boolean;
  visibilityState: string;
  focus(): Promise<Page>;
  navigate(url: string): Promise<Page | null>;
}

interface Waits extends Event {
  waitUntil(work: Promise<unknown>): void;
}

interface Here {
  registration: ServiceWorkerRegistration;
  clients: {
    matchAll(options: { type: "window"; includeUncontrolled: boolean }): Promise<Page[]>;
    openWindow(url: string): Promise<Page | null>;
    claim(): Promise<void>;
  };
  location: Location;
  skipWaiting(): Promise<void>;
  addEventListener(kind: "install" | "activate", hear: (event: Waits) => void): void;
  addEventListener(kind: "push", hear: (event: Waits & { data: { json(): unknown } | null }) => void): void;
  addEventListener(kind: "notificationclick", hear: (event: Waits & { notification: Notification }) => void): void;
}

const worker = self as unknown as Here;
const pages = () => worker.clients.matchAll({ type: "window", includeUncontrolled: true });
/** Only ever a path of this site. */
const ours = (url: unknown) => (typeof url === "string" && /^\/(?![/\\])/.test(url) ? url : "/");

worker.addEventListener("install", (event) => event.waitUntil(worker.skipWaiting()));
worker.addEventListener("activate", (event) => event.waitUntil(worker.clients.claim()));

worker.addEventListener("push", (event) => event.waitUntil(ring(event.data?.json() as Pushed | undefined)));

async function ring(pushed?: Pushed): Promise<void> {
  if (!pushed) return;
  // Somebody looks at Parley on this device right now: the page says it in its own way.
  if ((await pages()).some((page) => page.focused && page.visibilityState === "visible")) return;
  await worker.registration.showNotification(pushed.title, { body: pushed.body, tag: pushed.tag, data: { url: ours(pushed.url) } });
}

worker.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(open(ours((event.notification.data as { url?: string } | null)?.url)));
});

async function open(url: string): Promise<void> {
  const [page] = await pages();
  if (!page) return void (await worker.clients.openWindow(url));
  await page.focus();
  await page.navigate(url).catch(() => worker.clients.openWindow(url));
}
