/** A text box as high as its text, where style sheets cannot say so yet. */
import { part } from "../panel/dom";

const HIGHEST = 120;

export function wireGrowing(): void {
  if (CSS.supports("field-sizing", "content")) return;
  const text = part<HTMLTextAreaElement>("text");
  const fit = (): void => {
    text.style.height = "auto";
    text.style.height = `${Math.min(text.scrollHeight, HIGHEST)}px`;
  };
  text.addEventListener("input", fit);
  part("write").addEventListener("submit", () => setTimeout(fit));
  text.addEventListener("keyup", fit);
  fit();
}
