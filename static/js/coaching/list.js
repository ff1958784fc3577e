// The line under a field that counts the notes and lists them: the way for keyboards, telephones, and browsers that
// cannot underline.

import { element, noteOf } from "./note.js";

// Puts itself behind `anchor`. `to(mark)` shows a mark in the text; `stand(mark, word)` and `askAgain(mark)` change it.
export function listUnder(anchor, label, { to, stand, askAgain }) {
  const count = element("button", { type: "button", className: "link" });
  const more = element("span", { className: "muted" });
  const line = element("p", { className: "notes-line" }, count, more);
  const list = element("ul", { className: "rows notes-read", hidden: true, id: `${label}-notes` });
  const box = element("div", { className: "notes", hidden: true }, line, list);
  count.setAttribute("aria-controls", list.id);
  count.setAttribute("aria-expanded", "false");
  count.addEventListener("click", () => {
    list.hidden = !list.hidden;
    count.setAttribute("aria-expanded", String(!list.hidden));
  });
  anchor.after(box);

  return {
    show(text, marks, all) {
      const open = marks.filter((mark) => !mark.stands);
      const standing = marks.filter((mark) => mark.stands);
      box.hidden = !text.trim();
      count.hidden = marks.length === 0;
      count.textContent = [
        open.length || !standing.length ? `${open.length} note${open.length === 1 ? "" : "s"} of the coach` : "",
        standing.length ? `${standing.length} let stand` : "",
      ].filter(Boolean).join(", ");
      more.textContent = (marks.length ? (open.length ? " · Alt . for the next" : "") : "The coach has nothing to ask here.")
        + (all ? "" : " Some of it is too long to be read to its end.");
      if (!marks.length) list.hidden = true;
      count.setAttribute("aria-expanded", String(!list.hidden));
      list.replaceChildren(...open.map((mark) => openRow(text, mark)), ...standing.map((mark) => standingRow(text, mark)));
    },
    quiet() {
      more.textContent = " The coach does not answer just now.";
      box.hidden = false;
    },
  };

  function openRow(text, mark) {
    return element("li", {}, element("div", {}, passage(text, mark), ...noteOf(mark, (word) => stand(mark, word))));
  }

  function standingRow(text, mark) {
    const again = element("button", { type: "button", className: "button small", text: "Ask again" });
    again.addEventListener("click", () => askAgain(mark));
    const word = element("p", { className: "meta", dir: "auto", text: `Let stand: “${mark.stands.word}”, ${mark.stands.by}` });
    return element("li", {}, element("div", {}, passage(text, mark), word), again);
  }

  function passage(text, mark) {
    const words = text.slice(mark.start, mark.end);
    const button = element("button", { type: "button", className: "link passage", dir: "auto", text: words.length > 160 ? `${words.slice(0, 160)} …` : words });
    button.addEventListener("click", () => to(mark));
    return element("p", {}, button);
  }
}
