// The timeline picture: hover, keyboard, and choosing a stretch of time on every [data-timeline].
//
// The picture works without this file: marks are links, and so are the stretches of its axis. What is
// chosen goes into the fields `from` and `to` of the form marked [data-timeline-form], which is submitted
// (by htmx where the form says so); without such a form it goes into the address.

const SVG = "http://www.w3.org/2000/svg";
const NEAR = 16; // pixels within which a mark is meant
const DRAG = 6; // pixels after which a press is a drag
const SHORTEST = 2000; // milliseconds

const inside = (value, low, high) => Math.min(high, Math.max(low, value));

class Picture {
  constructor(svg, bar) {
    this.svg = svg;
    this.bar = bar;
    this.root = svg.closest("[data-timeline]");
    const { start, end, left, right, top, bottom, zone } = svg.dataset;
    Object.assign(this, { start: +start, end: +end, left: +left, right: +right, top: +top, bottom: +bottom });
    this.clock = clockOf(zone, this.end - this.start);
    this.chosen = null;
    this.ownWords();
    this.marks = [...svg.querySelectorAll(".tl-mark")].filter((mark) => mark.dataset.about);
    this.stops = [...svg.querySelectorAll("a.tl-mark")].sort((a, b) => a.dataset.x - b.dataset.x);
    this.stops.forEach((stop, place) => stop.setAttribute("tabindex", place ? -1 : 0));
    svg.querySelectorAll("a.tl-stretch").forEach((stretch) => stretch.setAttribute("tabindex", -1));
    if (!this.stops.length) svg.setAttribute("tabindex", 0);
    this.cursor = this.add("line", "tl-cursor", { y1: this.top, y2: this.bottom });
    this.brush = this.add("rect", "tl-brush", { y: this.top, height: this.bottom - this.top });
    this.listen();
  }

  // A browser shows <title> as a tooltip of its own, late and out of the keyboard's reach: the words move
  // to labels, and one tooltip shows them for pointer, touch and focus alike.
  ownWords() {
    const title = this.svg.querySelector(":scope > title");
    if (title) {
      this.svg.setAttribute("aria-label", title.textContent);
      this.svg.removeAttribute("aria-labelledby");
      title.remove();
    }
    for (const mark of this.svg.querySelectorAll(".tl-mark")) {
      const words = mark.querySelector(":scope > title");
      if (!words) continue;
      mark.dataset.about = words.textContent;
      if (mark.matches("a")) mark.setAttribute("aria-label", words.textContent);
      words.remove();
    }
  }

  add(tag, look, attributes) {
    const element = document.createElementNS(SVG, tag);
    element.setAttribute("class", look);
    element.setAttribute("visibility", "hidden");
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    return this.svg.appendChild(element);
  }

  listen() {
    const { svg } = this;
    // on the whole figure, because the tooltip may lie where a drag begins
    this.root.addEventListener("pointerdown", (event) => this.press(event));
    svg.addEventListener("pointermove", (event) => this.move(event));
    svg.addEventListener("pointerup", (event) => this.release(event));
    svg.addEventListener("pointercancel", () => this.forget());
    svg.addEventListener("dragstart", (event) => event.preventDefault());
    svg.addEventListener("click", (event) => this.click(event), true);
    svg.addEventListener("keydown", (event) => this.key(event));
    svg.addEventListener("focusin", (event) => this.focus(event.target.closest(".tl-mark")));
    svg.addEventListener("focusout", () => tip.hide());
    document.addEventListener("keydown", (event) => event.key === "Escape" && this.from && this.forget());
    window.addEventListener("scroll", () => tip.hide(), { passive: true });
    this.root.addEventListener("pointerleave", () => {
      tip.hide();
      this.cursor.setAttribute("visibility", "hidden");
      this.bar?.at("");
    });
  }

  // --- places and times ---

  point(event) {
    const box = this.svg.getBoundingClientRect();
    const scale = this.svg.viewBox.baseVal.width / box.width;
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale };
  }

  time(x) {
    return this.start + ((inside(x, this.left, this.right) - this.left) / (this.right - this.left)) * (this.end - this.start);
  }

  x(time) {
    return this.left + ((time - this.start) / (this.end - this.start)) * (this.right - this.left);
  }

  // --- pointer and touch ---

  press(event) {
    if (event.button || !event.isPrimary || !this.svg.getClientRects().length) return;
    if (event.target.closest(".tl-tip")) tip.hide();
    const { x, y } = this.point(event);
    this.dragged = false;
    this.from = y >= this.top && y <= this.bottom + 30 && x >= this.left - 12 ? { x, id: event.pointerId } : null;
  }

  move(event) {
    const { x, y } = this.point(event);
    if (this.from && Math.abs(x - this.from.x) > DRAG) {
      if (!this.dragged) this.svg.setPointerCapture(this.from.id);
      this.dragged = true;
      tip.hide();
      this.cursor.setAttribute("visibility", "hidden");
      this.bar?.at("");
      this.choose(this.time(this.from.x), this.time(x));
      return;
    }
    if (event.pointerType === "touch") return;
    const here = x >= this.left && x <= this.right && y >= this.top && y <= this.bottom;
    this.cursor.setAttribute("visibility", here ? "visible" : "hidden");
    this.cursor.setAttribute("x1", x);
    this.cursor.setAttribute("x2", x);
    this.bar?.at(here ? this.clock(this.time(x)) : "");
    const mark = this.nearest(event);
    if (mark) tip.show(this.root, mark, mark.dataset.about);
    else if (!this.density(event, x)) tip.hide();
  }

  release() {
    const apply = this.dragged && this.chosen;
    this.from = null;
    if (apply) this.apply(...this.chosen);
  }

  forget() {
    this.from = null;
    this.dragged = false;
    this.choose(null);
  }

  click(event) {
    if (this.dragged) {
      event.preventDefault();
      event.stopPropagation();
      this.dragged = false;
      return;
    }
    const mark = event.target.closest("a.tl-mark");
    if (!mark || event.ctrlKey || event.metaKey || event.shiftKey) return;
    // An event that is in the list below is shown there; any other one has its own page.
    const row = mark.dataset.mark && document.querySelector(`[data-event="${CSS.escape(mark.dataset.mark)}"]`);
    if (!row) return;
    event.preventDefault();
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
  }

  nearest(event) {
    const direct = event.target.closest(".tl-mark");
    if (direct) return direct;
    let found = null;
    let closest = NEAR;
    for (const mark of this.marks) {
      for (const shape of mark.querySelectorAll(".tl-full, .tl-hollow, .tl-badge")) {
        const box = shape.getBoundingClientRect();
        const away = Math.hypot(event.clientX - (box.left + box.right) / 2, event.clientY - (box.top + box.bottom) / 2);
        if (away < closest) [closest, found] = [away, mark];
      }
    }
    return found;
  }

  density(event, x) {
    for (const bars of this.svg.querySelectorAll(".tl-bars")) {
      const box = bars.getBoundingClientRect();
      if (event.clientY < box.bottom - 40 || event.clientY > box.bottom) continue;
      bars.counts ??= unfolded(bars.dataset.counts);
      const { first, size } = bars.dataset;
      const column = Math.floor((this.time(x) - first) / size);
      const count = bars.counts[column];
      if (count === undefined) return false;
      const begins = +first + column * size;
      const lane = bars.parentNode.querySelector("title, .tl-ink")?.textContent ?? "";
      const events = `${count.toLocaleString("en")} ${count === 1 ? "event" : "events"}`;
      tip.show(this.root, { x: event.clientX, y: box.bottom - 40 }, `${this.clock(begins)} – ${this.clock(begins + +size)} · ${lane} · ${events}`);
      return true;
    }
    return false;
  }

  // --- keyboard ---

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? this.widen : this.step;
    const acts = {
      ArrowRight: () => step.call(this, 1),
      ArrowLeft: () => step.call(this, -1),
      ArrowDown: () => this.across(1),
      ArrowUp: () => this.across(-1),
      Home: () => this.stops[0]?.focus(),
      End: () => this.stops.at(-1)?.focus(),
      "+": () => this.zoom(0.5),
      "=": () => this.zoom(0.5),
      "-": () => this.zoom(2),
      0: () => this.apply(null, null),
      Escape: () => (tip.hide(), this.choose(null)),
    };
    if (event.key === "Enter" && this.chosen) acts.Enter = () => this.apply(...this.chosen);
    const act = acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  get here() {
    return this.stops.indexOf(document.activeElement);
  }

  step(by) {
    this.stops[inside(this.here + by, 0, this.stops.length - 1)]?.focus();
  }

  // The nearest mark in the next lane above or below.
  across(by) {
    const middle = (mark) => {
      const box = (mark.querySelector(".tl-full, .tl-hollow, .tl-badge") ?? mark).getBoundingClientRect();
      return { x: (box.left + box.right) / 2, y: (box.top + box.bottom) / 2 };
    };
    const from = this.stops[this.here];
    if (!from) return this.stops[0]?.focus();
    const at = middle(from);
    const others = this.stops
      .map((stop) => ({ stop, ...middle(stop) }))
      .filter((other) => (other.y - at.y) * by > 14)
      .sort((a, b) => Math.abs(a.y - at.y) * 4 + Math.abs(a.x - at.x) - Math.abs(b.y - at.y) * 4 - Math.abs(b.x - at.x));
    others[0]?.stop.focus();
  }

  focus(mark) {
    if (!mark) return;
    this.stops.forEach((stop) => stop.setAttribute("tabindex", stop === mark ? 0 : -1));
    if (mark.dataset.about) tip.show(this.root, mark, mark.dataset.about);
  }

  get middle() {
    const stop = this.stops[this.here];
    return stop ? this.time(+stop.dataset.x) : (this.start + this.end) / 2;
  }

  widen(by) {
    this.anchor = this.chosen ? this.anchor : this.middle;
    this.edge = inside((this.chosen ? this.edge : this.anchor) + (by * (this.end - this.start)) / 40, this.start, this.end);
    this.choose(this.anchor, this.edge, "Enter shows this stretch, Escape lets it go");
  }

  // --- choosing a stretch ---

  choose(one, other, hint = "") {
    this.chosen = one === null ? null : [Math.min(one, other), Math.max(one, other)];
    this.brush.setAttribute("visibility", this.chosen ? "visible" : "hidden");
    if (!this.chosen) return this.bar?.say("");
    const [from, to] = this.chosen.map((time) => this.x(time));
    this.brush.setAttribute("x", from);
    this.brush.setAttribute("width", Math.max(to - from, 1));
    this.bar?.say(`${this.clock(this.chosen[0])} to ${this.clock(this.chosen[1])}${hint && ". " + hint}`);
  }

  zoom(by) {
    const half = ((this.end - this.start) * by) / 2;
    const middle = by < 1 ? this.middle : (this.start + this.end) / 2;
    this.apply(middle - half, middle + half);
  }

  apply(from, to) {
    if (from !== null && to - from < SHORTEST) {
      const middle = (from + to) / 2;
      [from, to] = [middle - SHORTEST / 2, middle + SHORTEST / 2];
    }
    const values = { from: from === null ? "" : written(from), to: to === null ? "" : written(to) };
    const form = this.root.querySelector("[data-timeline-form]") ?? document.querySelector("[data-timeline-form]");
    if (form) {
      for (const [name, value] of Object.entries(values)) {
        let field = form.elements.namedItem(name);
        if (!field) {
          field = Object.assign(document.createElement("input"), { type: "hidden", name });
          form.append(field);
        }
        field.value = value;
        field.disabled = !value;
      }
      form.requestSubmit();
      return;
    }
    const address = new URL(location.href);
    for (const [name, value] of Object.entries(values)) {
      if (value) address.searchParams.set(name, value);
      else address.searchParams.delete(name);
    }
    location.assign(address);
  }
}

// --- one tooltip for all pictures ---

const tip = {
  element: null,
  show(root, near, words) {
    this.element ??= Object.assign(document.createElement("div"), { className: "tl-tip", id: "tl-tip", hidden: true });
    this.element.setAttribute("role", "tooltip");
    root.append(this.element);
    const parts = words.split(" · ");
    const head = document.createElement("strong");
    head.textContent = parts.slice(0, /^\d+$/.test(parts[0]) ? 2 : 1).join(" · ");
    const body = document.createElement("span");
    body.dir = "auto";
    body.textContent = words.slice(head.textContent.length).replace(/^ · /, "");
    this.element.replaceChildren(head, body);
    this.element.hidden = false;
    const own = this.element.getBoundingClientRect();
    const shape = near instanceof Element ? (near.querySelector(".tl-full, .tl-hollow, .tl-badge") ?? near).getBoundingClientRect() : null;
    const centre = shape ? (shape.left + shape.right) / 2 : near.x;
    const top = shape ? shape.top : near.y;
    const x = inside(centre - own.width / 2, 4, Math.max(4, document.documentElement.clientWidth - own.width - 4));
    const above = top - own.height - 10;
    const y = above >= 4 ? above : (shape ? shape.bottom : top + 44) + 10;
    this.element.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
  },
  hide() {
    if (this.element) this.element.hidden = true;
  },
};

// --- the bar above a picture ---

class Bar {
  constructor(root) {
    this.root = root;
    this.element = Object.assign(document.createElement("div"), { className: "tl-bar" });
    const button = (words, act) => {
      const made = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: words });
      made.addEventListener("click", () => act(this.shown));
      return made;
    };
    const all = button("Show all", (picture) => picture.apply(null, null));
    all.disabled = !narrowed();
    this.said = document.createElement("output");
    this.said.textContent = "";
    this.time = Object.assign(document.createElement("span"), { className: "tl-time" });
    this.time.setAttribute("aria-hidden", "true");
    this.hint = Object.assign(document.createElement("span"), {
      className: "tl-hint",
      textContent: "Drag across a stretch to look closer. Arrow keys move between events, Shift and arrows choose, + and − zoom.",
    });
    this.element.append(button("Zoom in", (p) => p.zoom(0.5)), button("Zoom out", (p) => p.zoom(2)), all, this.said, this.hint, this.time);
    root.before(this.element);
  }

  get shown() {
    return this.pictures.find((picture) => picture.svg.getClientRects().length) ?? this.pictures[0];
  }

  say(words) {
    this.said.textContent = words;
    this.hint.hidden = Boolean(words);
  }

  at(words) {
    this.time.textContent = words;
  }
}

// --- small change ---

const narrowed = () => ["from", "to"].some((name) => new URL(location.href).searchParams.get(name));

const written = (time) => {
  const at = new Date(Math.round(inside(time, -62e12, 253e12)));
  return at.toISOString();
};

function clockOf(zone, span) {
  const day = span > 864e5 ? { day: "numeric", month: "short" } : {};
  const second = span < 36e5 ? { second: "2-digit" } : {};
  const options = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", ...day, ...second };
  let format;
  try {
    format = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: zone || "UTC" });
  } catch {
    format = new Intl.DateTimeFormat("en-GB", { ...options, timeZone: "UTC" });
  }
  return (time) => format.format(time).replace(",", "");
}

// "3 0x12 7": a run of empty columns is folded
const unfolded = (counts) =>
  counts.split(" ").flatMap((item) => {
    const [value, times] = item.split("x");
    return Array(Number(times ?? 1)).fill(Number(value));
  });

export function start(within = document) {
  for (const root of within.querySelectorAll("[data-timeline]:not(.tl-ready)")) {
    const drawn = [...root.querySelectorAll("svg[data-start]")];
    if (!drawn.length) continue;
    root.classList.add("tl-ready");
    // A picture wider than its place is moved sideways by touch rather than chosen from.
    root.classList.toggle("tl-scrolls", root.scrollWidth > root.clientWidth + 1);
    const bar = new Bar(root);
    bar.pictures = drawn.map((svg) => new Picture(svg, bar));
  }
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") tip.hide();
});
// The list says which event it stands on; the picture shows where that lies.
document.addEventListener("event:here", (event) => {
  for (const mark of document.querySelectorAll(".tl-mark.tl-near")) mark.classList.remove("tl-near");
  for (const mark of document.querySelectorAll(`.tl-mark[data-mark="${CSS.escape(event.detail)}"]`)) mark.classList.add("tl-near");
});
document.addEventListener("htmx:after:swap", () => start());
start();
