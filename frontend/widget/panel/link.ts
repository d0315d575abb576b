/**
 * The line to the server: a socket that resumes by number. Where sockets do not get through, requests that wait for news
 * (extras/polling.ts) do the same, and whoever listens cannot tell which of the two it was.
 */
import { data, type Ack, type Agent, type Standing } from "./data";
import { extras, ignore } from "./extras";
import { asking, call, no, token, type Outgoing } from "./http";

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
  forgotten(): void;
  state(state: State): void;
}

interface Waiting {
  done: (ack: Ack) => void;
  failed: (error: unknown) => void;
}

export type Link = ReturnType<typeof makeLink>;

export function makeLink(listener: Listener) {
  let state: State = "off";
  let socket: WebSocket | undefined;
  let failures = 0;
  let timer = 0;
  let silence = 0;
  let poll: { soon(): void; stop(): void } | undefined;
  const waiting = new Map<string, Waiting>();

  function become(now: State): void {
    if (now === state) return;
    state = now;
    listener.state(state);
  }

  function say(frame: object): void {
    if (socket?.readyState === WebSocket.OPEN) socket.send(JSON.stringify(frame));
  }

  function connect(): void {
    clearTimeout(timer);
    if (state === "off") become("connecting");
    const made = (socket = new WebSocket(`${location.origin.replace(/^http/, "ws")}/live/visitor/`));
    made.onopen = () => say({ t: "hello", key: data.key, token: token(), ...listener.position() });
    made.onmessage = (event) => socket === made && heard(JSON.parse(event.data));
    made.onclose = ({ code }) => socket === made && closed(code);
    listenForSilence(ACK_WITHIN);
  }

  /** The server's own frames; each case says what it holds. */
  function heard(frame: any): void {
    listenForSilence(SILENT_FOR);
    const type: string = frame.t;
    if (type === "ready") {
      failures = 0;
      poll?.stop();
      become("live");
    }
    if (type === "ready" || type === "messages") listener.standing(frame);
    if (type === "ack") settle(frame.client_id)?.done(frame);
    if (type === "refused") settle(frame.client_id)?.failed(no(frame.status, frame.reason, frame.retry_after));
    if (type === "typing") listener.typing(frame.name ?? "", frame.on);
    if (type === "state") listener.changed(frame.closed, frame.agent);
    if (type !== "ping") return;
    say({ t: "pong" });
    // The server knows of a later message than we do.
    if (frame.head > listener.position().after) sync();
  }

  function closed(code: number): void {
    if (code === 4401) {
      hangUp();
      return listener.forgotten();
    }
    if (code === 1012) return lost(Math.random() * 10_000); // everybody was sent away at once: come back in a file
    if (code === 1013) return lost(Math.random() * 2000);
    lost(Math.min(30_000, 1000 * 2 ** failures++) * (0.5 + Math.random()));
  }

  function lost(wait: number): void {
    hangUp();
    const blocked = failures > 1;
    become(blocked && state === "polling" ? state : "down");
    retry(blocked ? Math.max(wait, SOCKET_AGAIN) : wait);
    if (blocked) void startPolling();
  }

  function retry(wait: number): void {
    clearTimeout(timer);
    timer = window.setTimeout(connect, wait);
  }

  function hangUp(): void {
    clearTimeout(silence);
    const had = socket;
    socket = undefined;
    had?.close(1000);
    for (const id of [...waiting.keys()]) settle(id)!.failed({}); // no status: the line was lost
  }

  function settle(id: string): Waiting | undefined {
    const found = waiting.get(id);
    waiting.delete(id);
    return found;
  }

  /** A line that says nothing for longer than two heartbeats is dead, whatever the browser believes. */
  function listenForSilence(patience: number): void {
    clearTimeout(silence);
    silence = window.setTimeout(closed, patience, 1006);
  }

  /** Asks for what came after a number; the line then follows that conversation. */
  function sync(): void {
    if (state === "live") return say({ t: "sync", ...listener.position() });
    if (state === "polling") poll?.soon();
    // An answer that a socket has overtaken is old: what it said is asked for again, in order.
    const take = (standing: Standing): void => (state === "live" ? sync() : listener.standing(standing));
    call<Standing>(`messages/${asking(listener.position())}`).then(take, ignore);
  }

  async function startPolling(): Promise<void> {
    try {
      poll ??= (await extras()).makePolling({
        position: listener.position,
        wanted: () => state === "down" || state === "polling",
        heard(standing) {
          become("polling");
          listener.standing(standing);
        },
        failed: () => become("down"),
        forgotten: listener.forgotten,
      });
      if (state === "down" || state === "polling") poll.soon();
    } catch {
      // the next try at a socket asks again
    }
  }

  addEventListener("online", () => state !== "off" && retry(0));
  addEventListener("offline", () => state !== "off" && lost(1));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden && (state === "down" || state === "polling")) retry(0);
  });

  return {
    state: () => state,
    sync,
    start(): void {
      if (state === "off" && token()) connect();
    },
    stop(): void {
      hangUp();
      clearTimeout(timer);
      poll?.stop();
      become("off");
    },
    /** Sends one message, over the socket when it is open; resolves when it stands. Sending twice is harmless. */
    send(message: Outgoing): Promise<Ack> {
      if (state !== "live") return call("messages/", message);
      return new Promise((done, failed) => {
        const id = message.client_id;
        const mine = { done, failed };
        waiting.set(id, mine);
        say({ t: "send", ...message });
        // A server that does not answer does not hold the line either.
        setTimeout(() => waiting.get(id) === mine && closed(1006), ACK_WITHIN);
      });
    },
    receipt(receipt: { conversation: string; delivered: number; seen: number }): void {
      if (state === "live") say({ t: "receipt", ...receipt });
      else call("receipts/", receipt).catch(ignore);
    },
    /** Whether it could be told. */
    typing(on: boolean, text?: string): boolean {
      if (state === "live") say({ t: "typing", on, text });
      return state === "live";
    },
  };
}
