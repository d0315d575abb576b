/** The button, the greeting above it, and the frame that holds the panel. All in a shadow root: nothing leaks in or out. */
import { listen, TO_PAGE, type Message, type ToPage, type ToPanel } from "../protocol";
import styles from "../loader.css";
import { fill, type Config } from "./config";
import { hasChat, hush, isHushed, setChat } from "./memory";

const GREET_AFTER = 1500;
const SVG = "http://www.w3.org/2000/svg";
const CHAT =
  "M4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3h-.5A1.5 1.5 0 0 1 3 12.5v-7A1.5 1.5 0 0 1 4.5 4z";
const CROSS = "m5 5 10 10M15 5 5 15";

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
  private screen: ToPanel["open"]["to"] = "last";

  constructor(
    private readonly origin: string,
    private readonly key: string,
    private readonly config: Config,
    private readonly tell: (name: string, detail?: object) => void,
  ) {
    this.draw();
    listen({ source: () => this.frame?.contentWindow, origin }, TO_PAGE, (message) => this.heard(message));
    if (hasChat(key)) this.load();
    else if (config.greeting && !isHushed(key)) setTimeout(() => this.greet(), GREET_AFTER);
  }

  open(screen: ToPanel["open"]["to"]): void {
    if (this.isOpen) return;
    this.isOpen = true;
    this.screen = screen;
    this.hello?.remove();
    this.load();
    this.show();
    this.askPanelToOpen();
    this.tell("opened");
  }

  /** `back`: whether the keyboard was in the panel, so that focus belongs on the button again. */
  close(back = document.activeElement === this.host): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    this.show();
    this.post({ type: "closed" });
    if (back) this.button.focus();
    this.tell("closed");
  }

  private draw(): void {
    const root = this.host.attachShadow({ mode: "open" });
    dress(root);
    this.host.setAttribute("theme", this.config.theme);
    this.host.setAttribute("side", this.config.position);
    this.host.style.setProperty("--pw-accent", this.config.accent);
    this.host.style.setProperty("--pw-on", this.config.on);
    this.box.dir = this.config.direction;
    this.box.lang = this.config.language;
    this.button.type = "button";
    this.button.append(drawing(CHAT), this.badge);
    this.button.onclick = () => (this.isOpen ? this.close(true) : this.open("last"));
    // The frame is fetched while the pointer travels; that sends nothing and stores nothing.
    this.button.onpointerenter = () => this.load();
    root.addEventListener("keydown", (event) => (event as KeyboardEvent).key === "Escape" && this.close(true));
    this.box.append(this.button);
    root.append(this.box);
    document.body.append(this.host);
    this.show();
  }

  private load(): void {
    if (this.frame) return;
    this.frame = element("iframe", "frame");
    this.frame.title = fill(this.config.words.chatWith, { name: this.config.name });
    this.frame.hidden = true;
    // After the number sign it is not sent to any server: the panel learns whom it may answer.
    const address = new URL(this.config.panel);
    this.frame.src = `${this.origin}${address.pathname}${address.search}#${encodeURIComponent(location.origin)}`;
    this.box.prepend(this.frame);
  }

  private show(): void {
    const { words } = this.config;
    this.host.toggleAttribute("open", this.isOpen);
    if (this.frame) this.frame.hidden = !this.isOpen;
    this.button.setAttribute("aria-expanded", String(this.isOpen));
    this.badge.hidden = this.isOpen || !this.unread;
    this.badge.textContent = this.unread > 9 ? "9+" : String(this.unread);
    const open = this.unread ? fill(words.openUnread, { n: this.unread }) : words.open;
    this.button.setAttribute("aria-label", this.isOpen ? words.close : open);
  }

  private greet(): void {
    if (this.isOpen) return;
    const { words, name, greeting } = this.config;
    const say = element("button", "say", greeting);
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
    const url = location.href.split("#")[0]!.slice(0, 2000);
    this.frame!.focus();
    this.post({ type: "open", to: this.screen, url, referrer: document.referrer.slice(0, 2000) });
  }

  private post(message: Message<ToPanel>): void {
    if (this.ready) this.frame?.contentWindow?.postMessage({ parley: 1, ...message }, this.origin);
  }
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
