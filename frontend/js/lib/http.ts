// Requests to our own server, with the token that forms carry.

export class Refused extends Error {
  constructor(readonly status: number, message: string, readonly body = "") {
    super(message);
  }
}

export const token = (): string =>
  document.querySelector<HTMLMetaElement>("meta[name='csrf-token']")?.content ?? "";

/** Someone who was signed out is sent to another page: that is no answer to what was asked. */
export const signedOut = (response: Response): boolean =>
  response.status === 401 || (response.redirected && /\/account\//.test(response.url));

export async function request(url: string, options: RequestInit = {}): Promise<Response> {
  const headers = { "HX-Request": "true", "X-CSRFToken": token(), ...options.headers };
  const response = await fetch(url, { credentials: "same-origin", cache: "no-store", ...options, headers });
  if (signedOut(response)) throw new Refused(401, "");
  if (!response.ok) {
    const body = response.status < 500 ? await response.text() : "";
    throw new Refused(response.status, reason(body), body);
  }
  return response;
}

/** Pairs, where a name may stand twice; or a form with its files. */
export type Fields = Record<string, string> | [string, string][] | FormData;

export function post(url: string, fields: Fields = {}, options: RequestInit = {}): Promise<Response> {
  return request(url, { method: "POST", body: fields instanceof FormData ? fields : new URLSearchParams(fields), ...options });
}

/** What the server said about a refusal, when it said it to a person: an alert in a partial, or plain text. */
function reason(body: string): string {
  const answer = new DOMParser().parseFromString(body, "text/html").body;
  const said = answer.querySelector("[role=alert]") ?? (answer.childElementCount ? null : answer);
  return (said?.textContent ?? "").trim().slice(0, 300);
}
