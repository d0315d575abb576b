// Texts on their way. Kept on this device until the server said yes, whatever happens to the page.
export interface Letter {
  client: string;
  conversation: string;
  mode: string;
  url: string;
  body: string;
  then: string;
  files?: { key: string; name: string }[];
  /** What a letter has beside its words: its HTML, whom it goes to, when. */
  fields?: Record<string, string>;
}

const KEY = "parley:unsent";
const key = () => `${KEY}:${document.body.dataset["me"]}`;

function read(): Letter[] {
  try {
    return JSON.parse(localStorage.getItem(key()) ?? "[]") as Letter[];
  } catch {
    return [];
  }
}

function write(letters: Letter[]): void {
  if (letters.length) localStorage.setItem(key(), JSON.stringify(letters));
  else localStorage.removeItem(key());
}

export function keep(letter: Letter): void {
  write([...read().filter(({ client }) => client !== letter.client), letter]);
}

export function forget(letter: Letter): void {
  write(read().filter(({ client }) => client !== letter.client));
}

export const unsent = (conversation: string): Letter[] => read().filter((letter) => letter.conversation === conversation);
