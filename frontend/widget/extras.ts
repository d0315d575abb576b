/** The panel's second file, see panel/menu.ts. */
export { blip, download } from "./panel/extras";
