/**
 * What a customer embeds. It finds its own settings, puts `window.Parley` in place, and fetches the launcher when the page
 * has nothing better to do. It knows no secret and stores nothing.
 */
import { makeApi } from "./loader/api";
import { loadLauncher } from "./loader/config";

const script = document.currentScript as HTMLScriptElement | null;
const { key, lang } = script?.dataset ?? {};

function start(source: string, key: string): void {
  const api = makeApi(async () => {
    const language = lang || document.documentElement.lang || navigator.language;
    const launcher = await loadLauncher(new URL(source).origin, key, language, api.tell);
    if (launcher) api.attach(launcher);
    else api.tell("absent");
  });
  if (window.ParleySettings?.loadImmediately !== false) api.load();
}

// Inserted twice, or by two parts of a page, it is one widget: a queue is replaced, an interface is not.
if (script?.src && key && (!window.Parley || Array.isArray(window.Parley))) start(script.src, key);
