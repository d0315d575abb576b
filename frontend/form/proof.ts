// A proof of work in ALTCHA's shape: find the number whose hash with the salt is the one asked for.

interface Challenge {
  algorithm: string;
  challenge: string;
  maxnumber?: number;
  maxNumber?: number;
  salt: string;
  signature: string;
}

const hex = (bytes: ArrayBuffer): string => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");

/** What to send in the field `proof`, or "" when nothing was found. */
export async function solve(address: string): Promise<string> {
  const asked = (await (await fetch(address, { credentials: "omit" })).json()) as Challenge;
  const { algorithm, challenge, salt, signature } = asked;
  const most = asked.maxnumber ?? asked.maxNumber ?? 1_000_000;
  const encoder = new TextEncoder();
  const hash = async (number: number) => hex(await crypto.subtle.digest(algorithm, encoder.encode(`${salt}${number}`)));
  const AT_ONCE = 500;
  for (let first = 0; first <= most; first += AT_ONCE) {
    const found = (await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => hash(first + n)))).indexOf(challenge);
    if (found >= 0) return btoa(JSON.stringify({ algorithm, challenge, number: first + found, salt, signature }));
  }
  return "";
}
