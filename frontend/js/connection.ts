// The page's one line to the server: a socket that comes back by itself, and polling where sockets are blocked.
import { find } from "./lib/dom";
import { announceFrame, type Frame, signal } from "./lib/frames";
import { post, Refused, request } from "./lib/http";
import { word } from "./lib/words";
import { toast } from "./notices";
import { clock } from "./time";

const SILENCE = 60_000; // the server speaks every 25 s
const POLL_EVERY = 4_000;
const SOCKET_AGAIN = 60_000; // how often polling looks for a socket
const LONGEST_WAIT = 30_000;
const RESTARTING = 1012; // everybody was sent away at once,
const SPREAD = 10_000; // and comes back spread over this long
const PATIENCE = 1_500; // shorter gaps are not worth a word

let socket: WebSocket | null = null;
let last = 0;
let complete = new Date();
let failures = 0;
let timer = 0;
let silence = 0;
let polling = 0;
let stopped = false;

const page = () => document.body.dataset;
/** How this page hears of things stands in the DOM: `data-line` is open, polling or lost. */
const mark = (state: "open" | "polling" | "lost") => (document.documentElement.dataset["line"] = state);

function start(): void {
  if (!("live" in page())) return;
  last = Number(page()["live"]) || 0;
  void connect();
}

async function connect(): Promise<void> {
  window.clearTimeout(timer);
  if (stopped || socket) return;
  try {
    const answer = (await (await post(page()["ticketUrl"] ?? "")).json()) as { ticket: string };
    if (!socket && !stopped) open(answer.ticket);
  } catch (error) {
    if (error instanceof Refused && [401, 403, 404].includes(error.status)) return signOut();
    failures += 1;
    later();
  }
}

function open(ticket: string): void {
  const opened = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/live/agent/`);
  let ready = false;
  socket = opened;
  watch();
  opened.onopen = () => say({ t: "hello", ticket, after: last, lang: document.documentElement.lang });
  opened.onmessage = (message) => {
    watch();
    const frame = JSON.parse(String(message.data)) as Frame;
    if (frame.t === "ready" && !ready) {
      ready = true;
      established();
    }
    hear(frame);
  };
  opened.onclose = (event) => {
    if (socket !== opened) return;
    socket = null;
    mark("lost");
    if (!ready) failures += 1;
    later(event.code === RESTARTING ? Math.random() * SPREAD : undefined);
  };
}

function established(): void {
  failures = 0;
  mark("open");
  stopPolling();
  const banner = find("#connection");
  if (banner) banner.hidden = true;
  signal("connected");
}

/** A socket that says nothing for long is dead, whatever it believes. */
function watch(): void {
  window.clearTimeout(silence);
  silence = window.setTimeout(() => drop(), SILENCE);
}

function drop(): void {
  const dead = socket;
  socket = null;
  mark("lost");
  dead?.close();
  later();
}

/** Tries again: soon after the first loss, then more rarely, never all at once. */
function later(after?: number): void {
  window.clearTimeout(timer);
  if (stopped) return;
  if (failures >= 2) startPolling();
  const wait = polling ? SOCKET_AGAIN : Math.min(LONGEST_WAIT, 500 * 2 ** failures) * (0.5 + Math.random());
  timer = window.setTimeout(() => void connect(), after ?? wait);
  if (!polling) window.setTimeout(tellAbsence, PATIENCE);
}

function tellAbsence(): void {
  const banner = find("#connection");
  if (!banner || socket?.readyState === WebSocket.OPEN || polling || stopped) return;
  banner.textContent = word(navigator.onLine ? "reconnecting" : "offline", { time: clock(complete) });
  banner.hidden = false;
}

function say(frame: Record<string, unknown>): void {
  if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
}

function hear(frame: Frame): void {
  if (frame.t === "event") last = Math.max(last, frame.id);
  // Ready means: everything up to the head was sent.
  if (frame.t === "ready") last = Math.max(last, frame.head);
  if (frame.t === "ping" && frame.head > last) say({ t: "sync", after: last });
  if (frame.t === "reload") return askToReload();
  if (frame.t !== "typing" && frame.t !== "presence") complete = new Date();
  announceFrame(frame);
}

/** Too much was missed to tell it piece by piece. Whoever is writing decides when. */
function askToReload(): void {
  const banner = find("#connection");
  if (!document.activeElement?.matches("textarea, input")) return location.reload();
  if (!banner) return;
  const link = document.createElement("a");
  link.href = location.href;
  link.textContent = word("reload");
  banner.replaceChildren(link);
  banner.hidden = false;
}

function startPolling(): void {
  if (polling) return;
  mark("polling");
  polling = window.setInterval(() => void poll(), POLL_EVERY);
  void poll();
}

function stopPolling(): void {
  window.clearInterval(polling);
  polling = 0;
}

async function poll(): Promise<void> {
  if (document.hidden && Math.random() > 0.25) return; // nobody looks: a quarter of the questions is enough
  try {
    const answer = await request(`${page()["sinceUrl"]}?after=${last}`);
    const { frames, head, reload } = (await answer.json()) as { frames: Frame[]; head: number; reload?: boolean };
    if (reload) return askToReload();
    for (const frame of frames) hear(frame);
    hear({ t: "ready", head });
    const banner = find("#connection");
    if (banner) banner.hidden = true;
  } catch (error) {
    if (error instanceof Refused && error.status === 401) return signOut();
    const banner = find("#connection");
    if (!banner) return;
    banner.textContent = word(navigator.onLine ? "reconnecting" : "offline", { time: clock(complete) });
    banner.hidden = false;
  }
}

function signOut(): void {
  stopped = true;
  stopPolling();
  const banner = find("#connection");
  if (!banner) return void toast(word("signedOut"));
  banner.textContent = word("signedOut");
  banner.hidden = false;
}

document.addEventListener("tell", (event) => say((event as CustomEvent<Record<string, unknown>>).detail));
document.addEventListener("DOMContentLoaded", start);
window.addEventListener("online", () => {
  failures = 0;
  if (!socket) void connect();
});
window.addEventListener("offline", tellAbsence);
document.addEventListener("visibilitychange", () => {
  if (!document.hidden && !socket && !polling && "live" in page()) void connect();
});
// A page in the browser's back-forward memory holds no socket, and asks again when it returns.
window.addEventListener("pagehide", () => {
  const leaving = socket;
  socket = null;
  leaving?.close();
  window.clearTimeout(timer);
});
window.addEventListener("pageshow", (event) => event.persisted && !stopped && void connect());
