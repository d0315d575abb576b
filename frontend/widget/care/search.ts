/** What was answered before, found while a question is typed on the first screen (LC-6). */
import type { House } from "../extras/house";
import { data, say } from "../panel/data";
import { h, part } from "../panel/dom";
import { asking } from "../panel/http";

const PAUSE = 300;
const SHORTEST = 3;

interface Found {
  articles: { title: string; url: string }[];
}

export function wireSearch(house: House): void {
  const words = part<HTMLInputElement>("words");
  const place = part("found");
  let timer = 0;

  async function search(): Promise<void> {
    const q = words.value.trim();
    if (q.length < SHORTEST) return place.replaceChildren();
    try {
      const { articles } = await house.call<Found>(`articles/${asking({ q, lang: data.language })}`);
      if (q !== words.value.trim()) return;
      const rows = articles.map(({ title, url }) => h("a", { class: "act", href: url, target: "_blank", rel: "noopener", dir: "auto" }, title));
      place.replaceChildren(...(rows.length ? rows : [say("nothingFound")]));
    } catch {
      place.replaceChildren(); // a search that fails is no reason to stop anybody from asking
    }
  }

  words.oninput = () => {
    clearTimeout(timer);
    timer = window.setTimeout(() => void search(), PAUSE);
  };
  part("find").onsubmit = () => void search(); // the form itself leads nowhere
  void search(); // what was typed before this was there
}
