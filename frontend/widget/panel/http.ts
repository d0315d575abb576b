/** Plain requests to our own house. They do everything the socket does, a little later. */
import { data } from "./data";
import { get } from "./store";

const PATIENCE = 15_000;

/** An answer that says no. What has no `status` is a network error, thrown as it is. */
export interface No {
  status: number;
  reason: string;
  retryAfter: number;
}

export interface Outgoing {
  client_id: string;
  body: string;
  conversation: string | null;
  new: boolean;
  page_url: string;
  referrer: string;
  files: string[];
  reply?: string[];
  /** Which of the channel's chatflows the visitor met. */
  flow: string;
  /** Of their clock: a bot may ask where they are. */
  zone: string;
}

export const token = (): string => get("token") ?? "";

export function no(status: number, reason?: string, retryAfter?: unknown): No {
  return { status, reason: reason ?? "", retryAfter: Number(retryAfter) || 0 };
}

export const isEnded = (error: unknown): boolean => (error as Partial<No>).reason === "session";

export async function call<Answer>(path: string, body?: object | null, stop: AbortSignal[] = [], patience = PATIENCE): Promise<Answer> {
  const response = await fetch(`/live/${path}`, {
    method: body ? "POST" : "GET",
    headers: { "X-Parley-Key": data.key, "X-Parley-Visitor": token(), "Content-Type": "application/json" },
    body: body && JSON.stringify(body),
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.any([AbortSignal.timeout(patience), ...stop]),
  });
  const answer = read(await response.text());
  if (response.ok) return answer;
  throw no(response.status, answer.error, answer.retry_after);
}

/** An object, or the text itself where it is none. */
function read(text: string): any {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

export const asking = (of: Record<string, unknown>): string => {
  const given = Object.entries(of).filter(([, value]) => value !== null);
  return `?${new URLSearchParams(given as [string, string][])}`;
};
