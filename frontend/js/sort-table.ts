// The tables of reports are ordered by any column: the head of each becomes a button, and says how they stand.
const TABLES = ".reporttable .table";

const VALUE = (row: HTMLTableRowElement, column: number): number => {
  const told = row.cells[column]?.dataset.v;
  return told ? Number(told) : Number.NaN;
};

/** First column: names by the alphabet, steps of time and of durations as they follow each other. */
function compared(table: HTMLTableElement, column: number, places: Map<HTMLTableRowElement, number>) {
  const collator = new Intl.Collator(document.documentElement.lang || undefined, { numeric: true });
  const place = (row: HTMLTableRowElement): number => places.get(row) ?? 0;
  const name = (row: HTMLTableRowElement): string => (row.cells[0]?.querySelector("bdi") ?? row.cells[0])?.textContent?.trim() ?? "";
  if (column) return (a: HTMLTableRowElement, b: HTMLTableRowElement) => VALUE(a, column) - VALUE(b, column);
  if (table.hasAttribute("data-ordered")) return (a: HTMLTableRowElement, b: HTMLTableRowElement) => place(a) - place(b);
  return (a: HTMLTableRowElement, b: HTMLTableRowElement) => collator.compare(name(a), name(b));
}

function order(table: HTMLTableElement, column: number, places: Map<HTMLTableRowElement, number>): void {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])];
  const head = heads[column];
  if (!head) return;
  // Figures begin with the most, names with the first; the second time the other way round.
  const first = column ? "descending" : "ascending";
  const other = column ? "ascending" : "descending";
  const now = head.getAttribute("aria-sort") === first ? other : first;
  for (const one of heads) one.removeAttribute("aria-sort");
  head.setAttribute("aria-sort", now);
  const by = compared(table, column, places);
  const sign = now === "ascending" ? 1 : -1;
  const rows = [...places.keys()].sort((a, b) => {
    const missing = column ? Number(Number.isNaN(VALUE(a, column))) - Number(Number.isNaN(VALUE(b, column))) : 0;
    return missing || sign * by(a, b); // what has no figure stands last, whichever way
  });
  table.tBodies[0]?.append(...rows);
}

function ready(table: HTMLTableElement): void {
  const rows = [...(table.tBodies[0]?.rows ?? [])];
  if (rows.length < 2 || !rows.some((row) => row.cells[1]?.hasAttribute("data-v"))) return;
  const places = new Map(rows.map((row, i) => [row, i]));
  for (const [column, head] of [...(table.tHead?.rows[0]?.cells ?? [])].entries()) {
    const button = document.createElement("button");
    button.type = "button";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => order(table, column, places));
  }
}

// What the live board draws anew stays in its order.
for (const table of document.querySelectorAll<HTMLTableElement>(TABLES)) {
  if (!table.closest("[data-live-board]")) ready(table);
}
