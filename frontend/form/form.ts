// What a script adds to a form that works without one: fields that depend on others, one click, a proof, the frame's height.
import { solve } from "./proof";

const form = document.querySelector<HTMLFormElement>("#form");
const embedded = "embedded" in document.documentElement.dataset;

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What is answered to a field, hidden ones included; a field that is not shown has no answer. */
function answers(key: string): string[] {
  if (form?.querySelector(`#field-${key}`)?.hasAttribute("hidden")) return [];
  return new FormData(form!).getAll(key).map((value) => (typeof value === "string" ? value.trim() : value.name)).filter(Boolean);
}

function holds({ of = "", op, value = "" }: DOMStringMap): boolean {
  const given = answers(of);
  if (op === "is") return given.includes(value);
  if (op === "is_not") return !given.includes(value);
  return op === "filled" ? given.length > 0 : given.length === 0;
}

/** From the top, as the server does: what a hidden field said counts for nothing. */
function arrange(): void {
  for (const field of form!.querySelectorAll<HTMLElement>("[data-of]")) {
    const shown = holds(field.dataset);
    field.hidden = !shown;
    for (const control of field.querySelectorAll<Control>("input, textarea, select")) {
      control.disabled = !shown;
      if (control.type !== "checkbox" || field.dataset.kind !== "many") control.required = shown && "required" in field.dataset;
    }
  }
}

let sending = false;

async function send(event: SubmitEvent): Promise<void> {
  if (sending) return event.preventDefault();
  sending = true;
  const button = form!.querySelector<HTMLButtonElement>("#send")!;
  form!.querySelector("#status")!.textContent = form!.dataset.busy ?? "";
  const address = form!.dataset.proof;
  if (!address) {
    setTimeout(() => (button.disabled = true)); // after the browser has read the form
    return;
  }
  event.preventDefault();
  button.disabled = true;
  form!.querySelector<HTMLInputElement>("[name=proof]")!.value = await solve(address).catch(() => "");
  form!.submit();
}

/** To the page around: our height, and where to go. It checks whom this comes from. */
function tell(message: Record<string, unknown>): void {
  if (embedded && parent !== window) parent.postMessage({ parley: "form", ...message }, "*");
}

if (form) {
  form.addEventListener("input", arrange);
  form.addEventListener("change", arrange);
  form.addEventListener("submit", (event) => void send(event));
  arrange();
  form.querySelector<HTMLElement>("[aria-invalid=true]")?.focus({ preventScroll: embedded });
}
// Back from the page that followed: it may be sent again.
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
const done = document.querySelector<HTMLElement>("#done");
if (done?.dataset.go) tell({ go: done.dataset.go });
if (done) tell({ sent: true });
new ResizeObserver(() => tell({ height: Math.ceil(document.body.getBoundingClientRect().height) })).observe(document.body);
