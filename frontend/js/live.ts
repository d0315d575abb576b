// The live board, or its cards on a dashboard: asked for anew when something happened, at most every two seconds, and now and then as time goes by.
import { on, onFrame } from "./lib/frames";
import { request } from "./lib/http";

const APART = 2_000;
const ANYWAY = 15_000; // how long somebody waits moves without anybody doing anything

let asked = 0;
let timer = 0;

const boards = (): HTMLElement[] => [...document.querySelectorAll<HTMLElement>("[data-live-board]")];

function soon(): void {
  if (!boards().length || document.hidden || timer) return;
  timer = window.setTimeout(() => void ask(), Math.max(0, asked + APART - Date.now()));
}

async function ask(): Promise<void> {
  asked = Date.now();
  try {
    for (const board of boards()) {
      const html = await (await request(board.dataset["liveBoard"] ?? "")).text();
      // Whoever has marked some text there is about to copy it.
      if (!document.getSelection()?.toString()) put(board, html);
    }
  } catch {
    // The line to the server says so itself; the next turn tries again.
  } finally {
    timer = 0;
  }
}

/** Whoever has the focus in there keeps it. */
function put(old: HTMLElement, html: string): void {
  const made = document.createElement("template");
  made.innerHTML = html.trim();
  const next = made.content.firstElementChild;
  if (!next || next.id !== old.id) return;
  const focused = old.contains(document.activeElement) ? document.activeElement?.id : "";
  old.replaceWith(next);
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

async function stayAwake(): Promise<void> {
  if (!document.querySelector(".wall") || document.hidden || !("wakeLock" in navigator)) return;
  await navigator.wakeLock.request("screen").catch(() => undefined);
}

document.addEventListener("DOMContentLoaded", () => {
  if (!boards().length) return;
  window.setInterval(soon, ANYWAY);
  void stayAwake();
  const full = document.querySelector<HTMLButtonElement>("[data-full-screen]");
  if (!full || !document.fullscreenEnabled) return;
  full.hidden = false;
  full.addEventListener("click", () => void document.documentElement.requestFullscreen());
  document.addEventListener("fullscreenchange", () => (full.hidden = Boolean(document.fullscreenElement)));
});
document.addEventListener("visibilitychange", () => {
  soon();
  void stayAwake();
});
onFrame("event", soon);
onFrame("counts", soon);
onFrame("ticket", soon);
on("connected", soon);
