/** The panel as a whole: which chat is on, what waits to be sent, and what each side has seen. */
import { alone, hearPage, tellPage } from "./bridge";
import { data, type Ack, type Agent, type Enclosed, type Standing, type Summary } from "./data";
import { Http, No } from "./http";
import { Link, type State } from "./link";
import { oneAtATime } from "./lock";
import { ring } from "./menu";
import { newThread, Outbox, type Item } from "./outbox";
import { Sender } from "./sender";
import { Store } from "./store";
import { Transcript } from "./transcript";
import { View, type Screen } from "./view";

const TYPING_LASTS = 6000;
const OTHER_TAB_SENDS_WITHIN = 5000;

export class App {
  private readonly store = new Store(`parley:${data.key}:`);
  private readonly outbox = new Outbox(this.store);
  private readonly http = new Http(data.key, () => this.token);
  private readonly link: Link;
  private readonly sender: Sender;
  private readonly view: View;
  private readonly known = new Map<string, Transcript>();
  private transcript = new Transcript(null);
  private thread = newThread();
  private chats: Summary[] = [];
  private page = { url: "", referrer: "" };
  private screen: Screen = "home";
  private isOpen = alone;
  /** Whether the list of chats has come; and whether somebody opened the panel before that, to go on where they were. */
  private resumed = false;
  private wantsLast = false;
  private told = { conversation: "", delivered: 0, seen: 0 };
  private typingEnds = 0;
  private catchingUp = 0;

  constructor(root: HTMLElement) {
    this.link = new Link(data.key, () => this.token, this.http, {
      position: () => ({ conversation: this.transcript.conversation, after: this.transcript.last }),
      standing: (standing) => this.stood(standing),
      typing: (name, on) => this.heardTyping(name, on),
      changed: (closed, agent) => this.changed(closed, agent),
      behind: () => this.link.sync(),
      forgotten: () => this.forgotten(),
      state: (state) => this.lineIs(state),
    });
    this.sender = new Sender(this.outbox, {
      session: () => this.session(),
      send: (message) => this.link.send(message),
      page: () => this.page,
      stands: (item, ack) => this.stands(item, ack),
      refused: () => this.draw(),
      limited: (seconds) => this.view.slowDown(seconds),
      forgotten: () => this.forgotten(),
      restarted: (from, to) => this.restarted(from, to),
    });
    this.view = new View(root, this.store, {
      write: (body, files) => this.write(body, files),
      upload: (file, progress) => this.upload(file, progress),
      link: (id) => this.http.link(id),
      typing: (on, text) => this.transcript.conversation && this.link.typing(on, text),
      ask: () => this.ask(),
      home: () => this.goHome(),
      show: (chat) => this.follow(chat.conversation),
      close: () => tellPage({ type: "close", back: true }),
      read: () => this.http.transcript(this.transcript.conversation!),
      again: (item) => this.again(item),
      discard: (item) => this.discard(item),
      reachable: () => navigator.onLine && this.link.state !== "down",
    });
  }

  start(): void {
    this.store.watch((name, value) => this.otherTab(name, value));
    document.addEventListener("visibilitychange", () => this.noteSeen());
    hearPage((message) => {
      if (message.type === "closed") return this.closed();
      this.page = { ...this.page, ...message };
      if (message.type === "page") return;
      this.opened(message.to);
    });
    this.recollect();
    this.draw();
    tellPage({ type: "ready" });
    void this.resume().then(() => alone && this.opened("last"));
  }

  /** What an earlier page left unsent is the chat to go on with. */
  private recollect(): void {
    const left = this.outbox.all().pop();
    if (!left) return;
    this.thread = left.thread;
    this.transcript = new Transcript(this.outbox.conversationOf(left.thread));
    this.sender.nudge();
  }

  private get token(): string {
    return this.store.get("token") ?? "";
  }

  // ── Open and closed ──

  private opened(screen: "home" | "ask" | "last"): void {
    this.isOpen = true;
    const goesOn = !!this.mine().length || (!!this.transcript.conversation && !this.transcript.closed);
    // Whoever was quicker than this message, or was in a chat when they closed, stays where they are.
    const stays = this.screen === "chat" && screen !== "home";
    if (screen === "ask" && !goesOn && !stays) this.ask();
    else this.turnTo(stays || (screen !== "home" && goesOn) ? "chat" : "home");
    this.wantsLast = this.screen === "home" && screen === "last" && !this.resumed;
    this.link.start();
    this.view.focus(this.screen);
  }

  private closed(): void {
    this.isOpen = false;
    this.noteSeen();
  }

  private turnTo(screen: Screen): void {
    this.wantsLast = false;
    this.screen = screen;
    this.draw(true);
    this.noteSeen();
    if (this.isOpen) this.view.focus(screen);
  }

  private goHome(): void {
    this.turnTo("home");
    void this.resume();
  }

  private ask(): void {
    this.know();
    this.thread = newThread();
    this.transcript = new Transcript(null);
    this.turnTo("chat");
  }

  private follow(conversation: string): void {
    this.know();
    this.thread = `c:${conversation}`;
    this.transcript = this.known.get(conversation) ?? new Transcript(conversation);
    this.link.start();
    this.link.sync();
    this.turnTo("chat");
  }

  private know(): void {
    if (this.transcript.conversation) this.known.set(this.transcript.conversation, this.transcript);
  }

  // ── The session, and what it has ──

  /** Fetch the list of chats; the first time, go on with the latest. */
  private async resume(): Promise<void> {
    if (!this.token) return;
    try {
      this.chats = await this.http.conversations();
    } catch (error) {
      if (error instanceof No && error.reason === "session") this.forgotten();
      else this.link.start();
      return;
    }
    tellPage({ type: "kept", kept: this.store.lasts });
    const latest = this.chats[0];
    const isNew = !this.transcript.conversation && !this.mine().length && this.screen === "home";
    if (latest && isNew) {
      this.thread = `c:${latest.conversation}`;
      this.transcript = new Transcript(latest.conversation);
      this.transcript.closed = latest.closed;
      // A line that was quicker than this list follows nothing yet.
      if (this.link.state !== "off") this.link.sync();
    }
    this.resumed = true;
    const goesOn = this.wantsLast && !!this.transcript.conversation && !this.transcript.closed;
    this.wantsLast = false;
    // A page view costs a line only when an answer may come over it.
    if (this.isOpen || this.chats.some((chat) => !chat.closed)) this.link.start();
    if (goesOn) this.turnTo("chat");
    else this.draw();
  }

  /** Make a session when the first message is about to go; two tabs at once make one. */
  private async session(): Promise<void> {
    if (this.token) return;
    await oneAtATime("session", async () => {
      if (this.token) return;
      this.store.set("token", await this.http.session(data.language, this.page.url));
      tellPage({ type: "kept", kept: this.store.lasts });
    });
  }

  /** A file goes ahead of its message; the first makes the session, as a first message does. */
  private async upload(file: File, progress: (share: number) => void): Promise<Enclosed> {
    await this.session();
    try {
      return await this.http.upload(file, progress);
    } catch (error) {
      if (error instanceof No && error.reason === "session") this.forgotten();
      throw error;
    }
  }

  private forgotten(): void {
    this.store.remove("token");
    this.link.stop();
    this.known.clear();
    this.chats = [];
    this.resumed = false;
    const had = this.transcript.conversation;
    if (had) {
      this.thread = this.outbox.restart(this.thread);
      this.transcript = new Transcript(null);
      this.view.say("gone");
    }
    tellPage({ type: "kept", kept: false });
    this.draw();
    if (this.outbox.next()) this.sender.nudge();
  }

  private restarted(from: string, to: string): void {
    if (this.thread !== from) return;
    this.thread = to;
    this.transcript = new Transcript(null);
    this.draw();
  }

  private otherTab(name: string, value: string | null): void {
    if (name === "token" && value) void this.resume();
    if (!name.startsWith("out:")) return;
    this.draw();
    // The tab that wrote it sends it; unless it was closed meanwhile.
    if (value) setTimeout(() => this.outbox.next() && this.sender.nudge(), OTHER_TAB_SENDS_WITHIN);
  }

  // ── Messages out ──

  private write(body: string, files: Enclosed[]): void {
    this.outbox.add(body, this.thread, files);
    this.view.say("");
    this.draw(true);
    this.sender.nudge();
  }

  private again(item: Item): void {
    this.outbox.save({ ...item, failed: "", at: Date.now() });
    this.draw();
    this.sender.nudge();
  }

  private discard(item: Item): void {
    this.outbox.drop(item);
    this.draw();
  }

  private stands(item: Item, ack: Ack): void {
    const isMine = this.isMine(item);
    const begins = !this.outbox.conversationOf(item.thread);
    this.outbox.became(item.thread, ack.conversation);
    this.outbox.drop(item);
    if (isMine) {
      this.transcript.acknowledge(item, ack);
      this.thread = `c:${ack.conversation}`;
      if (begins) this.link.sync();
      else this.catchUp();
    }
    if (begins) tellPage({ type: "started" });
    this.link.start();
    this.draw();
  }

  /** What waits in the chat on screen: of its conversation, or of the one it is about to become. */
  private mine(): Item[] {
    return this.outbox.all().filter((item) => this.isMine(item));
  }

  private isMine(item: Item): boolean {
    if (item.thread === this.thread) return true;
    const conversation = this.outbox.conversationOf(item.thread);
    return !!conversation && conversation === this.transcript.conversation;
  }

  // ── Messages in ──

  private stood(standing: Standing): void {
    const { conversation } = standing;
    if (!conversation) return;
    const expected = this.transcript.conversation ?? this.outbox.conversationOf(this.thread);
    if (conversation !== expected) return;
    const isFirst = !this.transcript.messages.length;
    const { fresh, more } = this.transcript.take(standing);
    for (const message of fresh) {
      const item = message.client_id && this.outbox.find(message.client_id);
      if (item) this.stands(item, { client_id: item.id, conversation, seq: message.seq, at: message.at });
    }
    const theirs = fresh.filter((message) => message.from !== "me" && message.from !== "welcome");
    if (theirs.length) this.heardTyping("", false);
    if (theirs.length && !isFirst && !this.looks) ring(this.store);
    if (!isFirst && this.isOpen) for (const message of theirs) {
      this.view.announce(message.name, [message.body, ...(message.files ?? []).map((file) => file.name)].join(" "));
    }
    if (more) this.catchUp(fresh.length ? 0 : 1000);
    this.noteSeen();
    this.draw(isFirst);
  }

  private catchUp(wait = 300): void {
    clearTimeout(this.catchingUp);
    this.catchingUp = window.setTimeout(() => {
      if (this.transcript.head > this.transcript.last) this.link.sync();
    }, wait);
  }

  private changed(closed: boolean, agent: Agent | null): void {
    this.transcript.closed = closed;
    this.transcript.meet(agent);
    this.draw();
  }

  private heardTyping(name: string, on: boolean): void {
    clearTimeout(this.typingEnds);
    this.view.timeline.typing(on ? name : "");
    if (on) this.typingEnds = window.setTimeout(() => this.view.timeline.typing(""), TYPING_LASTS);
  }

  private lineIs(state: State): void {
    this.view.lineIs(state);
    if (state === "live" && !this.resumed) void this.resume();
    this.draw();
  }

  // ── Who has seen what ──

  private get looks(): boolean {
    return this.isOpen && this.screen === "chat" && !document.hidden;
  }

  private noteSeen(): void {
    const { transcript } = this;
    const looking = this.looks;
    if (looking) transcript.read = Math.max(transcript.read, transcript.lastOfTheirs);
    const others = this.chats.filter((chat) => chat.unread && chat.conversation !== transcript.conversation);
    tellPage({ type: "unread", count: Math.min(99, transcript.unread + others.length) });
    const { conversation, lastOfTheirs: delivered, read } = transcript;
    const seen = Math.min(read, delivered);
    const news = conversation !== this.told.conversation || delivered > this.told.delivered || seen > this.told.seen;
    if (!conversation || !delivered || !news) return;
    this.told = { conversation, delivered, seen };
    this.link.receipt(conversation, delivered, seen);
    for (const chat of this.chats) if (looking && chat.conversation === conversation) chat.unread = false;
  }

  private draw(jump = false): void {
    const { screen, transcript, chats } = this;
    this.view.draw({ screen, transcript, chats, waiting: this.mine(), lasts: this.store.lasts }, jump);
  }
}
