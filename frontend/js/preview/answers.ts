// What a visitor's server would answer to each request of the panel.
import { findArticles, isBegun, NAME, now, ready, restart, write } from "./play";
import { emit, reached, reachTo, standing } from "./line";

const json = (answer: object, status = 200): Response => new Response(JSON.stringify(answer), { status, headers: { "Content-Type": "application/json" } });

export async function answer(path: string, asked: URLSearchParams, options: RequestInit): Promise<Response> {
  const sent = typeof options.body === "string" ? (JSON.parse(options.body) as Record<string, unknown>) : {};
  switch (path) {
    case "session/":
      return json({ token: NAME });
    case "conversations/":
      await ready();
      return json({ conversations: isBegun() ? [summary()] : [] });
    case "messages/":
      if (options.method === "POST") return json(await take(sent));
      await ready();
      return json(standing(Number(asked.get("after") ?? 0)));
    case "articles/":
      return findArticles(asked);
    case "files/":
      return json({ error: "kind" }, 422);
  }
  return json({ ok: true });
}

function summary(): object {
  const { bot, messages } = now();
  const head = messages.length;
  return { conversation: NAME, title: "", name: bot?.name ?? "", initials: "", hue: 0, at: new Date().toISOString(), head, closed: false, unread: false };
}

/** One message in: acknowledged at once; what the draft says to it comes after, at the pace it would have. */
export async function take(sent: Record<string, unknown>): Promise<object> {
  const id = String(sent["client_id"]);
  if (sent["new"] === true && isBegun()) {
    restart();
    reachTo(0);
  }
  const before = reached();
  await write(id, String(sent["body"] ?? ""), Array.isArray(sent["reply"]) ? sent["reply"].map(String) : []);
  const mine = now().messages.find((one) => one.client_id === id);
  const seq = mine?.seq ?? before + 1;
  reachTo(Math.max(before, seq));
  setTimeout(() => void emit());
  return { client_id: id, conversation: NAME, seq, at: new Date().toISOString() };
}
