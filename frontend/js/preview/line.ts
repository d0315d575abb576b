// The panel's line to the server, played: it opens at once, and says what the draft has to say one message after another.
import { isBegun, NAME, now, ready } from "./play";
import { take } from "./answers";

const AT_LEAST = 250;
const AT_MOST = 1500;

/** How far the panel may know the chat by now. */
let head = 0;
let saying = false;
const lines = new Set<Line>();

export const reached = (): number => head;
export const reachTo = (seq: number): void => void (head = seq);

export function standing(after: number): object {
  const { messages, bot, agent } = now();
  const shown = messages.filter(({ seq }) => seq > after && seq <= head);
  const isDone = head >= messages.length;
  const conversation = isBegun() ? NAME : null;
  return { conversation, head, closed: false, agent: isDone ? agent : null, bot: bot && { ...bot, busy: !isDone }, seen: head, read: head, messages: shown };
}

/** Says what the panel does not know yet; the pace is the flow's own, within what somebody at work waits for. */
export async function emit(): Promise<void> {
  if (saying) return;
  saying = true;
  while (head < now().messages.length) {
    const { bot, delay, messages } = now();
    if (bot) tell({ t: "typing", name: bot.name, on: true });
    await new Promise((done) => setTimeout(done, Math.min(AT_MOST, Math.max(AT_LEAST, delay))));
    // What the visitor wrote meanwhile stands already.
    do head++;
    while (messages[head]?.from === "me");
    if (bot) tell({ t: "typing", name: bot.name, on: false });
    tell({ t: "messages", ...standing(0) });
  }
  saying = false;
}

function tell(frame: object): void {
  for (const line of lines) line.hear(frame);
}

export class Line {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  readyState = Line.CONNECTING;
  beat = 0;
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor() {
    void ready().then(() => {
      if (this.readyState !== Line.CONNECTING) return;
      // What was said before the page was loaded stands at once.
      if (!saying) head = Math.max(head, now().messages.length);
      this.readyState = Line.OPEN;
      lines.add(this);
      this.beat = window.setInterval(() => this.hear({ t: "ping", head }), 20_000);
      this.onopen?.();
    });
  }

  hear(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  send(text: string): void {
    const frame = JSON.parse(text) as Record<string, unknown>;
    const after = Number(frame["after"] ?? 0);
    if (frame["t"] === "hello") this.hear({ t: "ready", ...standing(after) });
    if (frame["t"] === "sync") this.hear({ t: "messages", ...standing(after) });
    if (frame["t"] !== "send") return;
    take(frame).then(
      (ack) => this.hear({ t: "ack", ...ack }),
      () => this.hear({ t: "refused", client_id: frame["client_id"], reason: "limited", retry_after: 3 }),
    );
  }

  close(): void {
    this.readyState = Line.CLOSED;
    clearInterval(this.beat);
    lines.delete(this);
  }
}
