/** debug() of the interface: what this page was told and what it keeps, for whoever builds it. No token is among it. */
import type { Launcher } from "../launcher/launcher";
import { told } from "./visit";

export function debug({ origin, key, config, settings, host, frame, isOpen, unread }: Launcher): void {
  const { identificationToken, ...given } = settings;
  console.info("Parley", {
    house: origin,
    channel: key,
    options: { ...given, identificationToken: !!identificationToken },
    answer: { ...config, words: undefined },
    visit: told(),
    kept: kept(`parley:${key}:`),
    now: { shown: !host.hidden, open: isOpen(), panel: !!frame(), unread: unread() },
  });
}

function kept(prefix: string): object {
  try {
    return Object.fromEntries(Object.entries(localStorage).filter(([name]) => name.startsWith(prefix)));
  } catch {
    return {}; // this page keeps nothing
  }
}
