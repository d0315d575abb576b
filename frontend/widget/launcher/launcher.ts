/** The button, the greeting above it, and the frame that holds the panel. All in a shadow root: nothing leaks in or out. */
import { listen, TO_PAGE, type Message, type ToPage, type ToPanel } from "../protocol";
import styles from "../launcher.css";
import type { Config, Tell } from "../loader/config";
import { fill } from "../words";
import { hasChat, hush, isHushed, setChat } from "./memory";

const GREET_AFTER = 1500;
const LOOK_EVERY = 1000;
const PATIENCE = 10_000;
const SVG = "http://www.w3.org/2000/svg";
const CHAT =
  "M4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3h-.5A1.5 1.5 0 0 1 3 12.5v-7A1.5 1.5 0 0 1 4.5 4z";
const CROSS = "m5 5 10 10M15 5 5 15";

declare global {
  interface Window {
    /** What a page may decide before the script runs. */
    ParleySettings?: { disableAttachment?: boolean };
  }
}

export class Launcher {
  isOpen = false;
  unread = 0;
  private readonly host = document.createElement("parley-chat");
  private readonly box = element("div", "box");
  private readonly button = element("button", "launch");
  private readonly badge = element("i", "badge");
  private hello: HTMLElement | undefined;
  private frame: HTMLIFrameElement | undefined;
  private ready = false;
  private prefix = "";
  private url = "";
  private looking = 0;
  private patience = 0;
  private screen: ToPanel["open"]["to"] = "last";

  constructor(
    private readonly origin: string,
    private readonly key: string,
    private readonly config: Config,
    private readonly tell: Tell,
  ) {
    this.draw();
    listen({ source: () => this.frame?.contentWindow, origin }, TO_PAGE, (message) => this.heard(message));
    if (hasChat(key)) this.load();
    else if (config.greeting && !isHushed(key)) setTimeout(() => this.isOpen || this.speak(config.greeting), GREET_AFTER);
  }

  open(screen: ToPanel["open"]["to"]): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.screen = screen;
    this.hello?.remove();
    this.load();
    this.show();
    this.askPanelToOpen();
    // A page that changes without being loaded tells nobody.
    this.looking = window.setInterval(() => this.look(), LOOK_EVERY);
    this.patience = window.setTimeout(() => this.ready || this.apologise(), PATIENCE);
    this.tell("opened");
  }

  /** `back`: whether the keyboard was in the panel, so that focus belongs on the button again. */
  close(back = document.activeElement === this.host): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    clearInterval(this.looking);
    clearTimeout(this.patience);
    this.show();
    this.post({ type: "closed" });
    if (back) this.button.focus();
    this.tell("closed");
  }

  private draw(): void {
    const root = this.host.attachShadow({ mode: "open" });
    dress(root);
    const { accent, on, direction, language, theme, position } = this.config;
    this.box.classList.add(theme, position);
    this.box.style.setProperty("--a", accent);
    this.box.style.setProperty("--on", on);
    this.box.dir = direction;
    this.box.lang = language;
    this.button.type = "button";
    this.button.append(drawing(CHAT), this.badge);
    this.button.onclick = () => (this.isOpen ? this.close(true) : this.open("last"));
    // The frame is fetched while the pointer travels; that sends nothing and stores nothing.
    for (const interest of ["pointerover", "focusin"]) root.addEventListener(interest, () => this.load());
    root.addEventListener("keydown", (event) => (event as KeyboardEvent).key === "Escape" && this.close(true));
    this.box.append(this.button);
    root.append(this.box);
    // Beside the body: a page that swaps its body, or moves it, keeps the chat as it is.
    document.documentElement.append(this.host);
    this.show();
  }

  private load(): void {
    if (this.frame) return;
    this.frame = element("iframe", "frame");
    this.frame.title = fill(this.config.words.chatWith, { name: this.config.name });
    this.frame.hidden = true;
    // After the number sign it is not sent to any server: the panel learns whom it may answer.
    const address = new URL(this.config.panel);
    if (window.ParleySettings?.disableAttachment) address.searchParams.set("files", "no");
    this.frame.src = `${this.origin}${address.pathname}${address.search}#${encodeURIComponent(location.origin)}`;
    this.box.prepend(this.frame);
  }

  private show(): void {
    const { words } = this.config;
    this.box.classList.toggle("open", this.isOpen);
    if (this.frame) this.frame.hidden = !this.isOpen;
    this.button.setAttribute("aria-expanded", String(this.isOpen));
    this.countInTitle();
    this.badge.hidden = this.isOpen || !this.unread;
    this.badge.textContent = this.unread > 9 ? "9+" : String(this.unread);
    const open = this.unread ? fill(words.openUnread, { n: this.unread }) : words.open;
    this.button.setAttribute("aria-label", this.isOpen ? words.close : open);
  }

  /** The page's own title, which may change meanwhile, after the number of what is unread. */
  private countInTitle(): void {
    const own = document.title.startsWith(this.prefix) ? document.title.slice(this.prefix.length) : document.title;
    this.prefix = this.unread ? `(${this.unread}) ` : "";
    if (document.title !== this.prefix + own) document.title = this.prefix + own;
  }

  /** The panel did not come: say so, and try again when asked to. */
  private apologise(): void {
    this.close();
    this.frame?.remove();
    this.frame = undefined;
    this.speak(this.config.words.unavailable);
  }

  /** Words beside the button; a click on them opens the chat. */
  private speak(text: string): void {
    const { words, name } = this.config;
    const say = element("button", "say", text);
    const dismiss = element("button", "x");
    dismiss.setAttribute("aria-label", words.dismiss);
    dismiss.append(drawing(CROSS));
    dismiss.onclick = () => {
      hush(this.key);
      this.hello?.remove();
      this.button.focus();
    };
    say.onclick = () => this.open("ask");
    say.type = dismiss.type = "button";
    say.dir = "auto";
    this.hello?.remove();
    this.hello = element("section", "hello");
    this.hello.setAttribute("aria-label", fill(words.messageFrom, { name }));
    this.hello.append(say, dismiss);
    this.box.prepend(this.hello);
  }

  // ── The panel's side ──

  private heard(message: Message<ToPage>): void {
    switch (message.type) {
      case "ready":
        this.ready = true;
        if (this.isOpen) this.askPanelToOpen();
        break;
      case "close":
        this.close(message.back);
        break;
      case "unread":
        if (message.count !== this.unread) this.tell("unread", { count: message.count });
        this.unread = message.count;
        this.show();
        break;
      case "kept":
        setChat(this.key, message.kept);
        break;
      case "started":
        this.tell("started");
    }
  }

  private askPanelToOpen(): void {
    this.frame!.focus();
    this.url = here();
    this.post({ type: "open", to: this.screen, url: this.url, referrer: document.referrer.slice(0, 2000) });
  }

  private look(): void {
    const url = here();
    if (url !== this.url) this.post({ type: "page", url: (this.url = url) });
  }

  private post(message: Message<ToPanel>): void {
    if (this.ready) this.frame?.contentWindow?.postMessage({ parley: 1, ...message }, this.origin);
  }
}

/** What follows the number sign is the page's own affair. */
function here(): string {
  return location.href.split("#")[0]!.slice(0, 2000);
}

function element<Tag extends keyof HTMLElementTagNameMap>(tag: Tag, name: string, text = ""): HTMLElementTagNameMap[Tag] {
  const made = document.createElement(tag);
  made.className = name;
  made.textContent = text;
  return made;
}

function drawing(path: string): SVGElement {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/** A constructed sheet is no inline style: the strictest page policy lets it through. */
function dress(root: ShadowRoot): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    root.adoptedStyleSheets = [sheet];
  } catch {
    const style = document.createElement("style");
    style.textContent = styles;
    root.append(style);
  }
}
