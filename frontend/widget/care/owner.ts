/** Who looks after somebody whom the site named stands in the head until a person has the chat (LC-1). The server says who, or nobody. */
import { data, type Face } from "../panel/data";
import { part } from "../panel/dom";
import type { House } from "../extras/house";

type Owner = Face & { name: string };

export async function drawOwner({ avatar, call, chat }: House): Promise<void> {
  const { owner } = await call<{ owner: Owner | null }>(`owner/?flow=${data.flow}`).catch(() => ({ owner: null }));
  if (!owner) return;
  data.faces = [owner];
  data.texts.name = owner.name;
  if (chat().agent) return;
  part("name").textContent = owner.name;
  part("who").replaceChildren(avatar(owner));
}
