/** The page inside the frame: transcript, composer and session. */
import { App } from "./panel/app";
import { data } from "./panel/data";

const root = document.documentElement;
root.style.setProperty("--pw-accent", data.accent);
root.style.setProperty("--pw-on", data.on);

new App(document.getElementById("panel")!).start();
