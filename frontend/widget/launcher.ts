/** The launcher's own file: fetched by the script that is embedded, and kept by browsers for as long as it stays the same. */
export { makeLauncher as default } from "./launcher/launcher";
