/** Plain requests to our own house. They do everything the socket does, a little later. */
import type { Ack, Standing, Summary } from "./data";

const PATIENCE = 15_000;

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

  async receipts(conversation: string, delivered: number, seen: number): Promise<void> {
    await this.call("receipts/", { conversation, delivered, seen });
  }

  async conversations(): Promise<Summary[]> {
    return (await this.call<{ conversations: Summary[] }>("conversations/")).conversations;
  }

  private async call<Answer>(path: string, body?: object): Promise<Answer> {
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), PATIENCE);
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
      const answer = await response.json().catch(() => ({}));
      if (response.ok) return answer as Answer;
      throw new No(response.status, answer.error ?? "", Number(answer.retry_after) || 0);
    } finally {
      clearTimeout(timer);
    }
  }
}
