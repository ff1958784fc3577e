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
  addEventListener("resize", () => (button.hidden = true));
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

const WORD = /[\p{L}\p{N}_]+/gu; // what the server takes for words
const plain = (text) => text.match(WORD)?.join(" ").toLowerCase() ?? "";

// Where words stand in a text that is read, for the `number`th time; undefined where they do not.
export function standing(text, words, number) {
  const asked = words.match(WORD);
  if (!asked) return undefined;
  const there = [];
  const walk = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) for (const found of walk.currentNode.data.matchAll(WORD)) there.push({ node: walk.currentNode, at: found.index, word: found[0] });
  const begins = there.map((_, at) => at).filter((at) => asked.every((word, step) => there[at + step]?.word === word));
  const first = begins[Math.min(number, begins.length - 1)];
  if (first === undefined) return undefined;
  const last = there[first + asked.length - 1];
  const range = document.createRange();
  range.setStart(there[first].node, there[first].at);
  range.setEnd(last.node, last.at + last.word.length);
  return range;
}

function times(text, words) {
  return words ? ` ${text} `.split(` ${words} `).length - 1 : 0;
}
