// The page for the room: a clock for each point of the agenda, kept in this browser so that a reload forgets
// nothing. The page for planning: a proposed time goes into the form with one press.

import { button } from "./button.js";
import * as kept from "./shelf.js";

const SECOND = 1000;
const FORGOTTEN = 12 * 3600 * SECOND;

for (const list of document.querySelectorAll("[data-agenda]")) clock(list);

function clock(list) {
  const key = `clock/${list.dataset.agenda}`;
  const points = [...list.querySelectorAll(":scope > li")].filter((point) => Number(point.dataset.minutes));
  if (!points.length) return;
  let state = read();
  let told = -1;

  const bar = document.createElement("div");
  bar.className = "clock";
  const back = button("Back", () => go(state.at - 1));
  const next = button("Start", () => (state ? go(state.at + 1) : go(0)));
  const stop = button("Stop the clock", () => go(points.length));
  next.classList.add("primary");
  const live = document.createElement("span");
  live.setAttribute("role", "status");
  live.className = "small";
  bar.append(next, back, stop, live);
  list.before(bar);
  const shown = points.map((point) => {
    const left = document.createElement("p");
    left.className = "left";
    left.hidden = true;
    point.querySelector(".when").append(left);
    return left;
  });

  setInterval(draw, SECOND);
  draw();

  function go(at) {
    state = at >= 0 && at < points.length ? { at, since: Date.now() } : null;
    told = -1;
    write();
    draw();
    if (!state) return;
    for (const point of points) point.querySelector("details")?.removeAttribute("open");
    points[at].querySelector("details")?.setAttribute("open", "");
    points[at].scrollIntoView({ block: "nearest" });
    live.textContent = `${title(at)}, ${points[at].dataset.minutes} minutes`;
  }

  function draw() {
    back.hidden = stop.hidden = !state;
    back.disabled = state?.at === 0;
    next.textContent = !state ? "Start the clock" : state.at + 1 < points.length ? "Next point" : "End";
    points.forEach((point, at) => {
      const current = state?.at === at;
      point.toggleAttribute("aria-current", current);
      if (current) point.setAttribute("aria-current", "step");
      shown[at].hidden = !current;
    });
    if (!state) return;
    const left = Number(points[state.at].dataset.minutes) * 60 - Math.floor((Date.now() - state.since) / SECOND);
    shown[state.at].textContent = left >= 0 ? `${clocked(left)} left` : `${clocked(-left)} over`;
    shown[state.at].classList.toggle("over", left < 0);
    if (left < 0 && told !== state.at) {
      told = state.at;
      live.textContent = `The time of “${title(state.at)}” is over.`;
    }
  }

  function title(at) {
    return points[at].querySelector("h3")?.textContent ?? "";
  }

  function read() {
    const found = kept.read(key)?.clock;
    return found && found.at < points.length && Date.now() - found.since < FORGOTTEN ? found : null;
  }

  function write() {
    if (state) kept.put(key, { clock: state }); // without storage the clock runs until the page is left
    else kept.forget(key);
  }
}

function clocked(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-at]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const field = document.querySelector("input[name=at]");
  field.value = link.dataset.at;
  for (const row of document.querySelectorAll(".offers li")) row.removeAttribute("aria-current");
  link.closest("li").setAttribute("aria-current", "true");
  field.focus();
});

// What was parked comes back as a new form: the next idea can be typed at once, and what was typed of it stays.
let next = "";
document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (ctx.response.status >= 400) return; // nothing was parked
  const typed = document.querySelector("[data-park]")?.value ?? "";
  const sent = ctx.request.body?.get("what") ?? typed;
  if (typed !== sent) next = typed.startsWith(sent) ? typed.slice(sent.length).trimStart() : typed;
});
document.addEventListener("htmx:after:swap", () => {
  const field = document.querySelector("[data-park]");
  if (document.activeElement === document.body) field?.focus();
  if (next && field) field.value = next;
  next = "";
});
