// A mail's own HTML stands in a frame without scripts. Once it is there, the frame takes its height.
const LONGEST = 1_400;

function fit(frame: HTMLIFrameElement): void {
  const letter = frame.contentDocument?.documentElement;
  if (letter) frame.style.blockSize = `${Math.min(letter.scrollHeight + 2, LONGEST)}px`;
}

// `load` does not bubble, so it is caught on its way down.
document.addEventListener("load", (event) => {
  if (event.target instanceof HTMLIFrameElement && event.target.matches("[data-fit]")) fit(event.target);
}, true);

// Frames that came before this script.
for (const frame of document.querySelectorAll<HTMLIFrameElement>("iframe[data-fit]")) {
  if (frame.contentDocument?.readyState === "complete") fit(frame);
}
