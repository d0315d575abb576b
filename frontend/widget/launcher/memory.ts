/** Two things worth remembering on the customer's page, neither of them secret, both only after the visitor acted. */

const DAY = 24 * 3600 * 1000;

/** Whether this browser has a chat: then the panel is loaded at once, to resume it and to count what is unread. */
export function hasChat(key: string): boolean {
  return get(`${key}:chat`) === "1";
}

export function setChat(key: string, has: boolean): void {
  put(`${key}:chat`, has ? "1" : null);
}

/** A greeting that was dismissed stays away for a day. */
export function isHushed(key: string): boolean {
  return Date.now() - Number(get(`${key}:hushed`) ?? 0) < DAY;
}

export function hush(key: string): void {
  put(`${key}:hushed`, String(Date.now()));
}

function get(name: string): string | null {
  try {
    return localStorage.getItem(`parley:${name}`);
  } catch {
    return null;
  }
}

function put(name: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`parley:${name}`);
    else localStorage.setItem(`parley:${name}`, value);
  } catch {
    // A browser that keeps nothing shows the greeting again; that is all.
  }
}
