// On a customer's site: <script async src=".../live/forms/embed.js" data-form="KEY"></script> becomes the form, as high as it is.

const MOST = 20_000;

function put(script: HTMLScriptElement): void {
  const { form: key, title, ...rest } = script.dataset;
  if (!key || "done" in rest) return;
  script.dataset.done = "";
  const house = new URL(script.src).origin;
  const address = new URL(`/live/forms/${encodeURIComponent(key)}/`, house);
  address.searchParams.set("embed", "1");
  address.searchParams.set("page", location.href.slice(0, 1500));
  // data-source="spring" fills the form's hidden field "source".
  for (const [name, value] of Object.entries(rest)) address.searchParams.set(name.replace(/[A-Z]/g, (sign) => `_${sign.toLowerCase()}`), value ?? "");
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = title ?? "Form";
  frame.style.cssText = "display:block;width:100%;height:30rem;border:0;color-scheme:normal";
  script.after(frame);
  addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== house || event.data?.parley !== "form") return;
    const { height, go } = event.data as { height?: unknown; go?: unknown };
    if (typeof height === "number" && height > 0) frame.style.height = `${Math.min(height, MOST)}px`;
    if (typeof go === "string" && /^https?:\/\//.test(go)) location.assign(go);
  });
}

for (const script of document.querySelectorAll<HTMLScriptElement>('script[data-form][src*="/live/forms/embed.js"]')) put(script);

export {};
