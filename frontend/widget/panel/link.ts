/**
 * The line to the server: a socket that resumes by number, and requests that wait for news where sockets do not get
 * through. Whoever listens cannot tell which of the two it was.
 */
import type { Ack, Agent, Standing } from "./data";
import { No, type Http, type Outgoing } from "./http";

const POLL_SOON = 250; // whatever the server says, never in a tight loop
const POLL_EVERY = 4000; // after a request that failed
const POLL_UNSEEN = 20_000;
const SILENT_FOR = 60_000;
const ACK_WITHIN = 10_000;
const SOCKET_AGAIN = 60_000;

/** off: not wanted. live: the socket is open. polling: the same by requests. down: nothing gets through now. */
export type State = "off" | "connecting" | "live" | "polling" | "down";

export interface Listener {
  /** Where to go on: the conversation followed and the last number known. */
  position(): { conversation: string | null; after: number };
  standing(standing: Standing): void;
  typing(name: string, on: boolean): void;
  changed(closed: boolean, agent: Agent | null): void;
  /** The server knows of a later message than we do. */
  behind(head: number): void;
  forgotten(): void;
  state(state: State): void;
}

interface Waiting {
  done: (ack: Ack) => void;
  failed: (error: unknown) => void;
}

export class Link {
  state: State = "off";
  private socket: WebSocket | undefined;
  private failures = 0;
  private timer = 0;
  private poller = 0;
  private silence = 0;
  private waitingFor = new AbortController();
  private mark = "";
  private readonly waiting = new Map<string, Waiting>();

  constructor(
    private readonly key: string,
    private readonly token: () => string,
    private readonly http: Http,
    private readonly listener: Listener,
  ) {
    addEventListener("online", () => this.state !== "off" && this.retry(0));
    addEventListener("offline", () => this.state !== "off" && this.lost(1));
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden && (this.state === "down" || this.state === "polling")) this.retry(0);
    });
  }

  start(): void {
    if (this.state === "off" && this.token()) this.connect();
  }

  stop(): void {
    this.hangUp();
    clearTimeout(this.timer);
    this.stopPolling();
    this.become("off");
  }


  /** Sends one message, over the socket when it is open; resolves when it stands. Sending twice is harmless. */
  send(message: Outgoing): Promise<Ack> {
    if (this.state !== "live") return this.http.send(message);
    return new Promise((done, failed) => {
      this.waiting.set(message.client_id, { done, failed });
      this.say({ t: "send", ...message });
      setTimeout(() => this.waiting.delete(message.client_id) && failed(new TypeError("no answer")), ACK_WITHIN);
    });
  }

  /** Asks for what came after a number; the line then follows that conversation. */
  sync(): void {
    const { conversation, after } = this.listener.position();
    if (this.state === "live") return this.say({ t: "sync", conversation, after });
    if (this.state === "polling") this.poll(0);
    // An answer that a socket has overtaken is old: what it said is asked for again, in order.
    const take = (standing: Standing): void => (this.state === "live" ? this.sync() : this.listener.standing(standing));
    void this.http.since(conversation, after).then(take, ignore);
  }

  receipt(conversation: string, delivered: number, seen: number): void {
    if (this.state === "live") this.say({ t: "receipt", conversation, delivered, seen });
    else this.http.receipts(conversation, delivered, seen).catch(ignore);
  }

  typing(on: boolean, text?: string): void {
    if (this.state === "live") this.say({ t: "typing", on, text });
  }

  // ── The socket ──

  private connect(): void {
    clearTimeout(this.timer);
    if (this.state === "off") this.become("connecting");
    const socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/live/visitor/`);
    this.socket = socket;
    const here = (): boolean => this.socket === socket;
    socket.onopen = () => {
      const { conversation, after } = this.listener.position();
      this.say({ t: "hello", key: this.key, token: this.token(), conversation, after });
    };
    socket.onmessage = (event) => here() && this.heard(String(event.data));
    socket.onclose = (event) => here() && this.closed(event.code);
    this.listenForSilence(ACK_WITHIN);
  }

  private heard(text: string): void {
    this.listenForSilence(SILENT_FOR);
    let frame: any; // the server's own frames; each case below says what it holds
    try {
      frame = JSON.parse(text);
    } catch {
      return;
    }
    switch (frame.t) {
      case "ready":
        this.failures = 0;
        this.stopPolling();
        this.become("live");
        this.listener.standing(frame);
        break;
      case "messages":
        this.listener.standing(frame);
        break;
      case "ack":
        this.settle(frame.client_id)?.done(frame);
        break;
      case "refused":
        this.settle(frame.client_id)?.failed(refusal(frame));
        break;
      case "typing":
        this.listener.typing(String(frame.name ?? ""), frame.on === true);
        break;
      case "state":
        this.listener.changed(frame.closed === true, frame.agent ?? null);
        break;
      case "ping":
        this.say({ t: "pong" });
        if (frame.head > this.listener.position().after) this.listener.behind(frame.head);
    }
  }

  private closed(code: number): void {
    this.hangUp();
    if (code === 4401) return this.listener.forgotten();
    if (code === 1012) return this.lost(Math.random() * 10_000); // everybody was sent away at once: come back in a file
    if (code === 1013) return this.lost(Math.random() * 2000);
    this.failures += 1;
    this.lost(Math.min(30_000, 1000 * 2 ** (this.failures - 1)) * (0.5 + Math.random()));
  }

  private lost(wait: number): void {
    this.hangUp();
    const blocked = this.failures >= 2;
    this.become(blocked && this.state === "polling" ? "polling" : "down");
    this.retry(blocked ? Math.max(wait, SOCKET_AGAIN) : wait);
    if (blocked) this.poll(0);
  }

  private retry(wait: number): void {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.connect(), wait);
  }

  private hangUp(): void {
    clearTimeout(this.silence);
    const socket = this.socket;
    this.socket = undefined;
    if (socket && socket.readyState < WebSocket.CLOSING) socket.close(1000);
    for (const id of [...this.waiting.keys()]) this.settle(id)?.failed(new TypeError("line lost"));
  }

  private say(frame: object): void {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify(frame));
  }

  private settle(id: string): Waiting | undefined {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    return waiting;
  }

  /** A line that says nothing for longer than two heartbeats is dead, whatever the browser believes. */
  private listenForSilence(patience: number): void {
    clearTimeout(this.silence);
    this.silence = window.setTimeout(() => this.closed(1006), patience);
  }

  // ── Plain requests ──

  private poll(wait: number): void {
    this.stopPolling();
    this.poller = window.setTimeout(() => void this.pollOnce(), wait);
  }

  private stopPolling(): void {
    clearTimeout(this.poller);
    this.waitingFor.abort();
    this.waitingFor = new AbortController();
  }

  private async pollOnce(): Promise<void> {
    const { conversation, after } = this.listener.position();
    const stop = (this.waitingFor = new AbortController());
    let wait = document.hidden ? POLL_UNSEEN : POLL_SOON;
    try {
      const standing = await this.http.wait(conversation, after, this.mark, stop);
      if (this.waitingFor !== stop) return;
      this.mark = standing.mark ?? "";
      this.become("polling");
      this.listener.standing(standing);
    } catch (error) {
      // What was given up for another request is nobody's concern; what took too long is.
      if (this.waitingFor !== stop || this.state === "live" || this.state === "off") return;
      wait = POLL_EVERY;
      if (error instanceof No && error.reason === "session") return this.listener.forgotten();
      if (error instanceof No) wait = Math.max(wait, error.retryAfter * 1000);
      else this.become("down");
    }
    this.poll(wait);
  }

  private become(state: State): void {
    if (state === this.state) return;
    this.state = state;
    this.listener.state(state);
  }
}

/** A refusal on the socket, as the plain request would have said it. */
function refusal(frame: { reason?: string; retry_after?: number | null }): No {
  const reason = frame.reason === "gone" ? "conversation" : (frame.reason ?? "");
  const status = reason === "limited" ? 429 : reason === "conversation" || reason === "session" ? 404 : 422;
  return new No(status, reason, Number(frame.retry_after) || 0);
}

function ignore(): void {
  // the next request or heartbeat asks again
}
