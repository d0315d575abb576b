/**
 * Runs before the panel in the builder's frame. What the panel asks of a visitor's server is answered by the draft:
 * requests and the line are ours here, and nothing leaves for the real ones.
 */
import { answer } from "./preview/answers";
import { Line } from "./preview/line";
import { begin, isBegun } from "./preview/play";

begin();
const real = window.fetch.bind(window);
window.fetch = (input, options) => {
  const { origin, pathname, search } = new URL(input instanceof Request ? input.url : input, location.href);
  const isTheirs = origin === location.origin && pathname.startsWith("/live/");
  return isTheirs ? answer(pathname.slice("/live/".length), new URLSearchParams(search), options ?? {}) : real(input, options);
};
window.WebSocket = Line as unknown as typeof WebSocket;

// The page around a panel tells it to open; here that is ourselves, in its name.
const here = new URL(location.href);
here.searchParams.delete("again"); // said once: what is made anew from this address goes on
here.hash = encodeURIComponent(location.origin);
history.replaceState(null, "", here);
addEventListener("DOMContentLoaded", () => {
  const data = { parley: 1, type: "open", to: isBegun() ? "last" : "ask", url: location.origin, referrer: "" };
  if (parent !== window) dispatchEvent(new MessageEvent("message", { source: parent, origin: location.origin, data }));
});
