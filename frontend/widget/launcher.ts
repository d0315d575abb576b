/** The launcher's own file: fetched by the script that is embedded, and kept by browsers for as long as it stays the same. */
import type { Config, Tell } from "./loader/config";
import { Launcher } from "./launcher/launcher";

export default (origin: string, key: string, config: Config, tell: Tell): Launcher => new Launcher(origin, key, config, tell);
