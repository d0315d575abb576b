// Two soft notes, made here: no file to fetch. They come again while somebody waits in the chat.
const AGAIN = 8_000;
const NOTES: [number, number][] = [[659.3, 0], [880, 0.16]]; // hertz, and seconds from the start

let context: AudioContext | null = null;
let timer = 0;
const KEY = "parley:chimed";

/** Browsers stay silent until the page was touched once; then nothing happens, which is no error. */
export function chime(): void {
  document.documentElement.dataset["chimes"] = String(Number(document.documentElement.dataset["chimes"] ?? 0) + 1);
  try {
    context ??= new AudioContext();
    if (context.state === "suspended") void context.resume().catch(() => undefined);
    for (const [pitch, at] of NOTES) note(context, pitch, context.currentTime + at);
  } catch {
    // No sound here.
  }
}

function note(into: AudioContext, pitch: number, at: number): void {
  const tone = into.createOscillator();
  const volume = into.createGain();
  tone.type = "sine";
  tone.frequency.value = pitch;
  volume.gain.setValueAtTime(0, at);
  volume.gain.linearRampToValueAtTime(0.18, at + 0.02);
  volume.gain.exponentialRampToValueAtTime(0.001, at + 0.5);
  tone.connect(volume).connect(into.destination);
  tone.start(at);
  tone.stop(at + 0.55);
}

/** Rings again and again while these chats wait for anybody. */
export function waitFor(chats: number[]): void {
  window.clearInterval(timer);
  timer = chats.length ? window.setInterval(again, AGAIN) : 0;
}

/** Of several tabs one rings. */
function again(): void {
  try {
    if (Date.now() - Number(localStorage.getItem(KEY) ?? 0) < AGAIN - 1_000) return;
    localStorage.setItem(KEY, String(Date.now()));
  } catch {
    // Without a memory each tab rings.
  }
  chime();
}
