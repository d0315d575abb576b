// What was shown or rung for already, by whichever tab of this browser.

export interface Item {
  id: number;
  topic: string;
  title: string;
  text: string;
  url: string;
  icon: string;
  conversation: number | null;
  ways: string[];
}

const MOST = 200;
const key = () => `parley:rung:${document.body.dataset["me"]}`;

function known(): number[] {
  try {
    return JSON.parse(localStorage.getItem(key()) ?? "[]") as number[];
  } catch {
    return [];
  }
}

/** True for the first tab that asks, and only once. */
export async function claim(id: number): Promise<boolean> {
  const first = () => {
    const before = known();
    if (before.includes(id)) return false;
    try {
      localStorage.setItem(key(), JSON.stringify([...before, id].slice(-MOST)));
    } catch {
      return true; // without a memory, twice is better than never
    }
    return true;
  };
  return navigator.locks ? ((await navigator.locks.request(key(), first)) as boolean) : first();
}
