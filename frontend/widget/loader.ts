/**
 * What a customer's page carries: a button, perhaps a greeting, and a frame that is made when it is wanted. It knows no
 * secret, keeps no transcript, and stores nothing before the visitor acts.
 */
import { makeApi } from "./loader/api";
import { loadConfig } from "./loader/config";
import { Launcher } from "./loader/launcher";

const script = document.currentScript as HTMLScriptElement | null;

async function start(source: string, key: string, language: string): Promise<void> {
  const origin = new URL(source).origin;
  const api = makeApi();
  const config = await loadConfig(origin, key, language);
  if (!config) return api.absent();
  if (!document.body) await new Promise((ready) => addEventListener("DOMContentLoaded", ready, { once: true }));
  api.attach(new Launcher(origin, key, config, api.tell));
}

if (script?.src && script.dataset.key && !document.querySelector("parley-chat")) {
  const page = document.documentElement.lang;
  void start(script.src, script.dataset.key, script.dataset.lang || page || navigator.language);
}
