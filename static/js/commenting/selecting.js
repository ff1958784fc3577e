// A button near the words somebody chose, in a field or in a text that is read, and Ctrl Alt M for the same.

import { mirrorOf } from "../mirror.js";

// `say(chosen)` gets { key, quote, start, end } of a field, in code points, or { key, quote, number } of a text that
// is read: the words, and how often the same stand before them.
export function offerOn(say) {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button small say-here", hidden: true });
  button.append("Comment");
  button.title = "Ctrl Alt M";
  document.body.append(button);
  button.addEventListener("pointerdown", (event) => event.preventDefault()); // the words stay chosen
  button.addEventListener("click", () => start());
  let timer = null;
  document.addEventListener("selectionchange", () => {
    button.hidden = true;
    clearTimeout(timer);
    timer = setTimeout(show, 250);
  });
  for (const event of ["scroll", "resize"]) addEventListener(event, () => (button.hidden = true), { passive: true });
  document.addEventListener("keydown", (event) => {
    if (event.code !== "KeyM" || !event.altKey || !(event.ctrlKey || event.metaKey)) return;
    event.preventDefault();
    start();
  });

  function start() {
    const found = chosen();
    button.hidden = true;
    if (found) say(found);
  }

  function show() {
    const found = chosen();
    if (!found?.quote || !found.box) return;
    button.hidden = false;
    const top = found.box.bottom + scrollY + 6;
    const left = Math.min(found.box.right + scrollX, document.documentElement.clientWidth - button.offsetWidth - 8);
    button.style.insetBlockStart = `${top}px`;
    button.style.left = `${Math.max(8, left)}px`;
  }
}

function chosen() {
  return inField(document.activeElement) ?? onPage(getSelection());
}

function inField(area) {
  const key = area?.form?.dataset.key;
  if (!key || area.name !== "text") return undefined;
  const { value, selectionStart: from, selectionEnd: until } = area;
  const quote = value.slice(from, until);
  if (!quote.trim()) return { key, quote: "" };
  const start = [...value.slice(0, from)].length;
  const last = until - (quote.length - quote.trimEnd().length);
  return { key, quote, start, end: start + [...quote].length, box: mirrorOf(area).rectOf({ start: last - 1, end: last }) };
}

function onPage(selection) {
  if (!selection?.rangeCount || selection.isCollapsed) return undefined;
  const range = selection.getRangeAt(0);
  const common = range.commonAncestorContainer;
  const text = (common.nodeType === Node.TEXT_NODE ? common.parentElement : common).closest("[data-read]");
  const quote = selection.toString().trim();
  if (!text || !quote) return undefined;
  const before = document.createRange();
  before.selectNodeContents(text);
  before.setEnd(range.startContainer, range.startOffset);
  return { key: text.dataset.read, quote, number: times(plain(before.toString()), plain(quote)), box: [...range.getClientRects()].at(-1) };
}

const plain = (text) => text.match(/[\p{L}\p{N}_]+/gu)?.join(" ").toLowerCase() ?? "";

function times(text, words) {
  return words ? ` ${text} `.split(` ${words} `).length - 1 : 0;
}
