// @ in a text opens a menu of what can be cited: events, conditions, items, people in their role.
//
//   <textarea data-cite="address">   answers ?q= in JSON: { shelves: [{ title, hits: [{ words, note, markdown }] }] }
//   data-cite-by="#"                 where another sign opens it, because @ calls somebody there
//
// The field keeps the focus and stays a text field for screen readers: the menu is the list it controls, and what is
// chosen in it the active descendant. Arrows choose, Enter or Tab writes, Escape closes until the next @.

import { mirrorOf } from "./mirror.js";

// the sign where it begins a word, and what is typed after it; # and a blank begin a heading
const BEFORE = {
  "@": /(?:^|[\s([{"'“„«—–-])@([^@\n[\]]{0,50})$/,
  "#": /(?:^|[\s([{"'“„«—–-])#((?! )[^#\n[\]]{0,50})$/,
};
const PAUSE = 120; // milliseconds without a key before the server is asked
let menus = 0;

// A field has its menu from the first time somebody comes to it, so that those brought later have one as well.
const known = new WeakSet();
document.addEventListener("focusin", (event) => come(event.target));
come(document.activeElement);

function come(field) {
  if (!field?.matches?.("textarea[data-cite]") || known.has(field)) return;
  known.add(field);
  citeIn(field);
}

function citeIn(area) {
  const mirror = mirrorOf(area); // now, because a field that gets its mirror loses the focus for a moment
  const menu = made("div", { className: "cite-menu", id: `cite-menu-${(menus += 1)}`, popover: "manual" });
  const told = made("p", { className: "for-readers" });
  menu.setAttribute("role", "listbox");
  menu.setAttribute("aria-label", "What can be cited");
  told.setAttribute("role", "status");
  area.setAttribute("aria-autocomplete", "list");
  area.after(told);
  (area.closest("main, dialog") ?? document.body).append(menu);

  let options = []; // [{ row, hit }]
  let chosen = 0;
  let shown = null; // the words for which they were found
  let hurried = false; // somebody chose before what the words find was there
  let at = -1; // where the @ stands for which the menu is open or asked for
  let closedAt = -1; // where it stands for which it was closed by Escape
  let waiting;
  let asking;

  area.addEventListener("input", look);
  area.addEventListener("click", look);
  area.addEventListener("blur", close);
  area.addEventListener("keydown", keys, { capture: true }); // before what these keys do in a text
  area.addEventListener("keyup", (event) => event.key.startsWith("Arrow") && !isOpen() && at >= 0 && look());
  menu.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
  menu.addEventListener("click", (event) => {
    const option = options.find(({ row }) => row.contains(event.target));
    if (option) write(option.hit);
  });
  menu.addEventListener("pointermove", (event) => {
    const over = options.findIndex(({ row }) => row.contains(event.target));
    if (over >= 0 && over !== chosen) choose(over);
  });
  addEventListener("scroll", (event) => event.target !== menu && place(), { capture: true, passive: true });
  addEventListener("resize", place, { passive: true });

  function look(event) {
    if (event?.isComposing) return;
    hurried = false;
    const words = typed();
    if (words === null) {
      closedAt = -1;
      return close();
    }
    if (at === closedAt) return undefined;
    clearTimeout(waiting);
    waiting = setTimeout(() => ask(words), isOpen() || words ? PAUSE : 0);
    return undefined;
  }

  // What stands between the @ and the caret, or null where there is none; `at` tells where it begins.
  function typed() {
    if (area.selectionStart !== area.selectionEnd) return null;
    const before = area.value.slice(Math.max(0, area.selectionStart - 60), area.selectionStart);
    const found = before.match(BEFORE[area.dataset.citeBy ?? "@"]);
    at = found ? area.selectionStart - found[1].length - 1 : -1;
    return found ? found[1] : null;
  }

  async function ask(words) {
    asking?.abort();
    asking = new AbortController();
    const asked = at;
    try {
      const address = `${area.dataset.cite}?${new URLSearchParams({ q: words })}`;
      const answer = await fetch(address, { headers: { Accept: "application/json" }, signal: asking.signal });
      if (!answer.ok || answer.redirected) return close();
      const { shelves } = await answer.json();
      if (asked !== at || document.activeElement !== area || typed() === null) return undefined;
      return show(shelves, words);
    } catch (trouble) {
      // one that was given up for a newer one says nothing; without the server an @ is an @
      return trouble.name === "AbortError" ? undefined : close();
    }
  }

  function show(shelves, words) {
    options = [];
    shown = words;
    menu.replaceChildren(...shelves.map(shelf));
    if (hurried && options.length) return write(options[0].hit);
    hurried = false;
    if (!options.length) {
      // words after an @ that nothing has are words, not a search
      if (words.trim().includes(" ")) return close();
      menu.replaceChildren(made("p", { className: "cite-none", textContent: words ? "Nothing has these words." : "Nothing can be cited yet." }));
    }
    told.textContent = options.length ? `${options.length} to cite. Arrow keys choose, Enter writes, Escape closes.` : menu.textContent;
    if (!isOpen()) menu.showPopover();
    area.setAttribute("aria-controls", menu.id);
    choose(0);
    return place();
  }

  function shelf({ title, hits }) {
    const group = made("div", { className: "cite-shelf" });
    const name = made("p", { className: "eyebrow", textContent: title, id: `${menu.id}-${options.length}-name` });
    name.setAttribute("role", "presentation");
    group.setAttribute("role", "group");
    group.setAttribute("aria-labelledby", name.id);
    group.append(name, ...hits.map(option));
    return group;
  }

  function option(hit) {
    const row = made("div", { className: "cite-hit", id: `${menu.id}-${options.length}` });
    row.setAttribute("role", "option");
    row.append(made("span", { textContent: hit.words, dir: "auto" }), made("small", { textContent: hit.note, dir: "auto" }));
    options.push({ row, hit });
    return row;
  }

  function choose(number) {
    chosen = options.length ? (number + options.length) % options.length : 0;
    options.forEach(({ row }, place) => row.setAttribute("aria-selected", String(place === chosen)));
    if (!options.length) return area.removeAttribute("aria-activedescendant");
    area.setAttribute("aria-activedescendant", options[chosen].row.id);
    return options[chosen].row.scrollIntoView({ block: "nearest" });
  }

  function keys(event) {
    if (!isOpen() || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") closedAt = at;
    if (event.key === "Escape") close();
    else if (!options.length || (event.shiftKey && event.key !== "Shift")) return;
    else if (event.key === "ArrowDown") choose(chosen + 1);
    else if (event.key === "ArrowUp") choose(chosen - 1);
    else if (event.key !== "Enter" && event.key !== "Tab") return;
    else if (typed() === shown) write(options[chosen].hit);
    else hasten();
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  // The menu still shows what fewer words find: the first that these find is meant, and is written when it is known.
  function hasten() {
    clearTimeout(waiting);
    hurried = true;
    ask(typed());
  }

  // As if it had been typed, so that undo takes it back and everybody who listens hears of it.
  function write(hit) {
    if (typed() === null) return close();
    area.focus();
    area.setSelectionRange(at, area.selectionStart);
    close();
    if (!document.execCommand("insertText", false, hit.markdown)) {
      area.setRangeText(hit.markdown, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new InputEvent("input", { bubbles: true }));
    }
    told.textContent = `Cited: ${hit.words}`;
    return undefined;
  }

  function close() {
    clearTimeout(waiting);
    asking?.abort();
    hurried = false;
    if (!isOpen()) return;
    menu.hidePopover();
    told.textContent = "";
    area.removeAttribute("aria-activedescendant");
    area.removeAttribute("aria-controls");
  }

  // Under the @, or above it where there is no room below; never out of the window.
  function place() {
    if (!isOpen() || at < 0) return;
    const line = mirror.rectOf({ start: at, end: at + 1 });
    const below = innerHeight - line.bottom;
    const height = menu.offsetHeight;
    menu.style.top = `${below < height + 8 && line.top > below ? Math.max(4, line.top - height - 4) : line.bottom + 4}px`;
    menu.style.left = `${Math.max(8, Math.min(line.left, document.documentElement.clientWidth - menu.offsetWidth - 8))}px`;
  }

  function isOpen() {
    return menu.matches(":popover-open");
  }
}

function made(tag, properties) {
  return Object.assign(document.createElement(tag), properties);
}
