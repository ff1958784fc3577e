// The list of items by key: j and k go from row to row, x ticks, Shift with x ticks all from the last one on.

const form = document.getElementById("change");
const boxes = [...document.querySelectorAll('.ticked input[type="checkbox"]')];
const rows = [...document.querySelectorAll("[data-row]")];
const count = form?.querySelector("[data-count]");
const all = form?.querySelector("[data-tick-all]");
let last = null;

function tell() {
  const ticked = boxes.filter((box) => box.checked).length;
  if (count) count.textContent = ticked ? `(${ticked})` : "";
}

function tick(box, range) {
  if (range && last && last !== box) {
    const [from, to] = [boxes.indexOf(last), boxes.indexOf(box)].sort((a, b) => a - b);
    for (const one of boxes.slice(from, to + 1)) one.checked = true;
  }
  last = box;
  tell();
}

if (all) {
  all.hidden = false;
  all.addEventListener("click", () => {
    const rest = boxes.some((box) => !box.checked);
    for (const box of boxes) box.checked = rest;
    tell();
  });
}
for (const box of boxes) box.addEventListener("click", (event) => tick(box, event.shiftKey));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("input:not([type=checkbox]), textarea, select, dialog")) return;
  const here = rows.indexOf(document.activeElement?.closest("[data-row]"));
  if (event.key === "j" || event.key === "k") {
    const next = rows[Math.min(Math.max(here + (event.key === "j" ? 1 : -1), 0), rows.length - 1)];
    next?.querySelector("h3 a").focus();
    event.preventDefault();
  }
  if (event.key.toLowerCase() === "x" && here >= 0) {
    const box = rows[here].querySelector('input[type="checkbox"]');
    if (!box) return;
    box.checked = event.shiftKey || !box.checked;
    tick(box, event.shiftKey);
    event.preventDefault();
  }
});
tell();
