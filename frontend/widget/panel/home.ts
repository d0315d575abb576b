/** The first screen: who is here, ask a question, and the chats of before. */
import { data, say, type Summary } from "./data";
import { avatar, button, day, h, icon } from "./dom";

export interface Choices {
  ask(): void;
  show(chat: Summary): void;
}

export function home(chats: Summary[], choices: Choices): HTMLElement {
  const ask = button("act", "", choices.ask, icon("chat"), label(say("ask"), say("askNote")), icon("go"));
  const earlier = chats.length ? h("h3", "earlier", say("earlier")) : null;
  return h(
    "div",
    { class: "body home", tabindex: "-1" },
    h("h2", { dir: "auto" }, data.texts.heading),
    ask,
    earlier,
    ...chats.map((chat) => entry(chat, choices)),
  );
}

function entry(chat: Summary, choices: Choices): HTMLElement {
  const mark = chat.name ? avatar(chat, "s") : icon("chat");
  const words = label(chat.title || say("untitled"), [chat.name, day(chat.at)].filter(Boolean).join(" · "));
  const unread = chat.unread ? h("span", "new", h("span", "sr", say("unread"))) : null;
  return button("act", "", () => choices.show(chat), mark, words, unread);
}

function label(title: string, note: string): HTMLElement {
  return h("span", "", h("b", { dir: "auto" }, title), h("small", { dir: "auto" }, note));
}
