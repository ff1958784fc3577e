// The board by key and by hand. Arrow keys go from card to card; with Shift, left and right take the card along, if
// that is a step it can take. One form serves all cards and is taken to the one at hand; a step that asks for a reason
// opens it at that field. Dragging is the same step. The server decides, and answers with the board.

const said = document.getElementById("board-said");
let back = null; // the card that has the focus again once the board has come
let under = false; // a step is on its way, and the board that stands is no longer right

const board = () => document.getElementById("board");
const columns = () => [...board().querySelectorAll("[data-column]")];
const cards = (column) => [...column.querySelectorAll("[data-card]")];
const columnOf = (card) => card.closest("[data-column]");
const say = (words) => (said.textContent = words);

function ready() {
  for (const card of board().querySelectorAll("[data-card]")) card.tabIndex = -1;
  for (const link of board().querySelectorAll("[data-move]")) {
    link.setAttribute("role", "button");
    link.setAttribute("aria-expanded", "false");
  }
  const first = (back && document.getElementById(back)) || board().querySelector("[data-card]");
  if (first) first.tabIndex = 0;
  if (back && first) first.focus();
  if (board().dataset.said) say(board().dataset.said);
  back = null;
}

function focus(card) {
  for (const one of board().querySelectorAll('[data-card][tabindex="0"]')) one.tabIndex = -1;
  card.tabIndex = 0;
  card.focus();
}

function beside(card, step) {
  const all = columns();
  const at = cards(columnOf(card)).indexOf(card);
  for (let n = all.indexOf(columnOf(card)) + step; all[n]; n += step) {
    const there = cards(all[n]);
    if (there.length) return there[Math.min(at, there.length - 1)];
  }
  return null;
}

const mover = () => document.getElementById("mover");
const steps = (card) => columnOf(card).dataset.leadsTo.split(" ");

// The form as this card needs it; what was typed for another one is gone.
function fit(card) {
  const form = mover();
  const item = form.querySelector('[name="item"]');
  if (item.value === card.dataset.card) return form;
  const allowed = steps(card).map((step) => step.replace("!", ""));
  item.value = card.dataset.card;
  form.elements.reason.value = form.elements.early_reason.value = "";
  form.querySelector("[data-early]").hidden = !("settles" in card.dataset);
  for (const button of form.querySelectorAll("button")) {
    button.hidden = button.disabled = !allowed.includes(button.value);
  }
  delete form.dataset.wanted;
  return form;
}

function open(card) {
  const form = fit(card);
  close();
  card.append(form);
  form.hidden = false;
  card.querySelector("[data-move]").setAttribute("aria-expanded", "true");
  return form;
}

function close() {
  mover().hidden = true;
  board().querySelector('[data-move][aria-expanded="true"]')?.setAttribute("aria-expanded", "false");
}

function toggle(link) {
  if (link.getAttribute("aria-expanded") === "true") return close();
  open(link.closest("[data-card]")).querySelector("button:not([hidden])").focus();
}

function go(card, column) {
  if (column === columnOf(card)) return;
  if (under) return say("One moment: the step before is still on its way.");
  const { column: status, name } = column.dataset;
  const step = steps(card).find((one) => one.replace("!", "") === status);
  if (!step || !card.draggable) return say(`From ${columnOf(card).dataset.name} it cannot become ${name} in one step.`);
  const form = fit(card);
  const { reason, early_reason: early } = form.elements;
  const asked = [step.endsWith("!") && reason, "settles" in card.dataset && early].filter(Boolean);
  const empty = asked.find((field) => !field.value.trim());
  if (empty) {
    open(card).dataset.wanted = status;
    empty.focus();
    return say(`Say why, then Enter: ${name}.`);
  }
  back = card.id;
  form.requestSubmit(form.querySelector(`button[value="${status}"]`));
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-move]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  toggle(link);
});

document.addEventListener("keydown", (event) => {
  const card = event.target.closest?.("[data-card]");
  if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && !mover().hidden) {
    close();
    return focus(card);
  }
  if (event.target.matches("input")) {
    if (event.key === "Enter") {
      event.preventDefault();
      const { wanted } = event.target.form.dataset;
      if (wanted) go(card, columns().find((one) => one.dataset.column === wanted));
      else event.target.form.querySelector("button:not([hidden])").focus();
    }
    return;
  }
  if (event.key === " " && event.target.matches("[data-move]")) {
    event.preventDefault();
    return toggle(event.target);
  }
  if (event.target !== card && !event.key.startsWith("Arrow")) return;
  const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  const around = cards(columnOf(card));
  if (step && event.shiftKey) {
    const all = columns();
    const target = all[all.indexOf(columnOf(card)) + step];
    if (target) go(card, target);
  } else if (step) {
    const next = beside(card, step);
    if (next) focus(next);
  } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    const next = around[around.indexOf(card) + (event.key === "ArrowDown" ? 1 : -1)];
    if (next) focus(next);
  } else if (event.key === "Enter") {
    card.querySelector("h3 a").click();
  } else {
    return;
  }
  event.preventDefault();
});

document.addEventListener("submit", (event) => {
  const card = event.target.closest("[data-card]");
  if (card) back = card.id;
});

let held = null;
document.addEventListener("dragstart", (event) => {
  held = event.target.closest?.("[data-card][draggable]");
  if (held) event.dataTransfer.setData("text/plain", held.querySelector("h3").textContent);
});
document.addEventListener("dragover", (event) => {
  const column = held && event.target.closest?.("[data-column]");
  for (const one of columns()) one.classList.toggle("over", one === column);
  if (column) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  const column = held && event.target.closest?.("[data-column]");
  if (!column) return;
  event.preventDefault();
  column.classList.remove("over");
  go(held, column);
});
document.addEventListener("dragend", () => {
  held = null;
  for (const one of columns()) one.classList.remove("over");
});

document.addEventListener("htmx:before:request", () => (under = true));
document.addEventListener("htmx:finally:request", () => (under = false));
document.addEventListener("htmx:after:swap", () => ready());
ready();
