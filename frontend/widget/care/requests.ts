/** What somebody whom the site named has asked before, as far as the team shows it: each line leads to its status page. */
import type { House } from "../extras/house";
import { data, say } from "../panel/data";
import { day, h, part } from "../panel/dom";

interface Wish {
  number: number;
  name: string;
  stage: string;
  at: string;
  url: string;
}

export async function drawRequests({ call }: House): Promise<void> {
  const { requests } = await call<{ requests: Wish[] }>("requests/", { language: data.language }).catch(() => ({ requests: [] }));
  if (!requests.length) return;
  const rows = requests.map(({ number, name, stage, at, url }) => {
    const words = h("span", "", h("b", { dir: "auto" }, `#${number} ${name}`), h("small", { dir: "auto" }, `${stage} · ${day(Date.parse(at))}`));
    const row = h("a", { class: "act", href: url, target: "_blank", rel: "noopener" }, words);
    row.style.textDecoration = "none"; // a card, whose border says that it can be pressed
    return row;
  });
  part("home").append(h("h3", "earlier", say("requests")), ...rows);
}
