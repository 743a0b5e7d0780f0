// Small comforts of every page; without them it works as well. On a phone a wide table becomes cards
// (css/tables.css), and a row that is pushed along shows where one is.
"use strict";

const MOST_COLUMNS = 3; // what fits beside each other on a phone

for (const table of document.querySelectorAll(".table > table")) {
  const heads = [...(table.tHead?.rows[0]?.cells ?? [])].map((cell) => cell.textContent.trim());
  if (heads.length <= MOST_COLUMNS && !table.querySelector("code, form, .told")) continue;
  for (const row of [...table.tBodies].flatMap((body) => [...body.rows])) {
    if (row.cells.length !== heads.length) continue; // one cell says that there is nothing
    [...row.cells].forEach((cell, i) => (cell.dataset.head = heads[i]));
  }
  table.classList.add("cards");
}

for (const here of document.querySelectorAll(".bar [aria-current], .steps [aria-current]")) {
  const row = here.closest("ul, ol");
  const [seen, whole] = [here.getBoundingClientRect(), row.getBoundingClientRect()];
  row.scrollLeft += seen.left - whole.left - (whole.width - seen.width) / 2;
}
