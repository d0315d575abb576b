// The little of lib/dom that is needed here: that one brings htmx, and the page has it already.
export function find<T extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): T | null {
  return within.querySelector<T>(selector);
}

export function all<T extends HTMLElement = HTMLElement>(selector: string, within: ParentNode = document): T[] {
  return [...within.querySelectorAll<T>(selector)];
}

export function parseAll(html: string): HTMLElement[] {
  const template = document.createElement("template");
  template.innerHTML = html.trim();
  return [...template.content.children] as HTMLElement[];
}
