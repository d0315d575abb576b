// The editor of letters. A file of its own, fetched when a conversation by mail is open; the page around it stays small.
import { Editor } from "@tiptap/core";
import Image from "@tiptap/extension-image";
import { Placeholder } from "@tiptap/extensions";
import { Selection } from "@tiptap/pm/state";
import StarterKit, { type StarterKitOptions } from "@tiptap/starter-kit";
import { fromText, toText } from "./text";

export interface Options {
  place: HTMLElement;
  html: string;
  text: string;
  label: string;
  placeholder: string;
  /** A page of the web holds more than a letter: headings, code, rules. It comes and goes as HTML, spaces not counted. */
  page: boolean;
  changed: () => void;
  moved: () => void;
  /** Pictures that were pasted or dropped into the text. True when somebody takes them. */
  pictures: (files: File[]) => boolean;
}

export interface Handle {
  element: HTMLElement;
  html(): string;
  text(): string;
  set(html: string, text: string): void;
  append(html: string): void;
  before(): string;
  insert(html: string, text: string, instead: number): void;
  select(text: string): void;
  focus(): void;
  can(name: string): boolean;
  run(name: string): void;
  href(): string;
  link(href: string): void;
  picture(src: string, alt: string): void;
  destroy(): void;
}

const shared: Partial<StarterKitOptions> = {
  trailingNode: false,
  link: { openOnClick: false, autolink: true, shouldAutoLink: isNoToken, protocols: ["mailto"], HTMLAttributes: { target: null, rel: null, class: null } },
};

// What a mail can carry everywhere: no headings, no code blocks, no rules.
const partsOfLetter = () => [
  StarterKit.configure({ ...shared, heading: false, codeBlock: false, horizontalRule: false }),
  Image.configure({ inline: true, allowBase64: false }),
];

// The title of the page is its first heading.
const partsOfPage = () => [StarterKit.configure({ ...shared, heading: { levels: [2, 3] } })];

// A space at the end of a draft is where its writer goes on.
const AS_WRITTEN = { preserveWhitespace: "full" } as const;

const commands: Record<string, (editor: Editor) => boolean> = {
  bold: (editor) => editor.chain().focus().toggleBold().run(),
  italic: (editor) => editor.chain().focus().toggleItalic().run(),
  underline: (editor) => editor.chain().focus().toggleUnderline().run(),
  strike: (editor) => editor.chain().focus().toggleStrike().run(),
  code: (editor) => editor.chain().focus().toggleCode().run(),
  bulletList: (editor) => editor.chain().focus().toggleBulletList().run(),
  orderedList: (editor) => editor.chain().focus().toggleOrderedList().run(),
  blockquote: (editor) => editor.chain().focus().toggleBlockquote().run(),
  heading2: (editor) => editor.chain().focus().toggleHeading({ level: 2 }).run(),
  heading3: (editor) => editor.chain().focus().toggleHeading({ level: 3 }).run(),
};

const isOn = (editor: Editor, name: string): boolean =>
  name.startsWith("heading") ? editor.isActive("heading", { level: Number(name.slice(-1)) }) : editor.isActive(name);

// A place in a saved text ("contact.name") looks like an address of the web: as a link it would never be filled.
function isNoToken(url: string): boolean {
  return !/^(?:https?:\/\/)?(?:contact|conversation|agent|workspace)\.[a-z_]+\/?$/.test(url);
}

export function mount(options: Options): Handle {
  const editor = new Editor({
    element: options.place,
    injectCSS: false, // the style sheet has what it needs; an injected one is refused by our policy
    extensions: [...(options.page ? partsOfPage() : partsOfLetter()), Placeholder.configure({ placeholder: options.placeholder })],
    content: options.page ? options.html : options.html || fromText(options.text),
    ...(options.page ? {} : { parseOptions: AS_WRITTEN }),
    editorProps: {
      attributes: {
        role: "textbox", "aria-multiline": "true", "aria-label": options.label, dir: "auto", class: "prose", "data-write": "",
      },
      // Escape leaves the field, as everywhere on the page.
      handleDOMEvents: { keydown: (_view, event) => event.key === "Escape" },
      handlePaste: (_view, event) => taken(event.clipboardData, options),
      handleDrop: (_view, event) => taken(event.dataTransfer, options),
      transformPastedHTML: tidy,
    },
    onUpdate: options.changed,
    onSelectionUpdate: options.moved,
    onTransaction: options.moved,
  });
  return handle(editor);
}

function handle(editor: Editor): Handle {
  return {
    element: editor.view.dom as HTMLElement,
    html: () => (editor.isEmpty ? "" : editor.getHTML()),
    text: () => toText(editor.state.doc),
    set: (html, text) => void editor.commands.setContent(html || fromText(text), { parseOptions: AS_WRITTEN }),
    append: (html) => void editor.commands.insertContentAt(editor.state.doc.content.size, html),
    before: () => before(editor),
    insert: (html, text, instead) => insert(editor, html, text, instead),
    select: (text) => select(editor, text),
    focus: () => {
      // At once: the editor's own way waits for the next frame. A key typed until then would be a shortcut, and an Escape
      // would be taken back by it.
      const { state, view } = editor;
      view.focus();
      view.dispatch(state.tr.setSelection(Selection.atEnd(state.doc)).scrollIntoView());
    },
    can: (name) => isOn(editor, name),
    run: (name) => void commands[name]?.(editor),
    href: () => String(editor.getAttributes("link")["href"] ?? ""),
    link: (href) => link(editor, href),
    picture: (src, alt) => void editor.chain().focus().setImage({ src, alt }).run(),
    destroy: () => editor.destroy(),
  };
}

function before(editor: Editor): string {
  const { $from, empty } = editor.state.selection;
  return empty ? $from.parent.textBetween(0, $from.parentOffset, "\n", " ").split("\n").at(-1) ?? "" : "";
}

/** Words of one line stay in their line; whole paragraphs become some. */
function insert(editor: Editor, html: string, text: string, instead: number): void {
  const { from, to } = editor.state.selection;
  const content = html || (text.includes("\n") ? fromText(text) : { type: "text", text });
  editor.chain().focus().insertContentAt({ from: from - instead, to }, content).run();
}

function select(editor: Editor, text: string): void {
  editor.state.doc.descendants((node, at) => {
    const found = node.isText ? node.text?.indexOf(text) ?? -1 : -1;
    if (found >= 0) editor.chain().focus().setTextSelection({ from: at + found, to: at + found + text.length }).run();
    return true;
  });
}

function link(editor: Editor, href: string): void {
  const chain = editor.chain().focus().extendMarkRange("link");
  if (!href) chain.unsetLink().run();
  else if (editor.state.selection.empty && !editor.isActive("link")) {
    chain.insertContent({ type: "text", text: href, marks: [{ type: "link", attrs: { href } }] }).run();
  } else chain.setLink({ href }).run();
}

/** A copied table brings a picture of itself along: where there is text, the text is meant. */
function taken(data: DataTransfer | null, options: Options): boolean {
  const files = [...(data?.files ?? [])];
  if (!files.length || data?.types.includes("text/plain") || !files.every(({ type }) => type.startsWith("image/"))) return false;
  return options.pictures(files);
}

/** Pasted from a page or an office program: pictures of other servers would tell on the reader, so they stay behind. */
function tidy(html: string): string {
  const page = new DOMParser().parseFromString(html, "text/html");
  page.querySelectorAll("img, style, script, meta, link, title").forEach((element) => element.remove());
  return page.body.innerHTML;
}
