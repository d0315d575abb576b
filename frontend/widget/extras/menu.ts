/** Sound, transcript and the chat's own page, behind one button of the head. The page brings the menu along. */
import { h, part } from "../panel/dom";
import { asking } from "../panel/http";
import { house } from "./house";
import { blip, isLoud } from "./sound";

export function wireMenu(): void {
  const sound = part("sound");
  const menu = part("menu");
  const own = part<HTMLFormElement>("own");
  part("more").onclick = () => void menu.togglePopover();
  sound.onclick = toggle;
  part("save").onclick = save;
  // Its page is another one to the browser, which keeps what a frame stores apart: the form takes the session there.
  own.onsubmit = () => void (own.token.value = house.get("token"));
  draw();

  function draw(): void {
    sound.ariaPressed = String(isLoud());
  }

  function toggle(): void {
    house.set("sound", isLoud() ? null : "1");
    draw();
    if (isLoud()) blip();
  }

  function save(): void {
    menu.hidePopover();
    transcript().then(download, () => house.note("unavailable"));
  }
}

function transcript(): Promise<string> {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone ?? "";
  return house.call(`transcript/${asking({ conversation: house.conversation(), zone })}`);
}

/** Hands a text to the visitor as a file. */
function download(text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  const link = h("a", { href: address, download: `chat-${new Date().toISOString().slice(0, 10)}.txt` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
