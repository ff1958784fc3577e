// A mirror under a textarea: the same text, broken into the same lines, in which passages can be underlined.
//
//   const mirror = mirrorOf(textarea)           one for each textarea, however often it is asked for
//   mirror.paint("coach", [{ start, end, … }])  draws as ::highlight(coach), in place of what had this name here before
//   mirror.at(x, y, "coach")                    the range at a point of the window, or undefined
//   mirror.rectOf(range)                        where its first line is in the window
//   mirror.text                                 what the textarea holds
//
// Places count UTF-16 units of the textarea's value. While the text is edited painted ranges move along, their own
// `start` and `end` with them, and those whose words are gone are dropped. Whoever changes the value by script says
// so by an event: "input" where it counts as writing, "taken" where it came from the server.
// A browser without custom highlights shows no underlines; everything else works there as well.

const LIKE = [
  "font", "fontFeatureSettings", "fontKerning", "fontVariationSettings", "letterSpacing", "wordSpacing", "lineHeight",
  "textIndent", "textTransform", "textRendering", "tabSize", "direction", "unicodeBidi", "textAlign", "wordBreak",
  "overflowWrap", "lineBreak", "hyphens", "whiteSpace", "paddingTop", "paddingRight", "paddingBottom", "paddingLeft",
  "borderTopWidth", "borderRightWidth", "borderBottomWidth", "borderLeftWidth",
];
const draws = "highlights" in CSS;
const grows = CSS.supports("field-sizing", "content");
const mirrors = new WeakMap();

export function mirrorOf(textarea) {
  if (!mirrors.has(textarea)) mirrors.set(textarea, mirrored(textarea));
  return mirrors.get(textarea);
}

function mirrored(textarea) {
  const glass = document.createElement("div");
  const words = document.createTextNode(textarea.value);
  const painted = new Map(); // name → [{ range, live }]: what was asked for, and where the document has it

  glass.className = "mirror";
  glass.inert = true; // neither read aloud nor found a second time by a search in the page
  glass.append(words, "\u200b"); // the sign of no width keeps an empty last line open
  stand(textarea, glass);
  fit();
  new ResizeObserver(fit).observe(textarea);
  document.fonts?.addEventListener("loadingdone", fit);
  textarea.addEventListener("scroll", follow, { passive: true });
  for (const event of ["input", "taken"]) textarea.addEventListener(event, sync);
  textarea.form?.addEventListener("reset", () => setTimeout(sync));

  return {
    paint(name, ranges) {
      sync();
      for (const { live } of painted.get(name) ?? []) highlight(name)?.delete(live);
      painted.set(name, ranges.filter((range) => range.start < range.end).map((range) => ({ range, live: put(range) })));
      for (const { live } of painted.get(name)) highlight(name)?.add(live);
    },
    at(x, y, name) {
      sync();
      const found = (painted.get(name) ?? []).filter(({ live }) => [...live.getClientRects()].some(holds(x, y)));
      return found.sort((one, other) => length(one.range) - length(other.range))[0]?.range;
    },
    rectOf(range) {
      sync();
      return put(range).getClientRects()[0] ?? textarea.getBoundingClientRect();
    },
    get text() {
      return textarea.value;
    },
  };

  // Only what changed is replaced, so that the document itself moves its ranges along.
  function sync() {
    const before = words.data;
    const after = textarea.value;
    if (before === after) return;
    const most = Math.min(before.length, after.length);
    let head = 0;
    while (head < most && before.charCodeAt(head) === after.charCodeAt(head)) head += 1;
    let tail = 0;
    while (tail < most - head && before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)) tail += 1;
    words.replaceData(head, before.length - head - tail, after.slice(head, after.length - tail));
    for (const [name, all] of painted) painted.set(name, all.filter((one) => moved(name, one)));
    if (!grows) fit();
  }

  function moved(name, { range, live }) {
    range.start = live.startOffset;
    range.end = live.endOffset;
    if (!live.collapsed) return true;
    highlight(name)?.delete(live);
    return false;
  }

  function put({ start, end }) {
    const live = document.createRange();
    live.setStart(words, Math.min(start, words.length));
    live.setEnd(words, Math.min(end, words.length));
    return live;
  }

  function fit() {
    const style = getComputedStyle(textarea);
    for (const name of LIKE) glass.style[name] = style[name];
    const sides = textarea.offsetWidth - textarea.clientWidth; // borders, and a scroll bar where there is one
    const bar = sides - parseFloat(style.borderLeftWidth) - parseFloat(style.borderRightWidth);
    glass.style.inlineSize = `${textarea.getBoundingClientRect().width - bar}px`;
    if (!grows) {
      glass.style.blockSize = "auto";
      textarea.style.blockSize = `${glass.scrollHeight + textarea.offsetHeight - textarea.clientHeight}px`;
    }
    glass.style.blockSize = `${textarea.offsetHeight}px`;
    follow();
  }

  function follow() {
    glass.scrollTop = textarea.scrollTop;
    glass.scrollLeft = textarea.scrollLeft;
  }
}

function stand(textarea, glass) {
  const focused = document.activeElement === textarea;
  const frame = document.createElement("div");
  frame.className = "mirrored";
  textarea.before(frame);
  frame.append(glass, textarea);
  if (focused) textarea.focus({ preventScroll: true });
}

function highlight(name) {
  if (!draws) return undefined;
  if (!CSS.highlights.has(name)) CSS.highlights.set(name, new Highlight());
  return CSS.highlights.get(name);
}

const length = (range) => range.end - range.start;
const holds = (x, y) => (box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;
