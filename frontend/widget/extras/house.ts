/** What the first file lends to the second: there is one session and one memory, wherever this browser lets them be kept. */
import type { avatar } from "../panel/dom";
import type { call } from "../panel/http";
import type { Transcript } from "../panel/transcript";

export interface House {
  call: typeof call;
  avatar: typeof avatar;
  get(name: string): string | null;
  set(name: string, value: string | null): void;
  /** Makes the session, as a first message does, and gives its token. */
  token(): Promise<string>;
  ended(): void;
  /** Begins again with what the session has now; where a reload would lose the session, without one. */
  resume(): void;
  /** Asks this browser to remember from now on. */
  remember(): void;
  tell(name: string, value: string): void;
  typing(on: boolean, text?: string): boolean;
  chat(): Transcript;
  page(): string;
  /** Called whenever something was drawn. */
  drawn?(): void;
  /** The conversation on screen. */
  conversation(): string | null;
  show(conversation: string): void;
  /** A word above the chat; words that stand there for a while. */
  note(word: string): void;
  banner(words: string): void;
}

export let house: House;

export function enter(theirs: House): void {
  house = theirs;
}
