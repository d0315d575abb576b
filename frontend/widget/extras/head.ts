/** How to meet who has the chat (OP-8): the way to their calendar, beside what they are. */
import { say, type Agent } from "../panel/data";
import { h, part } from "../panel/dom";

export function drawMeet(agent: Agent | null): void {
  const under = part("under");
  if (!agent?.meet || under.firstElementChild || part("name").textContent !== agent.name) return;
  const { url, text } = agent.meet;
  under.append(agent.title && " · ", h("a", { href: url, target: "_blank" }, text || say("meet")));
}
