// What somebody does to one conversation reaches the server in the order in which they did it: an answer that is still
// on its way must not arrive behind the closing that followed it, for it would open the conversation again.
import { post, type Fields } from "./http";

const last = new Map<string, Promise<unknown>>();

/** As `post`, after whatever was posted in turn to the same conversation before has had its answer or its refusal. */
export function postInTurn(url: string, fields: Fields = {}): Promise<Response> {
  const conversation = /\/conversations\/(\d+)\//.exec(url)?.[1];
  if (!conversation) return post(url, fields);
  const act = () => post(url, fields);
  const turn = (last.get(conversation) ?? Promise.resolve()).then(act, act);
  last.set(conversation, turn);
  const over = () => last.get(conversation) === turn && last.delete(conversation);
  turn.then(over, over);
  return turn;
}
