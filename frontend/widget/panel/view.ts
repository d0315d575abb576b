/** What the panel looks like: head, home or chat, and the quiet words about the connection. */
import { Composer } from "./composer";
import { data, say, type Enclosed, type Summary } from "./data";
import { avatar, button, faces, h, icon } from "./dom";
import type { Upload } from "./files";
import { home, type Choices } from "./home";
import { menu } from "./menu";
import type { State } from "./link";
import type { Item } from "./outbox";
import type { Store } from "./store";
import { Timeline, type Chosen } from "./timeline";
import type { Transcript } from "./transcript";

const RECONNECTING_SHOWS_AFTER = 2000;
const ANNOUNCED_FOR = 5000;

export type Screen = "home" | "chat";

export interface Handlers extends Choices, Chosen {
  write(body: string, files: Enclosed[]): void;
  upload: Upload;
  typing(on: boolean, text?: string): void;
  home(): void;
  close(): void;
  /** The chat on screen as a text. */
  read(): Promise<string>;
}

export interface Shown {
  screen: Screen;
  transcript: Transcript;
  chats: Summary[];
  waiting: Item[];
  /** Whether this browser keeps the session. */
  lasts: boolean;
}

export class View {
  readonly timeline: Timeline;
  private readonly composer: Composer;
  private readonly dialog: HTMLElement;
  private readonly head = h("header", "head");
  private readonly middle = h("div", "middle");
  private readonly foot = h("footer", "foot");
  private readonly banner = h("p", { class: "note", role: "status", hidden: true });
  private readonly live = h("div", { class: "sr", role: "status" });
  private readonly anew: HTMLElement;
  private readonly menu: HTMLElement;
  private looks = { head: "", middle: "" };
  private state: State = "off";
  private slowness = 0;
  private countdown = 0;
  private patience = 0;
  private noted = "";

  constructor(
    root: HTMLElement,
    store: Store,
    private readonly handlers: Handlers,
  ) {
    this.timeline = new Timeline(handlers);
    this.composer = new Composer(store, handlers.write, handlers.typing, handlers.upload);
    this.anew = button("no", say("startNew"), handlers.ask);
    this.foot.append(this.anew, this.composer.element);
    const name = say("chatWith", { name: data.texts.name });
    this.dialog = h("div", { class: "panel", role: "dialog", "aria-label": name, tabindex: "-1" });
    this.menu = menu(store, handlers.read, () => this.say("unavailable"));
    this.dialog.append(this.head, this.banner, this.middle, this.foot, this.live, this.menu);
    root.append(this.dialog);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.isComposing) return;
      if (!this.menu.matches(":popover-open")) handlers.close();
    });
    addEventListener("offline", () => this.showLine());
    addEventListener("online", () => this.showLine());
  }

  draw(shown: Shown, jump: boolean): void {
    this.drawHead(shown);
    const inChat = shown.screen === "chat";
    this.foot.hidden = !inChat;
    this.anew.hidden = !shown.transcript.closed;
    if (inChat) this.timeline.draw(shown.transcript, shown.waiting, jump);
    this.drawMiddle(shown);
    if (inChat && jump) this.timeline.toEnd();
    if (!shown.lasts && shown.transcript.conversation) this.say("notKept");
  }

  focus(screen: Screen): void {
    if (screen === "chat" && !matchMedia("(pointer: coarse)").matches) this.composer.focus();
    else this.dialog.focus();
  }

  /** Tell of a message once, politely, whoever cannot see it arrive. */
  announce(name: string, text: string): void {
    this.tell(say("says", { name, text: text.slice(0, 500) }));
  }

  /** A word that stays until something else is to be said. */
  say(word: string): void {
    this.noted = word;
    this.showLine();
  }

  lineIs(state: State): void {
    const wasAway = !this.banner.hidden;
    this.state = state;
    clearTimeout(this.patience);
    // A line that comes back at once was never worth a word.
    if (state === "down") this.patience = window.setTimeout(() => this.showLine(), RECONNECTING_SHOWS_AFTER);
    else this.showLine();
    if (wasAway && state === "live") this.tell(say("online"));
  }

  slowDown(seconds: number): void {
    clearInterval(this.countdown);
    this.slowness = seconds;
    this.showLine();
    if (!seconds) return;
    this.countdown = window.setInterval(() => {
      this.slowness -= 1;
      if (this.slowness <= 0) clearInterval(this.countdown);
      this.showLine();
    }, 1000);
  }

  private showLine(): void {
    const words = this.lineWords();
    if (this.banner.textContent !== words) this.banner.textContent = words;
    this.banner.hidden = !words;
  }

  private lineWords(): string {
    if (!navigator.onLine) return say("offline");
    if (this.slowness > 0) return say("slowDown", { n: this.slowness });
    if (this.state === "down") return say("reconnecting");
    return this.noted && say(this.noted);
  }

  /** Said aloud and then taken away: whoever reads on by hand finds it once, in its place. */
  private tell(words: string): void {
    const told = h("p", "", words);
    this.live.append(told);
    setTimeout(() => told.remove(), ANNOUNCED_FOR);
  }

  private drawHead({ screen, transcript }: Shown): void {
    const agent = screen === "chat" ? transcript.agent : null;
    const hasMenu = screen === "chat" && !!transcript.conversation;
    const look = JSON.stringify([screen, agent, hasMenu]);
    if (look === this.looks.head) return;
    this.looks.head = look;
    const here = data.here > 0;
    const under = agent ? agent.title : here ? data.texts.reply_time : data.texts.away;
    const back = screen === "chat" && button("ib back", say("back"), this.handlers.home, icon("back"));
    this.head.replaceChildren(
      ...[
        back || null,
        agent ? avatar(agent) : faces(),
        h("div", "", h("b", { dir: "auto" }, agent?.name ?? data.texts.name), under && h("small", { dir: "auto" }, under)),
        hasMenu && this.more(),
        button("ib", say("close"), this.handlers.close, icon("close")),
      ].filter((part): part is HTMLElement => !!part),
    );
  }

  private more(): HTMLElement {
    const more = button("ib", say("more"), () => undefined, icon("more"));
    more.setAttribute("popovertarget", "menu");
    return more;
  }

  private drawMiddle({ screen, chats }: Shown): void {
    const look = screen === "chat" ? "chat" : JSON.stringify(chats);
    if (look === this.looks.middle) return;
    this.looks.middle = look;
    if (screen === "chat") this.middle.replaceChildren(this.timeline.element, this.timeline.below);
    else this.middle.replaceChildren(home(chats, this.handlers));
  }
}
