// The agents' page. Each import is one behaviour: found by attribute, alive after any swap, nothing global.
import "./setup";
import "./time";
import "./panes";
import "./menus";
import "./notices";
import "./letter";
import "./open";
import "./rows";
import "./shelf";
import "./timeline";
import "./counts";
import "./company";
import "./status";
import "./drafts";
import "./composer";
import "./keys";
import "./connection";
