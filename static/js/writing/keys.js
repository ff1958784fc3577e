// Writing Markdown by keys: what a good editor of plain text does, and nothing that a browser does already.
//
//   Ctrl B, Ctrl I, Ctrl K      bold, italic, link; on a selection, or where the caret is
//   Enter in a list             goes on with it; on an empty entry it ends
//   Tab, Shift Tab              further in and out, in lists and code alone; Escape, then Tab leaves the field
//   an address pasted on words  makes them a link; cells of a spreadsheet make a table

import { tableOf } from "./tables.js";

const ENTRY = /^(\s*)(?:([-*+])|(\d{1,9})([.)]))(\s+)(\[[ xX]\]\s+)?/;
const QUOTE = /^(\s*>\s?)+/;
const ADDRESS = /^(?:https?:\/\/|mailto:)\S+$/;

export function keysIn(area) {
  let leaving = false; // Escape was pressed: the next Tab leaves

  area.addEventListener("keydown", (event) => {
    if (event.isComposing || event.altKey) return;
    const command = event.ctrlKey || event.metaKey;
    const act = command ? { b: bold, i: italic, k: link }[event.shiftKey ? "" : event.key.toLowerCase()] : plain(event);
    if (event.key !== "Tab" && event.key !== "Shift") leaving = event.key === "Escape";
    if (act && act(area) !== false) event.preventDefault();
  });
  area.addEventListener("blur", () => (leaving = false));
  area.addEventListener("paste", (event) => {
    const made = pasted(area, event.clipboardData);
    if (!made) return;
    event.preventDefault();
    insert(area, made);
  });

  function plain(event) {
    if (event.key === "Enter" && !event.shiftKey) return goOn;
    if (event.key === "Tab" && !leaving) return event.shiftKey ? outdent : indent;
    return undefined;
  }
}

// Each is also a button of the row under the field.
export const commands = {
  heading: { name: "Heading", act: heading },
  bold: { name: "Bold", key: "Ctrl B", act: bold },
  italic: { name: "Italic", key: "Ctrl I", act: italic },
  link: { name: "Link", key: "Ctrl K", act: link },
  list: { name: "List", act: (area) => eachLine(area, (line) => (ENTRY.test(line) ? line.replace(ENTRY, "$1") : `- ${line}`)) },
  numbers: { name: "Numbers", act: (area) => eachLine(area, (line, n) => (ENTRY.test(line) ? line.replace(ENTRY, "$1") : `${n + 1}. ${line}`)) },
  quote: { name: "Quotation", act: (area) => eachLine(area, (line) => (QUOTE.test(line) ? line.replace(QUOTE, "") : `> ${line}`)) },
  code: { name: "Code", act: code },
  table: { name: "Table", act: (area) => insert(area, apart(area, tableOf([["", ""], ["", ""]]))) },
};

// Put in by the browser's own means where it can, so that its undo knows of it.
export function insert(area, text, { from = area.selectionStart, until = area.selectionEnd, select } = {}) {
  area.focus();
  area.setSelectionRange(from, until);
  const done = text ? document.execCommand("insertText", false, text) : from === until || document.execCommand("delete");
  if (!done) {
    area.setRangeText(text, from, until, "end");
    area.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
  }
  if (select) area.setSelectionRange(from + select[0], from + select[1]);
}

function chosen(area) {
  return area.value.slice(area.selectionStart, area.selectionEnd);
}

function bold(area) {
  around(area, "**");
}

function italic(area) {
  around(area, "*");
}

function code(area) {
  if (!chosen(area).includes("\n")) return around(area, "`");
  const [from, until] = lines(area);
  insert(area, `\`\`\`\n${area.value.slice(from, until)}\n\`\`\``, { from, until });
  return undefined;
}

function around(area, sign) {
  const { value, selectionStart: from, selectionEnd: until } = area;
  const words = chosen(area);
  const size = sign.length;
  const stands = value.slice(from - size, from) === sign && value.slice(until, until + size) === sign;
  const double = sign === "*" && value.slice(from - 2, from) === "**" && value.slice(from - 3, from) !== "***";
  if (stands && !double) return insert(area, words, { from: from - size, until: until + size, select: [0, words.length] });
  return insert(area, sign + words + sign, { select: [size, size + words.length] });
}

function link(area) {
  const words = chosen(area);
  if (ADDRESS.test(words)) return insert(area, `[](${words})`, { select: [1, 1] });
  const place = words.length + 3;
  return insert(area, `[${words}]()`, { select: words ? [place, place] : [1, 1] });
}

function heading(area) {
  const [from, until] = lines(area);
  const words = area.value.slice(from, until);
  insert(area, /^#{1,6}\s/.test(words) ? words.replace(/^#+\s+/, "") : `### ${words}`, { from, until });
}

function eachLine(area, turn) {
  const [from, until] = lines(area);
  const text = area.value.slice(from, until).split("\n").map(turn).join("\n");
  insert(area, text, { from, until, select: area.selectionStart === area.selectionEnd ? undefined : [0, text.length] });
}

// From the beginning of the first line that is touched to the end of the last.
function lines(area) {
  const { value, selectionStart, selectionEnd } = area;
  const last = selectionEnd > selectionStart && value[selectionEnd - 1] === "\n" ? selectionEnd - 1 : selectionEnd;
  const end = value.indexOf("\n", last);
  return [value.lastIndexOf("\n", selectionStart - 1) + 1, end < 0 ? value.length : end];
}

function goOn(area) {
  const { value, selectionStart: at } = area;
  if (at !== area.selectionEnd || inCode(value, at)) return false;
  const from = value.lastIndexOf("\n", at - 1) + 1;
  const line = value.slice(from, at);
  const found = line.match(ENTRY) ?? line.match(QUOTE);
  if (!found) return false;
  if (found[0].length === line.length && !value.slice(at).split("\n", 1)[0].trim()) return void insert(area, "", { from, until: at });
  const number = found[3] && `${Number(found[3]) + 1}${found[4]}`;
  const next = found[3] || found[2] ? `${found[1]}${number ?? found[2]}${found[5]}${found[6] ? "[ ] " : ""}` : found[0];
  return void insert(area, `\n${next}`);
}

function indent(area) {
  return shift(area, (line, step) => (line ? step + line : line));
}

function outdent(area) {
  return shift(area, (line, step) => line.replace(new RegExp(`^(?:\\t| {1,${step.length}})`), ""));
}

// False where there is neither list nor code: then Tab goes on to the next field.
function shift(area, turn) {
  const [from, until] = lines(area);
  const text = area.value.slice(from, until);
  const entry = text.match(ENTRY);
  if (!entry && !inCode(area.value, from) && !/^(?: {4}|\t)/.test(text)) return false;
  const step = " ".repeat(entry?.[3] ? entry[3].length + 2 : entry ? 2 : 4);
  const turned = text.split("\n").map((line) => turn(line, step)).join("\n");
  if (turned === text) return undefined;
  const { selectionStart: start, selectionEnd: end } = area;
  const grown = turned.length - text.length;
  const first = turned.split("\n", 1)[0].length - text.split("\n", 1)[0].length;
  insert(area, turned, { from, until, select: start === end ? [Math.max(0, start - from + first), Math.max(0, start - from + first)] : [0, until - from + grown] });
  return undefined;
}

function inCode(value, at) {
  let open = "";
  for (const [, fence] of value.slice(0, value.lastIndexOf("\n", at - 1) + 1).matchAll(/^ {0,3}(`{3,}|~{3,})/gm)) {
    if (!open) open = fence;
    else if (fence[0] === open[0] && fence.length >= open.length) open = "";
  }
  return open !== "";
}

function pasted(area, clipboard) {
  const text = clipboard?.getData("text/plain").trim() ?? "";
  const words = chosen(area);
  if (ADDRESS.test(text) && words && !words.includes("\n") && !ADDRESS.test(words)) return `[${words}](${text})`;
  if (!clipboard?.types.includes("text/html") || !/<t(?:able|d)\b/i.test(clipboard.getData("text/html"))) return "";
  const rows = text.split(/\r?\n/).map((row) => row.split("\t"));
  const even = rows.length > 1 && rows[0].length > 1 && rows.every((row) => row.length === rows[0].length);
  return even ? apart(area, tableOf(rows)) : "";
}

// A block stands by itself: with an empty line before and behind it.
function apart(area, block) {
  const before = area.value.slice(0, area.selectionStart);
  const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  return `${gap}${block}\n`;
}
