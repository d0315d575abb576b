// The builder: forms that are kept as they are written, keys between the cards, and a way back (see templates/chatflows).
import "./form";
import "./keys";
import "./verbs";
import "./drag";
import "./preview";
import { find } from "./dom";
import { begin } from "./history";

if (find("#flow-definition")) begin();
