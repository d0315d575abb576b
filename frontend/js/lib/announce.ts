// One polite voice. Sentences wait for each other, so that none is swallowed.
const waiting: string[] = [];
let speaking = false;

export function announce(text: string): void {
  waiting.push(text);
  if (!speaking) speak();
}

function speak(): void {
  const place = document.getElementById("announcer");
  const text = waiting.shift();
  speaking = Boolean(place && text);
  if (!place || !text) return;
  place.textContent = text;
  setTimeout(speak, 1_200);
}
