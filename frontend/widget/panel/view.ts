/** What the panel looks like: head, home or chat, and the quiet words about the connection. */
import { makeComposer, type Writing } from "./composer";
import { data, say, type Agent, type Summary } from "./data";
import { avatar, part } from "./dom";
import { extras, ignore } from "./extras";
import type { State } from "./link";
import { keeps, type Item } from "./outbox";
import { lasts } from "./store";
import { makeReplies } from "./replies";
import { makeTimeline, type Chosen } from "./timeline";
import type { Transcript } from "./transcript";

const RECONNECTING_SHOWS_AFTER = 2000;

export type Screen = "home" | "chat";

export interface Handlers extends Chosen, Writing {
  ask(): void;
  home(): void;
  close(): void;
}

export interface Shown {
  screen: Screen;
  transcript: Transcript;
  chats: Summary[];
  waiting: Item[];
}

export function makeView(handlers: Handlers) {
  const timeline = makeTimeline(handlers);
  const { text, beside } = makeComposer(handlers);
  const offer = makeReplies((body, reply) => {
    void handlers.write(body, [], reply);
    text.focus();
  });
  const dialog = part("panel");
  const banner = part("note");
  let looks = "";
  let conversation = "";
  let state: State = "off";
  let slow = "";
  let patience = 0;
  let noted = "";

  part("ask").onclick = part("anew").onclick = handlers.ask;
  part("back").onclick = handlers.home;
  part("close").onclick = handlers.close;
  document.onkeydown = (event) => {
    if (event.key === "Escape" && !event.isComposing && !dialog.querySelector(":popover-open")) handlers.close();
  };
  addEventListener("offline", showLine);
  addEventListener("online", showLine);

  function draw({ screen, transcript, chats, waiting }: Shown, jump?: boolean): void {
    const inChat = screen === "chat";
    conversation = transcript.conversation ?? "";
    const who = transcript.agent ?? transcript.bot;
    const look = JSON.stringify([inChat || chats, who, conversation]);
    if (look !== looks) {
      drawWho(inChat && who);
      if (!inChat && chats.length) extras().then((found) => found.drawEarlier(part("home"), chats), ignore);
    }
    looks = look;
    part("home").hidden = inChat;
    part("chat").hidden = part("foot").hidden = part("back").hidden = !inChat;
    part("more").hidden = !inChat || !conversation;
    part("anew").hidden = !transcript.closed;
    // Before the messages: what takes room above them moves their end.
    if (!(lasts() && keeps()) && (conversation || waiting.length)) note("notKept");
    if (inChat) {
      timeline.draw(transcript, waiting, !!jump);
      offer(waiting.length ? undefined : transcript.asks);
    }
  }

  function drawWho(agent?: Agent | false | null): void {
    const { texts, faces, here } = data;
    part("who").replaceChildren(...(agent ? [agent] : faces).map((face) => avatar(face)));
    part("name").textContent = agent ? agent.name : texts.name;
    part("under").textContent = agent ? agent.title : here ? texts.reply_time : texts.away;
  }

  /** A word that stays until something else is to be said. */
  function note(word: string): void {
    noted = word;
    showLine();
  }

  function showLine(): void {
    const words = lineWords();
    if (banner.textContent !== words) banner.textContent = words;
    banner.hidden = !words;
  }

  const lineWords = (): string => {
    if (!navigator.onLine) return say("offline");
    return slow || (state === "down" ? say("reconnecting") : noted && say(noted));
  };

  return {
    typing: timeline.typing,
    draw,
    note,
    /** Fetches what an open panel may want next. */
    furnish: () => extras().then(({ furnished }) => beside(furnished()), ignore),
    focus(screen: Screen): void {
      // A finger would get half the screen covered by a keyboard it did not ask for.
      (screen === "chat" && !matchMedia("(pointer: coarse)").matches ? text : dialog).focus();
    },
    lineIs(now: State): void {
      const wasAway = !banner.hidden;
      state = now;
      clearTimeout(patience);
      // A line that comes back at once was never worth a word.
      if (state === "down") patience = window.setTimeout(showLine, RECONNECTING_SHOWS_AFTER);
      else showLine();
      if (wasAway && state === "live") extras().then(({ tell }) => tell(say("online")), ignore);
    },
    /** Words for a while, before all but being offline. */
    banner(words: string): void {
      slow = words;
      showLine();
    },
  };
}
