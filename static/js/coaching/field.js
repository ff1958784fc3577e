// The coach in one field: it is asked a moment after the last key, underlines what it asks about, and says it at the
// passage: under the pointer, where the caret is put, and by key.

import { mirrorOf } from "../mirror.js";
import { askerOf } from "./asking.js";
import { listUnder } from "./list.js";
import { element, noteOf } from "./note.js";

const PAUSE = 400;
const HOVER = 250;
const FAMILIES = ["people", "afterwards", "certain", "open"];
const MOVES = /^(?:Arrow|Home|End|Page)/;

// `where.post(path, fields)` sends to the address of the field's marks; `anchor` is what the list of notes stands under.
export function coachIn(area, where, anchor) {
  const asker = askerOf(where);
  const mirror = area.matches("textarea") ? mirrorOf(area) : null;
  const note = element("div", { className: "note", hidden: true });
  const said = element("p", { className: "for-readers" });
  const list = listUnder(anchor, area.id, { to: (mark) => go(mark), stand, askAgain });
  let marks = [];
  let timer = null;
  let hovering = null;
  let shown = null; // the mark whose note is open
  let pointed = false; // it was opened by the pointer, and goes with it
  let reading = false;

  note.setAttribute("role", "group");
  note.setAttribute("aria-label", "A note of the coach");
  said.setAttribute("role", "status");
  area.after(note, said);
  if (!mirror) note.style.position = "relative";
  area.addEventListener("input", () => (hide(), later()));
  area.addEventListener("taken", later);
  area.addEventListener("click", () => show(atCaret()));
  area.addEventListener("keyup", (event) => MOVES.test(event.key) && show(atCaret()));
  area.addEventListener("keydown", keys, { capture: true });
  area.addEventListener("pointermove", point);
  area.addEventListener("pointerleave", () => leave());
  note.addEventListener("pointerenter", () => clearTimeout(hovering));
  note.addEventListener("pointerleave", () => leave());
  note.addEventListener("keydown", (event) => event.key === "Escape" && (event.stopPropagation(), hide(), area.focus()));
  area.addEventListener("blur", () => setTimeout(() => note.contains(document.activeElement) || pointed || hide()));
  if (area.value.trim()) later();

  return { area, shown: () => shown, open: () => marks.filter((mark) => !mark.stands && mark.start < mark.end).sort((one, other) => one.start - other.start), go };

  function later() {
    clearTimeout(timer);
    timer = setTimeout(read, PAUSE);
  }

  async function read() {
    if (reading) return later();
    reading = true;
    const text = area.value;
    try {
      const told = await asker.marksOf(text);
      if (area.value !== text) return later();
      marks = told.marks;
      const open = marks.filter((mark) => !mark.stands);
      for (const family of FAMILIES) mirror?.paint(`coach-${family}`, open.filter((mark) => mark.family === family));
      list.show(text, marks, told.all);
      area.dispatchEvent(new CustomEvent("notes", { bubbles: true, detail: { open: open.length } }));
    } catch {
      list.quiet();
    } finally {
      reading = false;
    }
    return undefined;
  }

  function keys(event) {
    if (event.key === "Escape" && shown) {
      hide();
      event.stopImmediatePropagation();
    }
    if (event.key === "Tab" && !event.shiftKey && shown) event.stopImmediatePropagation(); // on to the note, which stands behind the field
  }

  function point(event) {
    if (!mirror || event.pointerType === "touch") return;
    const found = FAMILIES.map((family) => mirror.at(event.clientX, event.clientY, `coach-${family}`)).find(Boolean);
    if (found === shown) return clearTimeout(hovering);
    clearTimeout(hovering);
    if (found) hovering = setTimeout(() => show(found, { byPointer: true }), HOVER);
    else leave();
    return undefined;
  }

  // The note stays as long as the pointer is on its way to it.
  function leave() {
    clearTimeout(hovering);
    if (pointed) hovering = setTimeout(() => note.contains(document.activeElement) || hide(), HOVER);
  }

  function atCaret() {
    const { selectionStart: from, selectionEnd: until } = area;
    if (from !== until) return null;
    return marks.filter((mark) => !mark.stands && mark.start <= from && from <= mark.end).sort((one, other) => one.end - one.start - (other.end - other.start))[0];
  }

  function show(mark, { byPointer = false } = {}) {
    if (!mark) return pointed || hide();
    if (mark === shown) return undefined;
    shown = mark;
    pointed = byPointer;
    note.replaceChildren(...noteOf(mark, (word) => stand(mark, word)));
    note.hidden = false;
    if (mirror) {
      const last = mirror.rectOf({ start: mark.end - 1, end: mark.end });
      const left = Math.min(mirror.rectOf(mark).left, last.left);
      const frame = note.parentElement.getBoundingClientRect();
      note.style.top = `${last.bottom - frame.top + 6}px`;
      note.style.left = `${Math.max(0, Math.min(left - frame.left, frame.width - note.offsetWidth))}px`;
    }
    if (!byPointer) said.textContent = `${mark.title}. ${mark.question} Tab leads to the note.`;
    return undefined;
  }

  function hide() {
    clearTimeout(hovering);
    shown = null;
    pointed = false;
    note.hidden = true;
    said.textContent = "";
  }

  function go(mark) {
    area.focus({ preventScroll: true });
    area.setSelectionRange(mark.start, mark.start);
    const box = mirror?.rectOf(mark) ?? area.getBoundingClientRect();
    if (box.top < 80 || box.bottom > innerHeight - 200) scrollBy({ top: box.top - innerHeight / 3 });
    hide();
    show(mark);
  }

  async function stand(mark, word) {
    return change("stand/", { mark: mark.key, word }, "It stands.");
  }

  async function askAgain(mark) {
    return change("ask-again/", { mark: mark.key }, "The coach asks about it again.");
  }

  async function change(path, fields, done) {
    let answer;
    try {
      answer = await where.post(path, fields);
    } catch (trouble) {
      return trouble.sentence ?? "The server does not answer. Try again in a moment.";
    }
    const told = await answer.json();
    if (answer.status === 422) return told.sentence;
    const inside = note.contains(document.activeElement);
    hide();
    if (inside) area.focus();
    said.textContent = done;
    asker.forget();
    await read();
    return "";
  }
}
