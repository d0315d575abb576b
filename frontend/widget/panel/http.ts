/** Plain requests to our own house. They do everything the socket does, a little later. */
import type { Ack, Enclosed, Standing, Summary } from "./data";

const PATIENCE = 15_000;
const WAITS = 20; // seconds

/** An answer that says no. `status` 0 never comes here: that is a network error, thrown as it is. */
export class No extends Error {
  constructor(
    readonly status: number,
    readonly reason: string,
    readonly retryAfter: number,
  ) {
    super(reason);
  }
}

export interface Outgoing {
  client_id: string;
  body: string;
  conversation: string | null;
  new: boolean;
  page_url: string;
  referrer: string;
  files: string[];
}

export class Http {
  constructor(
    private readonly key: string,
    private readonly token: () => string,
  ) {}

  async session(language: string, pageUrl: string): Promise<string> {
    const made = await this.call<{ token: string }>("session/", { key: this.key, language, page_url: pageUrl });
    return made.token;
  }

  send(message: Outgoing): Promise<Ack> {
    return this.call("messages/", message);
  }

  since(conversation: string | null, after: number): Promise<Standing> {
    const asked = new URLSearchParams({ after: String(after) });
    if (conversation) asked.set("conversation", conversation);
    return this.call(`messages/?${asked}`);
  }

  /** As `since`, but answered only when there is something, or after a while. */
  wait(conversation: string | null, after: number, mark: string, stop: AbortController): Promise<Standing> {
    const asked = new URLSearchParams({ after: String(after), mark, wait: String(WAITS) });
    if (conversation) asked.set("conversation", conversation);
    return this.call(`wait/?${asked}`, undefined, stop, PATIENCE + WAITS * 1000);
  }

  transcript(conversation: string): Promise<string> {
    const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
    return this.call(`transcript/?${new URLSearchParams({ conversation, zone })}`);
  }

  async receipts(conversation: string, delivered: number, seen: number): Promise<void> {
    await this.call("receipts/", { conversation, delivered, seen });
  }

  async conversations(): Promise<Summary[]> {
    return (await this.call<{ conversations: Summary[] }>("conversations/")).conversations;
  }

  /** A fresh address of a file that stands. */
  link(id: string): Promise<Enclosed> {
    return this.call(`files/${id}/link/`);
  }

  /** Sends a file ahead of its message; `fetch` would not tell how far it is. */
  upload(file: File, progress: (share: number) => void): Promise<Enclosed> {
    return new Promise((done, failed) => {
      const request = new XMLHttpRequest();
      request.open("POST", "/live/files/");
      request.setRequestHeader("X-Parley-Key", this.key);
      request.setRequestHeader("X-Parley-Visitor", this.token());
      request.responseType = "json";
      request.upload.onprogress = ({ loaded, total }) => progress(loaded / total);
      request.onerror = failed;
      request.onload = () => {
        const answer = request.response ?? {};
        if (request.status === 201) done(answer);
        else failed(new No(request.status, answer.error ?? "", Number(answer.retry_after) || 0));
      };
      const body = new FormData();
      body.set("file", file);
      request.send(body);
    });
  }

  private async call<Answer>(path: string, body?: object, stop = new AbortController(), patience = PATIENCE): Promise<Answer> {
    const timer = setTimeout(() => stop.abort(), patience);
    try {
      const response = await fetch(`/live/${path}`, {
        method: body ? "POST" : "GET",
        headers: {
          "X-Parley-Key": this.key,
          "X-Parley-Visitor": this.token(),
          ...(body && { "Content-Type": "application/json" }),
        },
        body: body ? JSON.stringify(body) : undefined,
        credentials: "omit",
        cache: "no-store",
        signal: stop.signal,
      });
      const isText = response.headers.get("Content-Type")?.startsWith("text/");
      const answer = isText ? await response.text() : await response.json().catch(() => ({}));
      if (response.ok) return answer as Answer;
      throw new No(response.status, answer.error ?? "", Number(answer.retry_after) || 0);
    } finally {
      clearTimeout(timer);
    }
  }
}
