/** The panel as a whole: which chat is on, what waits to be sent, and what each side has seen. */
import { alone, around, hearPage, tellPage } from "./bridge";
import { data, type Ack, type Agent, type Standing, type Summary } from "./data";
import { avatar } from "./dom";
import type { ToPanel } from "../protocol";
import type { House } from "../extras/house";
import { extras, ignore, lend } from "./extras";
import { call, isEnded, token } from "./http";
import { makeLink, type State } from "./link";
import * as outbox from "./outbox";
import type { Item } from "./outbox";
import { makeSender } from "./sender";
import { get, lasts, oneAtATime, remember, set, watch } from "./store";
import { SLOW } from "./timeline";
import { Transcript } from "./transcript";
import { makeView, type Screen } from "./view";

const TYPING_LASTS = 6000;
const OTHER_TAB_SENDS_WITHIN = 5000;
const LIST_AGAIN = 5000;

export function startApp(): void {
  const known = new Map<string, Transcript>();
  let transcript = new Transcript(null);
  let thread = outbox.newThread();
  let chats: Summary[] = [];
  let page = { url: "", referrer: "" };
  let screen: Screen = "home";
  let isOpen = alone;
  /** Whether the list of chats has come; and whether somebody opened the panel before that, to go on where they were. */
  let resumed = false;
  let wantsLast = false;
  let resuming: Promise<void> | undefined;
  let told = { conversation: "", delivered: 0, seen: 0 };
  let typingEnds = 0;
  let catchingUp = 0;

  const link = makeLink({
    position: () => ({ conversation: transcript.conversation, after: transcript.last }),
    standing,
    typing,
    changed,
    forgotten,
    state: lineIs,
  });
  const nudge = makeSender({
    session,
    send: link.send,
    page: () => page,
    stands,
    refused: draw,
    limited: (seconds) => extras().then(({ slowDown }) => slowDown(seconds), ignore),
    forgotten,
    restarted,
  });
  const view = makeView({
    write,
    ask,
    home: goHome,
    close: () => tellPage({ type: "close", back: true }),
    again: (item) => {
      void outbox.save({ ...item, failed: "", at: Date.now() });
      draw();
      nudge();
    },
    discard: (item) => {
      void outbox.drop(item);
      draw();
    },
    reachable: () => navigator.onLine && link.state() !== "down",
  });

  const house: House = {
    call,
    avatar,
    get,
    set,
    token: async () => {
      await session();
      return token();
    },
    ended: forgotten,
    resume: () => (lasts() ? location.reload() : resume()),
    conversation: () => transcript.conversation,
    show: follow,
    note: view.note,
    banner: view.banner,
    remember() {
      remember();
      outbox.waiting().forEach(outbox.save);
      tellKept();
    },
    tell,
    typing: (on, text) => !!transcript.conversation && link.typing(on, text),
    chat: () => transcript,
    page: () => page.url,
  };
  lend(house);
  watch(otherTab);
  document.addEventListener("visibilitychange", noteSeen);
  hearPage((message) => {
    if (message.type === "closed") {
      isOpen = false;
      return noteSeen();
    }
    if (!("url" in message)) return void extras().then(({ asked }) => asked(message), ignore);
    page = { ...page, ...message };
    if (message.type === "open") opened(message.to);
    // The page became another one: asked and noted as when one is loaded.
    else void resume();
  });
  draw();
  void begin();

  async function begin(): Promise<void> {
    await outbox.refresh();
    recollect();
    tellPage({ type: "ready" });
    await resume();
    if (alone) opened("last");
  }

  /** What an earlier page left unsent is the chat to go on with. */
  function recollect(): void {
    const left = outbox.waiting().at(-1);
    if (!left) return;
    thread = left.thread;
    transcript = new Transcript(outbox.conversationOf(thread));
    draw();
    nudge();
  }

  // ── Open and closed ──

  function opened(to: ToPanel["open"]["to"]): void {
    isOpen = true;
    // Whoever was quicker than this message, or was in a chat when they closed, stays where they are.
    const stays = screen === "chat" && to !== "home";
    const goesOn = stays || !!mine().length || isRunning();
    if (to === "new" || (to === "ask" && !goesOn)) ask();
    else turnTo(to !== "home" && goesOn ? "chat" : "home");
    wantsLast = screen === "home" && to === "last" && !resumed;
    link.start();
    void view.furnish();
  }

  const isRunning = (): boolean => !!transcript.conversation && !transcript.closed;

  function turnTo(now: Screen): void {
    wantsLast = false;
    screen = now;
    draw(true);
    noteSeen();
    if (isOpen && !data.still) view.focus(screen);
  }

  function goHome(): void {
    turnTo("home");
    void resume();
  }

  function ask(): void {
    go(outbox.newThread(), new Transcript(null));
  }

  function follow(conversation: string): void {
    go(`c:${conversation}`, known.get(conversation) ?? new Transcript(conversation));
    link.start();
    link.sync();
  }

  function go(to: string, found: Transcript): void {
    if (transcript.conversation) known.set(transcript.conversation, transcript);
    thread = to;
    transcript = found;
    turnTo("chat");
  }

  // ── The session, and what it has ──

  /** Fetch the list of chats; the first time, go on with the latest. One at a time: two answers would undo each other. */
  function resume(): Promise<void> {
    return (resuming ??= list().finally(() => (resuming = undefined)));
  }

  async function list(): Promise<void> {
    if (!token()) return;
    try {
      chats = (await call<{ conversations: Summary[] }>("conversations/", { page_url: page.url || around })).conversations;
    } catch (error) {
      if (isEnded(error)) return forgotten();
      if (!resumed) setTimeout(resume, LIST_AGAIN);
      return link.start();
    }
    tellKept();
    const latest = chats[0];
    if (latest && !transcript.conversation && !mine().length && screen === "home") {
      thread = `c:${latest.conversation}`;
      transcript = new Transcript(latest.conversation);
      transcript.closed = latest.closed;
      // A line that was quicker than this list follows nothing yet.
      if (link.state() !== "off") link.sync();
    }
    resumed = true;
    // A page view costs a line only when an answer may come over it.
    if (isOpen || chats.some((chat) => !chat.closed)) link.start();
    if (wantsLast && isRunning()) turnTo("chat");
    else draw();
    wantsLast = false;
  }

  const tellKept = (): void => tellPage({ type: "kept", kept: !!token() && lasts() });

  /** Make a session when the first message is about to go; two tabs at once make one. */
  async function session(): Promise<void> {
    if (token()) return;
    await oneAtATime("session", async () => {
      if (token()) return;
      const asked = { key: data.key, language: data.language, page_url: page.url };
      set("token", (await call<{ token: string }>("session/", asked)).token);
      tellKept();
    });
  }

  function tell(name: string, value: string): void {
    tellPage({ type: "told", name, value });
  }

  function forgotten(): void {
    set("token", null);
    link.stop();
    known.clear();
    chats = [];
    resumed = false;
    if (transcript.conversation) {
      thread = outbox.restart(thread);
      transcript = new Transcript(null);
      view.note("gone");
    }
    tellKept();
    draw();
    if (outbox.next()) nudge();
  }

  function restarted(from: string, to: string): void {
    if (thread !== from) return;
    thread = to;
    transcript = new Transcript(null);
    draw();
  }

  async function otherTab(name: string, value: string | null): Promise<void> {
    if (name === "token" && value) void resume();
    if (name !== "out") return;
    await outbox.refresh();
    // Sent from there, our chat has got its name there.
    const conversation = outbox.conversationOf(thread);
    if (conversation && !transcript.conversation) {
      transcript = new Transcript(conversation);
      link.start();
      link.sync();
    }
    draw();
    // The tab that wrote it sends it; unless it was closed meanwhile.
    if (value) setTimeout(() => outbox.next() && nudge(), OTHER_TAB_SENDS_WITHIN);
  }

  // ── Messages out ──

  function write(body: string, files: Item["files"], reply?: string[]): Promise<void> {
    const kept = outbox.add(body, thread, files ?? [], reply);
    view.note("");
    draw(true);
    setTimeout(draw, SLOW + 50); // clocks may differ by a hair
    nudge();
    return kept;
  }

  function stands(item: Item, ack: Ack): Promise<void> {
    const wasMine = isMine(item);
    const begins = !outbox.conversationOf(item.thread);
    outbox.became(item.thread, ack.conversation);
    const gone = outbox.drop(item);
    if (wasMine) {
      transcript.acknowledge(item, ack);
      thread = `c:${ack.conversation}`;
      if (begins) link.sync();
      else catchUp();
    }
    if (begins) tell("started", ack.conversation);
    link.start();
    draw();
    if (transcript.bot) typing(transcript.bot.name, true);
    return gone;
  }

  /** What waits in the chat on screen: of its conversation, or of the one it is about to become. */
  function mine(): Item[] {
    return outbox.waiting().filter(isMine);
  }

  function isMine(item: Item): boolean {
    if (item.thread === thread) return true;
    const conversation = outbox.conversationOf(item.thread);
    return !!conversation && conversation === transcript.conversation;
  }

  // ── Messages in ──

  function standing(found: Standing): void {
    const { conversation } = found;
    if (!conversation || conversation !== (transcript.conversation ?? outbox.conversationOf(thread))) return;
    const isFirst = !transcript.messages.length;
    const { fresh, more } = transcript.take(found);
    for (const { client_id, seq, at } of fresh) {
      const item = outbox.waiting().find(({ id }) => id === client_id);
      if (item) void stands(item, { client_id: item.id, conversation, seq, at });
    }
    const theirs = fresh.filter(({ from }) => from !== "me" && from !== "welcome");
    if (theirs.length) typing("", false);
    if (found.bot?.busy) typing(found.bot.name, true);
    if (theirs.length && !isFirst && !looks()) extras().then(({ ring }) => ring(), ignore);
    if (!isFirst && isOpen) extras().then(({ announce }) => announce(theirs), ignore);
    if (more) catchUp(fresh.length ? 0 : 1000);
    noteSeen();
    draw(isFirst);
  }

  function catchUp(wait = 300): void {
    clearTimeout(catchingUp);
    catchingUp = window.setTimeout(() => transcript.head > transcript.last && link.sync(), wait);
  }

  function changed(closed: boolean, agent: Agent | null): void {
    transcript.closed = closed;
    transcript.introduce(agent);
    draw();
  }

  function typing(name: string, on: boolean): void {
    clearTimeout(typingEnds);
    view.typing(on ? name : "");
    if (on) typingEnds = window.setTimeout(view.typing, TYPING_LASTS, "");
  }

  function lineIs(state: State): void {
    view.lineIs(state);
    if (state === "live" && !resumed) void resume();
    draw();
  }

  // ── Who has seen what ──

  function looks(): boolean {
    return isOpen && screen === "chat" && !document.hidden;
  }

  function noteSeen(): void {
    const looking = looks();
    const { conversation, lastOfTheirs: delivered } = transcript;
    if (looking) transcript.read = Math.max(transcript.read, delivered);
    const others = chats.filter((chat) => chat.unread && chat.conversation !== conversation);
    tellPage({ type: "unread", count: Math.min(99, transcript.unread + others.length) });
    const seen = Math.min(transcript.read, delivered);
    const isNews = conversation !== told.conversation || delivered > told.delivered || seen > told.seen;
    if (!conversation || !delivered || !isNews) return;
    told = { conversation, delivered, seen };
    link.receipt(told);
    for (const chat of chats) if (looking && chat.conversation === conversation) chat.unread = false;
  }

  function draw(jump?: boolean): void {
    view.draw({ screen, transcript, chats, waiting: mine() }, jump);
    house?.drawn?.();
  }
}
