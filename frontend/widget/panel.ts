/** The page inside the frame: transcript, composer and session. */
import { startApp } from "./panel/app";
import { data } from "./panel/data";

const root = document.documentElement;
root.style.setProperty("--pw-accent", data.accent);
root.style.setProperty("--pw-on", data.on);

startApp();
