/** The button, the greeting above it, and the frame that holds the panel. All in a shadow root: nothing leaks in or out. */
import { listen, TO_PAGE, type Message, type ToPage, type ToPanel } from "../protocol";
import styles from "../launcher.css";
import type { Config, Tell } from "../loader/config";
import { drawing, element } from "./draw";
import { CHAT, get, HUSHED, keep } from "./memory";

const GREET_AFTER = 1500;
const LOOK_EVERY = 1000;
const PATIENCE = 10_000;
const DAY = 24 * 3600_000;
const BUBBLE =
  "M4.5 4h11A1.5 1.5 0 0 1 17 5.5v7a1.5 1.5 0 0 1-1.5 1.5H9l-4 3v-3h-.5A1.5 1.5 0 0 1 3 12.5v-7A1.5 1.5 0 0 1 4.5 4z";
const CROSS = "m5 5 10 10M15 5 5 15";

type To = ToPanel["open"]["to"];
export type Launcher = ReturnType<typeof makeLauncher>;
type Deeds = typeof import("../more");

export interface Settings {
  loadImmediately?: boolean;
  inlineEmbedSelector?: string;
  enableWidgetCookieBanner?: boolean | "ON_WIDGET_LOAD" | "ON_EXIT_INTENT";
  disableAttachment?: boolean;
  disableInitialInputFocus?: boolean;
  hideNewThreadLink?: boolean;
  identificationEmail?: string;
  identificationToken?: string;
}

declare global {
  interface Window {
    /** What a page may decide before the script runs. */
    ParleySettings?: Settings;
  }
}

export function makeLauncher(origin: string, key: string, config: Config, tell: Tell) {
  const { words, greeting } = config;
  const settings = window.ParleySettings ?? {};
  const host = document.createElement("parley-chat");
  const box = element("div", `box ${config.theme} ${config.position}`);
  const button = element("button", "launch");
  const badge = element("i", "badge");
  let hello: HTMLElement | undefined;
  let frame: HTMLIFrameElement | undefined;
  let isOpen = false;
  let unread = 0;
  let ready = false;
  let url = "";
  let looking = 0;
  let patience = 0;
  let screen: To = "last";
  let deeds: Promise<Deeds> | undefined;
  const self = { origin, key, config, tell, settings, host, box, open, close, speak, post, drop, load, more, frame: () => frame, isOpen: () => isOpen, unread: () => unread };

  draw();
  listen({ source: () => frame?.contentWindow, origin }, TO_PAGE, heard);
  // Whoever has a chat gets the panel at once, to resume it and to count what is unread.
  if (get(key + CHAT)) load();
  // A greeting that was dismissed stays away for a day.
  else if (!config.display && greeting && Date.now() - Number(get(key + HUSHED)) > DAY) setTimeout(() => isOpen || speak(greeting), GREET_AFTER);

  function open(to: To): void {
    if (isOpen) return;
    isOpen = true;
    screen = to;
    hello?.remove();
    load();
    show();
    if (ready) askPanelToOpen();
    // A page that changes without being loaded tells nobody.
    looking = window.setInterval(look, LOOK_EVERY);
    patience = window.setTimeout(() => ready || apologise(), PATIENCE);
    tell("opened");
  }

  /** `back`: whether the keyboard was in the panel, so that focus belongs on the button again. */
  function close(back = document.activeElement === host): void {
    if (!isOpen) return;
    isOpen = false;
    clearInterval(looking);
    clearTimeout(patience);
    show();
    post({ type: "closed" });
    if (back) button.focus();
    tell("closed");
  }

  function draw(): void {
    const root = host.attachShadow({ mode: "open" });
    // A constructed sheet is no inline style: the strictest page policy lets it through.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(styles);
    root.adoptedStyleSheets = [sheet];
    box.style.setProperty("--a", config.accent);
    box.style.setProperty("--on", config.on);
    box.dir = config.direction;
    box.lang = config.language;
    button.append(drawing(BUBBLE), badge);
    button.onclick = () => (isOpen ? close(true) : open("last"));
    // The frame is fetched while the pointer travels; that sends nothing and stores nothing.
    box.onpointerover = load;
    box.addEventListener("focusin", load);
    // A handler that gives `false` would take the key away.
    box.onkeydown = (event) => void (event.key === "Escape" && close(true));
    box.append(button);
    root.append(box);
    // Beside the body: a page that swaps its body, or moves it, keeps the chat as it is.
    host.hidden = config.hidden; // until a chat of theirs is loaded, or the page opens it
    document.documentElement.append(host);
    show();
  }

  function load(): void {
    if (frame) return;
    frame = element("iframe", "frame");
    frame.title = words.chatWith;
    frame.hidden = true;
    const address = new URL(config.panel);
    const on = Object.entries(settings).filter(([, value]) => /^(true|ON_\w+)$/.test(value));
    // After the number sign it is not sent to any server: the panel learns whom it may answer.
    frame.src = `${origin}${address.pathname}${address.search}&set=${on}&tz=${Intl.DateTimeFormat().resolvedOptions().timeZone}#${[location.origin, (url = here())].map(encodeURIComponent).join("&")}`;
    box.prepend(frame);
    host.hidden = false;
  }

  function show(): void {
    box.classList.toggle("open", isOpen);
    if (frame) frame.hidden = !isOpen;
    badge.hidden = isOpen || !unread;
    badge.textContent = unread > 9 ? "9+" : String(unread);
    button.ariaExpanded = String(isOpen);
    button.ariaLabel = isOpen ? words.close : unread ? words.openUnread.replace("{n}", String(unread)) : words.open;
  }

  /** The panel did not come: say so, and try again when asked to. */
  function apologise(): void {
    close();
    drop();
    speak(words.unavailable);
  }

  /** Words beside the button; a click on them opens the chat. */
  function speak(text: string): void {
    const say = element("button", "say", text);
    const dismiss = element("button", "x");
    dismiss.ariaLabel = words.dismiss;
    dismiss.append(drawing(CROSS));
    dismiss.onclick = () => {
      // Where the visitor is asked first, nothing is kept (OP-3); whoever has a chat is not greeted.
      if (!/[ek]ed$/.test(config.counts!) && !settings.enableWidgetCookieBanner) keep(key + HUSHED, String(Date.now()));
      hello?.remove();
      button.focus();
    };
    say.onclick = () => open("ask");
    say.dir = "auto";
    hello?.remove();
    hello = element("section", "hello");
    hello.ariaLabel = words.messageFrom;
    hello.append(say, dismiss);
    box.prepend(hello);
  }

  // ── The panel's side ──

  function heard(message: Message<ToPage>): void {
    if (message.type === "ready") {
      ready = true;
      if (isOpen) askPanelToOpen();
    } else if (message.type === "close") close(message.back);
    else if (message.type === "kept") keep(key + CHAT, message.kept ? "1" : "");
    else if (message.type === "told") tell(message.name, { value: message.value });
    else {
      const { count } = message;
      if (count !== unread) {
        tell("unread", { count });
        void more("title", count);
      }
      unread = count;
      show();
    }
  }

  /** Not before it is there: a frame that gets the focus while its page is being put in place never hears a key. */
  function askPanelToOpen(): void {
    frame!.focus();
    url = here();
    post({ type: "open", to: screen, url, referrer: document.referrer.slice(0, 2000) });
  }

  /** Tells the panel which page this is, when it is another one. */
  function look(): void {
    if (here() !== url) post({ type: "page", url: (url = here()) });
  }

  function post(message: Message<ToPanel>): void {
    if (ready) frame?.contentWindow?.postMessage({ parley: 1, ...message }, origin);
  }

  /** What few pages want lies in a file of its own: when to open, refresh(), remove(), clear(), inside of the page. */
  async function more(name: keyof Deeds, given?: unknown): Promise<void> {
    deeds ??= import(origin + config.more);
    void (await deeds)[name](self, given as never);
  }

  function drop(): void {
    frame?.remove();
    frame = undefined;
    ready = false;
  }

  if (config.display || settings.inlineEmbedSelector || settings.identificationToken || settings.enableWidgetCookieBanner) void more("begin");
  return self;
}

/** What follows the number sign is the page's own affair. */
function here(): string {
  return location.href.split("#")[0]!.slice(0, 2000);
}
