/** The page says who its visitor is, with a signature of its own server; the panel hands it on (TR-5). */
import type { Launcher } from "../launcher/launcher";

export function identify({ settings, post, frame, origin }: Launcher): void {
  const { identificationEmail: email = "", identificationToken: token = "" } = settings;
  const tell = (): void => post({ type: "who", email, token });
  addEventListener("message", (event) => {
    // The launcher hears it first, and may then speak.
    if (event.origin === origin && event.source === frame()?.contentWindow && event.data?.type === "ready") setTimeout(tell);
  });
  tell();
}
