// The service worker: for pushes, and for a page of ours when there is no network. It keeps nothing of anybody's.

/** The page of ours gives way as soon as the network is back. */
window.addEventListener("online", () => document.querySelector(".offline-page") && location.reload());

window.addEventListener("load", () => {
  if (!document.body.classList.contains("signed-in") || !("serviceWorker" in navigator)) return;
  navigator.serviceWorker.register("/sw.js").catch(() => undefined); // a browser that refuses it works as before
});
