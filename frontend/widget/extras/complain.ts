/** What is wrong with what is being written, said below it and to whoever hears the page. */
import { data } from "../panel/data";
import { part } from "../panel/dom";

export function complain(words: string): void {
  const problem = part("problem");
  const text = part("text");
  problem.textContent = words;
  problem.hidden = !words;
  for (const [name, value] of [["describedby", "problem"], ["invalid", "true"]]) {
    if (words) text.setAttribute(`aria-${name}`, value!);
    else text.removeAttribute(`aria-${name}`);
  }
}

/** Said until it is mended. */
export function wireComplaints(): void {
  const text = part<HTMLTextAreaElement>("text");
  text.addEventListener("input", () => [...text.value.trim()].length <= data.longest && complain(""));
  part("write").addEventListener("submit", () => text.value || complain(""));
}
