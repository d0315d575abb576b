/** The things worth remembering on the customer's page, neither of them secret, both only after the visitor acted. */

export const CHAT = ":chat";
export const HUSHED = ":hushed";
export const VISITS = ":visits";

export function get(name: string): string | null {
  try {
    return localStorage.getItem(`parley:${name}`);
  } catch {
    return null;
  }
}

/** Keeps a value; nothing forgets it. */
export function keep(name: string, value: string): void {
  try {
    if (value) localStorage.setItem(`parley:${name}`, value);
    else localStorage.removeItem(`parley:${name}`);
  } catch {
    // A browser that keeps nothing shows the greeting again; that is all.
  }
}
