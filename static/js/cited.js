// The note of a citation, beside it while it is pointed at or focused: when it was, who says so, and what it says.
// Without script the browser shows the same words as a title.

const note = document.createElement("div");
note.className = "cite-note";
note.id = "cite-note";
note.popover = "manual";
note.setAttribute("role", "tooltip");
(document.querySelector("main") ?? document.body).append(note);

const PAUSE = 150; // milliseconds, so that a pointer that passes by opens nothing, and one may pass over to the note
let of = null;
let waiting;

const cite = (event) => event.target.closest?.(".cite[title], .cite[data-note]");

document.addEventListener("pointerover", (event) => {
  if (event.pointerType === "touch") return;
  const over = cite(event);
  if (over) later(() => show(over));
  else if (note.contains(event.target)) clearTimeout(waiting);
  else if (of && document.activeElement !== of) later(hide);
});
document.addEventListener("focusin", (event) => (cite(event) ? show(cite(event)) : hide()));
document.addEventListener("focusout", (event) => cite(event) && hide());
document.addEventListener("keydown", (event) => event.key === "Escape" && hide());
addEventListener("scroll", () => of && place(of), { capture: true, passive: true });

function later(act) {
  clearTimeout(waiting);
  waiting = setTimeout(act, PAUSE);
}

function show(cited) {
  clearTimeout(waiting);
  if (of === cited || !cited.isConnected) return;
  hide();
  of = cited;
  if (cited.title) cited.dataset.note = cited.title;
  cited.removeAttribute("title"); // else the browser shows a second one
  const [first, ...rest] = cited.dataset.note.split("\n");
  const lines = rest.map((words) => Object.assign(document.createElement("p"), { textContent: words, dir: "auto" }));
  note.replaceChildren(Object.assign(document.createElement("strong"), { textContent: first }), ...lines);
  note.showPopover();
  cited.setAttribute("aria-describedby", note.id);
  place(cited);
}

function place(cited) {
  const line = [...cited.getClientRects()][0] ?? cited.getBoundingClientRect();
  if (line.bottom < 0 || line.top > innerHeight) return hide();
  const under = line.bottom + 6 + note.offsetHeight < innerHeight;
  note.style.top = `${under ? line.bottom + 6 : Math.max(4, line.top - note.offsetHeight - 6)}px`;
  note.style.left = `${Math.max(8, Math.min(line.left, document.documentElement.clientWidth - note.offsetWidth - 8))}px`;
  return undefined;
}

function hide() {
  clearTimeout(waiting);
  if (!of) return;
  of.removeAttribute("aria-describedby");
  of.title = of.dataset.note;
  of = null;
  note.hidePopover();
}
