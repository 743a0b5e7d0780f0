// The grid of item scores: a valid key fills the box and goes on; arrows move. Works without it, too.
(function () {
  "use strict";
  const boxes = Array.from(document.querySelectorAll(".gmfm-item input"));
  const go = (from, by) => {
    const next = boxes[boxes.indexOf(from) + by];
    if (next) { next.focus(); next.select(); }
  };
  const perRow = (box) => {
    const top = box.getBoundingClientRect().top;
    return boxes.filter((one) => Math.abs(one.getBoundingClientRect().top - top) < 4).length;
  };
  const moves = { ArrowLeft: () => -1, ArrowRight: () => 1, ArrowUp: (b) => -perRow(b), ArrowDown: (b) => perRow(b) };
  for (const box of boxes) {
    box.addEventListener("focus", () => box.select());
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (moves[event.key]) { event.preventDefault(); go(box, moves[event.key](box)); }
      else if (/^[0-3nN]$/.test(event.key)) {
        event.preventDefault();
        box.value = event.key.toLowerCase();
        box.dispatchEvent(new Event("change", { bubbles: true }));
        go(box, 1);
      } else if (event.key === "Backspace" && box.value === "") { event.preventDefault(); go(box, -1); }
    });
  }
})();
