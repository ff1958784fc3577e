// Conditions are put in order by their buttons; dragging one onto another is the same, quicker.
const rowOf = (target) => target.closest?.("[data-condition]");
let held = null;

// said at the press, because rows come and go with every answer of the server
document.addEventListener("pointerdown", (event) => {
  const row = rowOf(event.target);
  if (row) row.draggable = Boolean(row.querySelector("form button[name=to]")) && !event.target.closest("a, button, summary");
});

function clear() {
  for (const row of document.querySelectorAll("[data-condition].before")) row.classList.remove("before");
}

document.addEventListener("dragstart", (event) => {
  held = event.target.nodeType === Node.ELEMENT_NODE && event.target.draggable ? event.target.closest("[data-condition]") : null;
  if (!held || held !== event.target) return (held = null);
  held.classList.add("carried");
  event.dataTransfer.effectAllowed = "move";
  return undefined;
});

document.addEventListener("dragover", (event) => {
  const row = held && rowOf(event.target);
  clear();
  if (!row || row === held || row.parentElement !== held.parentElement) return;
  event.preventDefault();
  row.classList.add("before");
});

document.addEventListener("drop", (event) => {
  const row = held && rowOf(event.target);
  if (!row || row === held || row.parentElement !== held.parentElement) return;
  event.preventDefault();
  const form = held.querySelector("form");
  const to = Object.assign(document.createElement("input"), { type: "hidden", name: "to", value: row.dataset.condition });
  form.append(to);
  form.requestSubmit();
  to.remove();
});

document.addEventListener("dragend", () => {
  held?.classList.remove("carried");
  held = null;
  clear();
});
