/** What the page did not bring along is drawn. */
const SVG = "http://www.w3.org/2000/svg";
export const CROSS = "m5 5 10 10M15 5 5 15";
export const PAPER = "M5 3h6.5L15.5 7v8.5A1.5 1.5 0 0 1 14 17H5.5A1.5 1.5 0 0 1 4 15.5V4a1 1 0 0 1 1-1zM11.5 3v4h4";

export function icon(path: string): Element {
  const svg = document.createElementNS(SVG, "svg");
  const line = document.createElementNS(SVG, "path");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
