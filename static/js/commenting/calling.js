// After an @ in a comment a menu of the people who read the draft: arrows choose, Enter or Tab takes, Escape closes.

const CALL = /(?:^|[^\p{L}\p{N}_@])@([^@\n]{0,40})$/u;

let menu = null; // { list, area, from, asked }
let waiting = null;
let asked = 0;

document.addEventListener("input", ({ target }) => target.dataset?.calls && ask(target));
document.addEventListener("focusout", ({ target }) => menu?.area === target && close());
document.addEventListener("keydown", (event) => {
  if (menu?.area !== event.target || event.isComposing) return;
  const act = { ArrowDown: () => step(1), ArrowUp: () => step(-1), Enter: take, Tab: take, Escape: close }[event.key];
  if (!act) return;
  event.preventDefault();
  event.stopPropagation();
  act();
}, true);

function ask(area) {
  clearTimeout(waiting);
  const found = area.value.slice(0, area.selectionStart).match(CALL);
  if (!found) return close();
  waiting = setTimeout(() => offer(area, area.selectionStart - found[1].length, found[1]), 120);
  return undefined;
}

async function offer(area, from, name) {
  const mine = (asked += 1);
  const answer = await fetch(`${area.dataset.calls}?q=${encodeURIComponent(name)}`, { headers: { Accept: "application/json" } }).catch(() => null);
  if (mine !== asked || !answer?.ok || answer.redirected || document.activeElement !== area) return;
  const { people } = await answer.json();
  close();
  if (people.length) open(area, from, people);
}

function open(area, from, people) {
  const list = document.createElement("ul");
  list.className = "calls";
  list.id = "calls";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "People who read this draft");
  list.append(...people.map(({ name, what }, place) => {
    const row = document.createElement("li");
    row.id = `call-${place}`;
    row.setAttribute("role", "option");
    row.dataset.name = name;
    row.append(name, " ", Object.assign(document.createElement("small"), { textContent: what }));
    row.addEventListener("pointerdown", (event) => (event.preventDefault(), choose(row), take()));
    return row;
  }));
  document.body.append(list);
  const box = area.getBoundingClientRect();
  list.style.insetBlockStart = `${box.bottom + scrollY + 2}px`;
  list.style.left = `${Math.max(8, Math.min(box.left + scrollX, document.documentElement.clientWidth - list.offsetWidth - 8))}px`;
  menu = { list, area, from };
  area.setAttribute("aria-controls", list.id);
  choose(list.firstElementChild);
}

function step(by) {
  const rows = [...menu.list.children];
  choose(rows[(rows.indexOf(menu.here) + by + rows.length) % rows.length]);
}

function choose(row) {
  menu.here?.removeAttribute("aria-selected");
  menu.here = row;
  row.setAttribute("aria-selected", "true");
  menu.area.setAttribute("aria-activedescendant", row.id);
}

function take() {
  const { area, from, here } = menu;
  const name = here.dataset.name;
  close();
  area.setSelectionRange(from, area.selectionStart);
  if (!document.execCommand("insertText", false, `${name} `)) {
    area.setRangeText(`${name} `, from, area.selectionEnd, "end");
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }
  clearTimeout(waiting);
  close();
}

function close() {
  asked += 1;
  if (!menu) return;
  menu.list.remove();
  for (const name of ["aria-controls", "aria-activedescendant"]) menu.area.removeAttribute(name);
  menu = null;
}
