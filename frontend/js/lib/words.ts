// The sentences that scripts say by themselves, translated by the server.
let words: Record<string, string> | null = null;

export function word(key: string, values: Record<string, string | number> = {}): string {
  words ??= JSON.parse(document.getElementById("words")?.textContent || "{}") as Record<string, string>;
  const text = words[key] ?? "";
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
