// A form's preview in its builder is as high as the form, as on the sites that show it.
addEventListener("message", ({ origin, source, data }) => {
  if (origin !== location.origin || data?.parley !== "form" || typeof data.height !== "number") return;
  for (const frame of document.querySelectorAll<HTMLIFrameElement>("iframe.form-preview"))
    if (frame.contentWindow === source) frame.style.blockSize = `${Math.min(Math.max(data.height, 120), 4000) + 2}px`;
});
