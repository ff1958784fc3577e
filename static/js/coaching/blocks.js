// A text cut where the coach may read its parts alone: at empty lines, except in code and in comments, and never
// before a line that is set in, which belongs to what it stands under.

const FENCE = /^ {0,3}(`{3,}|~{3,})/;

// [{ start, end, text }], in order.
export function blocksOf(text) {
  const found = [];
  let open = "";
  let start = 0;
  let at = 0;
  let empty = false;
  for (const line of text.split("\n")) {
    const starts = empty && !open && line.trim() && !/^\s/.test(line);
    if (starts && at > start) {
      found.push({ start, end: at, text: text.slice(start, at) });
      start = at;
    }
    open = after(open, line);
    empty = !line.trim();
    at += line.length + 1;
  }
  if (start < text.length) found.push({ start, end: text.length, text: text.slice(start) });
  return found;
}

// What is open behind a line: a fence of code, "<!--", or nothing.
function after(open, line) {
  if (open === "<!--") return line.includes("-->") ? "" : open;
  const fence = line.match(FENCE)?.[1];
  if (open) return fence && fence[0] === open[0] && fence.length >= open.length ? "" : open;
  if (fence) return fence;
  return line.lastIndexOf("<!--") > line.lastIndexOf("-->") ? "<!--" : "";
}
