// Between plain text and the editor's paragraphs: an empty line begins a paragraph, a line break stays one.
interface Part {
  type: { name: string };
  text?: string | undefined;
  isTextblock: boolean;
  attrs: Record<string, unknown>;
  forEach(each: (child: Part, offset: number, index: number) => void): void;
}

export function fromText(text: string): string {
  if (!text.trim()) return text && `<p>${escape(text)}</p>`;
  return text.split(/\n{2,}/).map((part) => `<p>${escape(part).replaceAll("\n", "<br>")}</p>`).join("");
}

const escape = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** What the letter says without its clothes: for drafts, lists and whoever reads mail as text. */
export function toText(part: unknown): string {
  return blocks(part as Part).join("\n\n");
}

function blocks(part: Part): string[] {
  const found: string[] = [];
  part.forEach((child, _offset, index) => {
    if (child.isTextblock) found.push(line(child));
    else if (child.type.name === "listItem") {
      const sign = part.type.name === "orderedList" ? `${Number(part.attrs["start"] ?? 1) + index}. ` : "- ";
      found.push(sign + blocks(child).join("\n").replaceAll("\n", "\n  "));
    } else if (child.type.name === "blockquote") found.push(blocks(child).join("\n\n").replace(/^/gm, "> "));
    else found.push(blocks(child).join("\n"));
  });
  return found;
}

function line(part: Part): string {
  let text = "";
  part.forEach((child) => (text += child.type.name === "hardBreak" ? "\n" : child.text ?? ""));
  return text;
}
