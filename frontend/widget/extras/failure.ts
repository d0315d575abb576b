/** Below a message that was refused: why, and what its writer may do. */
import { data, say } from "../panel/data";
import { button } from "../panel/dom";
import type { Item } from "../panel/outbox";
import type { Chosen } from "../panel/timeline";

export function failure(item: Item, { again, discard }: Chosen): (Node | string)[] {
  const drop = button("link", () => discard(item), say("discard"));
  if (item.failed === "too_long") return [say("tooLong", { n: data.longest }), drop];
  const reason = say(item.failed === "unknown" ? "unavailable" : "notSent");
  return [reason, button("link", () => again(item), say("tryAgain")), drop];
}
