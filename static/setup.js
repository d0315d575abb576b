/* The set-up pages: a copy button, the time zone of the browser, and what has arrived. All pages work without. */
document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const words = button.querySelector("[data-copied]");
  await navigator.clipboard.writeText(document.querySelector(button.dataset.copy).textContent);
  const before = words.textContent;
  words.textContent = words.dataset.copied;
  setTimeout(() => (words.textContent = before), 2000);
});

// A button that could do nothing is not shown.
if (navigator.clipboard) for (const button of document.querySelectorAll("[data-copy]")) button.hidden = false;

for (const form of document.querySelectorAll("form[data-time-zone]")) {
  form.elements.time_zone.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone;
}

// What is waited for, asked again until the answer says that it is there.
for (const place of document.querySelectorAll("[data-poll]")) {
  const look = async () => {
    const answer = document.hidden ? null : await fetch(place.dataset.poll).catch(() => null);
    if (answer?.ok) place.innerHTML = await answer.text();
    if (!place.querySelector("[data-arrived]")) setTimeout(look, 2500);
  };
  look();
}
