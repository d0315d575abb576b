// The builder of a chatflow is a script of its own: fetched where there is one, so that every other page stays small.
import { find } from "./lib/dom";

const place = find<HTMLElement>("[data-flow-builder]");
if (place) void import(place.dataset["builderUrl"]!);
