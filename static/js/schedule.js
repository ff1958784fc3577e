// Moving an interview on the board, by hand, by key and by touch. The server says for every start which rule binds
// there ([data-rules]); here it is only shown. Setting a time is the row's own form, and the server decides again.
//
// Arrow keys go to the next start that fits, Page Up and Page Down a day, Home and End to the first and last;
// Enter sets, Escape puts back. Letting go on a start that fits sets it for what was not sent yet; an invitation
// that is out asks once, because both people get a letter.

const said = document.querySelector("[data-says-where]");
const SVG = "http://www.w3.org/2000/svg";
const DAY = 86400;
const DATE = { weekday: "short", day: "numeric", month: "long" };
const TIME = { hour: "2-digit", minute: "2-digit" };

for (const band of document.querySelectorAll("[data-board] [data-band]")) {
  const slot = band.querySelector("[data-slot]");
  if (slot) new Moving(band, slot);
}

function Moving(band, slot) {
  const row = band.closest("li");
  const bar = row.querySelector("[data-dragging]");
  const words = bar.querySelector("[data-words]");
  const exact = band.querySelector("[data-exact]");
  const label = slot.querySelector("[data-label]");
  const form = row.querySelector("form[id^=move-]");
  const since = Number(band.dataset.since);
  const until = Number(band.dataset.until);
  const from = Number(slot.dataset.start);
  const theirs = band.dataset.zone;
  const sent = !slot.classList.contains("proposed");
  const before = { x: slot.getAttribute("x"), exact: exact?.getAttribute("x"), label: label.textContent };
  let rules = null;
  let asking = null;
  let at = from;
  let held = false;

  slot.setAttribute("role", "slider");
  slot.setAttribute("tabindex", "0");
  slot.setAttribute("aria-label", `Time of the interview with ${band.dataset.name}`);
  slot.setAttribute("aria-valuemin", "0");
  slot.setAttribute("aria-valuemax", String(Math.round((until - since) / 60)));
  tell(from);
  // An image has no parts for a screen reader; with a slider inside it is a group.
  band.setAttribute("role", "group");

  slot.addEventListener("pointerenter", ask);
  slot.addEventListener("focus", ask);
  slot.addEventListener("keydown", key);
  slot.addEventListener("pointerdown", grab);
  bar.querySelector("[data-back]").addEventListener("click", () => {
    back();
    slot.focus();
  });
  form.addEventListener("submit", () => (form.elements.at.value = new Date(at * 1000).toISOString()));

  // The rules, asked for once; a hand may be faster than they are, and then the block waits.
  function ask() {
    asking ??= fetch(band.dataset.rules, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok && !answer.redirected ? answer.json() : Promise.reject(answer.status)))
      .then((found) => {
        rules = found;
        rules.of = new Int32Array(rules.starts).fill(-1);
        for (const [first, last, sentence] of rules.runs) rules.of.fill(sentence, first, last + 1);
        if (held || at !== from) show();
      })
      .catch(() => {
        asking = null;
        say("The rules could not be read. The page to move it by hand still works.");
      });
    return asking;
  }

  const number = (time) => Math.round((time - rules.first) / rules.step);
  const time = (slotNumber) => rules.first + slotNumber * rules.step;
  const inside = (slotNumber) => slotNumber >= 0 && slotNumber < rules.starts;
  const fits = (slotNumber) => inside(slotNumber) && rules.of[slotNumber] === -1;

  function why(moment) {
    const place = number(moment);
    if (!inside(place)) return moment < rules.first ? "That time has passed." : "That is outside the board.";
    return rules.of[place] < 0 ? "" : rules.sentences[rules.of[place]];
  }

  function firm(moment) {
    const place = number(moment);
    return !inside(place) || rules.runs.some(([first, last, , hard]) => hard && first <= place && place <= last);
  }

  async function key(event) {
    const steps = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 };
    const known = event.key in steps || ["PageUp", "PageDown", "Home", "End", "Enter", "Escape"].includes(event.key);
    if (!known || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    if (asking || event.key !== "Escape") await ask();
    if (event.key === "Escape") return back();
    if (!rules) return;
    if (event.key === "Enter") return at === from ? undefined : set();
    let next = null;
    if (event.key in steps) next = seek(number(at) + steps[event.key], steps[event.key]);
    if (event.key === "PageUp") next = seek(number(at + DAY), 1);
    if (event.key === "PageDown") next = seek(number(at - DAY), -1);
    if (event.key === "Home") next = seek(Math.max(number(since), 0), 1);
    if (event.key === "End") next = seek(Math.min(number(until - rules.length), rules.starts - 1), -1);
    if (next === null) return say(`No other time fits in that direction. ${spoken(at)}`);
    at = time(next);
    show();
  }

  // The next start that fits, on what the board shows.
  function seek(place, step) {
    while (inside(place) && !fits(place)) place += step;
    const moment = inside(place) ? time(place) : null;
    return moment !== null && moment >= since && moment + rules.length <= until ? place : null;
  }

  function grab(event) {
    if (event.button !== 0) return;
    event.preventDefault();
    slot.focus({ preventScroll: true });
    const box = band.getBoundingClientRect();
    const began = event.clientX;
    const origin = at;
    held = true;
    slot.classList.add("held");
    slot.setPointerCapture(event.pointerId);
    ask();
    const move = (moved) => {
      const step = rules?.step ?? 900;
      const wanted = origin + ((moved.clientX - began) / box.width) * (until - since);
      at = Math.round(Math.min(Math.max(wanted, since), until - 60) / step) * step;
      if (Math.abs(moved.clientX - began) < 3) at = origin;
      show();
    };
    const drop = async (dropped) => {
      slot.removeEventListener("pointermove", move);
      slot.classList.remove("held");
      held = false;
      if (dropped.type === "pointercancel") return back();
      await ask();
      if (!rules || at === from) return back();
      show();
      if (!sent && !why(at)) set();
    };
    slot.addEventListener("pointermove", move);
    slot.addEventListener("pointerup", drop, { once: true });
    slot.addEventListener("pointercancel", drop, { once: true });
  }

  function show() {
    draw();
    const reason = rules ? why(at) : "";
    const away = at !== from;
    slot.classList.toggle("astray", Boolean(reason) && away);
    bar.hidden = !away && !held;
    bar.classList.toggle("astray", Boolean(reason));
    words.textContent = reason || spoken(at);
    bar.querySelector("[data-set]").hidden = held || Boolean(reason) || !away;
    bar.querySelector("[data-back]").hidden = held;
    const other = bar.querySelector("[data-with-reason]");
    other.hidden = held || !reason || firm(at);
    other.href = `${other.href.split("?")[0]}?at=${encodeURIComponent(new Date(at * 1000).toISOString())}`;
    say(reason ? `${spoken(at)} ${reason}` : `${spoken(at)}${sent ? " Enter sets it, and both are told." : " Enter sets it."}`);
    tell(at);
  }

  function draw() {
    const length = rules?.length ?? 2700;
    const x = (moment) => (100 * (moment - since)) / (until - since);
    slot.setAttribute("x", `${x(at + length / 2)}%`);
    exact?.setAttribute("x", `${x(at)}%`);
    label.textContent = clock(at, { weekday: "short", hour: "2-digit", minute: "2-digit" });
    const layer = band.querySelector("[data-forbidden]");
    layer.replaceChildren();
    if (!rules || (at === from && !held)) return;
    const place = number(at);
    for (const [first, last, sentence] of rules.runs) {
      if (sentence < 0 || time(last) < since || time(first) > until) continue;
      const red = document.createElementNS(SVG, "rect");
      const left = Math.max(x(time(first)), 0);
      red.setAttribute("x", `${left}%`);
      red.setAttribute("width", `${Math.max(Math.min(x(time(last + 1)), 100) - left, 0)}%`);
      red.setAttribute("height", "40");
      red.setAttribute("class", first <= place && place <= last ? "forbidden here" : "forbidden");
      layer.append(red);
    }
  }

  function set() {
    say("Setting the time …");
    form.requestSubmit();
  }

  function back() {
    at = from;
    slot.setAttribute("x", before.x);
    exact?.setAttribute("x", before.exact);
    label.textContent = before.label;
    band.querySelector("[data-forbidden]").replaceChildren();
    slot.classList.remove("astray", "held");
    bar.hidden = true;
    tell(from);
    say("Put back.");
  }

  function tell(moment) {
    slot.setAttribute("aria-valuenow", String(Math.round((moment - since) / 60)));
    slot.setAttribute("aria-valuetext", spoken(moment));
  }

  function spoken(moment) {
    const zones = new Set([theirs, rules?.host_zone ?? theirs]);
    return `${[...zones].map((zone) => `${clock(moment, DATE, zone)}, ${clock(moment, TIME, zone)} in ${city(zone)}`).join(" – ")}.`;
  }

  function clock(moment, how, zone = theirs) {
    return new Intl.DateTimeFormat("en-GB", { ...how, hourCycle: "h23", timeZone: zone }).format(new Date(moment * 1000));
  }
}

function city(zone) {
  return zone.split("/").pop().replaceAll("_", " ");
}

function say(words) {
  said.textContent = words;
}

// After a move the hand is where it was; the browser goes to the row first, which takes the focus from everything.
const target = /^#person-\d+$/.test(location.hash) ? document.querySelector(location.hash) : null;
const slotOfTarget = target?.querySelector("[data-slot]");
if (slotOfTarget) addEventListener("load", () => setTimeout(() => slotOfTarget.focus({ preventScroll: true })));
