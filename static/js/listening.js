// The page of a conversation: notes that keep themselves, the switch that stops them, stamps, cues, keys, a clock.
// The notes themselves are in notes.js, which hangs on the form; without script every button is an ordinary form.

const MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const page = document.getElementById("conversation");
const form = page?.querySelector("form[data-notes]");
const notes = form?.notes;

// --- cues: the chosen one gives the stamp its time --------------------------------------------------

const all = (selector) => [...page.querySelectorAll(selector)];
const stampButton = page?.querySelector("[data-stamp]");
let chosen = null; // data-about, because the list is replaced when it is paged

function choose(cue, { scroll = true } = {}) {
  if (!cue) return;
  for (const each of all("[data-cue].chosen")) each.classList.remove("chosen");
  cue.classList.add("chosen");
  chosen = cue.dataset.about;
  if (scroll) cue.scrollIntoView({ block: "nearest" });
  if (stampButton) {
    stampButton.hidden = false;
    stampButton.querySelector("[data-stamp-now]").textContent = cue.dataset.stamp;
  }
  const point = page.querySelector(`[data-point="${CSS.escape(chosen)}"]`);
  for (const each of all(".point.chosen")) each.classList.remove("chosen");
  if (point) {
    point.open = true;
    point.classList.add("chosen");
  }
}

const current = () => page.querySelector("[data-cue].chosen");

function step(by) {
  const cues = all("[data-cue]");
  const from = cues.indexOf(current());
  choose(cues[from < 0 ? (by > 0 ? 0 : cues.length - 1) : from + by]);
}

function stamp() {
  const cue = current() ?? page.querySelector("[data-cue]");
  if (!cue || !notes || notes.off) return;
  choose(cue);
  notes.insertLine(`${cue.dataset.stamp} `);
}

page?.addEventListener("click", (event) => {
  const button = event.target.closest("[data-choose]");
  const cue = event.target.closest("[data-cue]");
  if (cue && (button || !event.target.closest("a, button, time"))) choose(cue, { scroll: false });
  if (button) stamp();
});
stampButton?.addEventListener("click", stamp);

// Another button of the page is pressed with words on their way: they go first.
page?.addEventListener("submit", async (event) => {
  const other = event.target;
  if (other === form || other.hasAttribute("hx-post") || !notes?.dirty || notes.off) return;
  event.preventDefault();
  await notes.flush();
  if (other.dataset.sent) return;
  other.dataset.sent = "yes";
  if (!notes.dirty) other.requestSubmit(event.submitter);
  delete other.dataset.sent;
});

// --- questions --------------------------------------------------------------------------------------

function said(number) {
  const kind = page.querySelector(`[data-said="${number}"]`);
  if (!kind) return;
  kind.open = !kind.open;
  if (kind.open) kind.scrollIntoView({ block: "nearest" });
}

function nextPoint() {
  const bare = all(".point").filter((point) => !point.querySelector(".offers .done"));
  const after = bare[bare.findIndex((point) => point.open) + 1] ?? bare[0];
  if (!after) return;
  after.open = true;
  after.scrollIntoView({ block: "nearest" });
  const cue = page.querySelector(`[data-cue][data-about="${CSS.escape(after.dataset.point)}"]`);
  if (cue) choose(cue);
}

function firstAsked() {
  const shown = [...all(".point[open]"), ...all(".phases details[open]")];
  for (const each of shown) {
    const button = each.querySelector("button[name=ask]");
    if (button) return button.click();
  }
}

// A word that was let slip, such as "obviously", is worth a question while it is fresh.
const signalled = page?.querySelector("[data-signal]");
const signals = JSON.parse(document.getElementById("signals")?.textContent ?? "[]").flatMap(({ words, ask }) =>
  words.map((word) => ({ word, ask, there: new RegExp(`(?<![\\w'])${word}(?![\\w'])`, "i") })),
);

notes?.area.addEventListener("input", () => {
  const line = notes.area.value.slice(0, notes.area.selectionEnd).split("\n").pop().slice(-160);
  const found = notes.off ? null : signals.find(({ there }) => there.test(line));
  const words = found ? `“${found.word}” – ${found.ask}` : "";
  signalled.hidden = !found;
  if (signalled.textContent !== words) signalled.textContent = words;
});

// Half a question that is being typed outlives the answer to another click.
let half = "";
page?.addEventListener("input", (event) => {
  if (event.target.id === "question") half = event.target.value;
});
page?.addEventListener("submit", (event) => {
  if (event.target.matches(".own")) half = "";
});

// A part that was answered by a new one keeps what was open and chosen, and the place of the keyboard.
document.addEventListener("htmx:after:swap", () => {
  showKeys();
  const field = document.getElementById("question");
  if (field && half && !field.value) field.value = half;
  if (document.activeElement === document.body) page.querySelector("#questions .point[open] summary")?.focus({ preventScroll: true });
  if (chosen) {
    const cue = page.querySelector(`[data-cue][data-about="${CSS.escape(chosen)}"]`);
    if (cue && !cue.classList.contains("chosen")) cue.classList.add("chosen");
  }
});

// --- keys: Alt and a letter, so that they work while the hands are on the notes -----------------------

const keys = {
  KeyT: stamp,
  KeyJ: () => step(1),
  KeyK: () => step(-1),
  KeyN: nextPoint,
  KeyA: firstAsked,
  KeyO: () => notes?.toggle(),
};
for (let number = 1; number <= 8; number += 1) keys[`Digit${number}`] = () => said(number);

// On a Mac Alt writes letters, so there it is Control.
const held = (event) =>
  MAC ? event.ctrlKey && !event.altKey && !event.metaKey : event.altKey && !event.ctrlKey && !event.metaKey;

document.addEventListener("keydown", (event) => {
  const act = !event.isComposing && !event.shiftKey && held(event) ? keys[event.code] : null;
  if (!act || !page) return;
  event.preventDefault();
  act();
});

function showKeys() {
  for (const each of all("kbd[data-key]")) {
    each.hidden = false;
    each.textContent = `${MAC ? "Ctrl" : "Alt"} ${each.dataset.key}`;
  }
  for (const each of all(".said kbd")) each.hidden = false;
}
if (page) showKeys();

// --- the clock: gentle, five minutes before the end ---------------------------------------------------

const clock = page?.querySelector("[data-clock]");
if (clock) {
  const began = Date.parse(clock.dataset.began);
  const minutes = Number(clock.dataset.minutes);
  const shown = clock.querySelector("[data-elapsed]");
  const told = page.querySelector("[data-clock-end]");
  const tick = () => {
    const gone = Math.max(0, Math.floor((Date.now() - began) / 60000));
    const left = minutes - gone;
    shown.textContent = gone > 2 * minutes + 60 ? shown.textContent : `${gone} of ${minutes} minutes`;
    const near = left <= 5 && gone <= 2 * minutes + 60;
    clock.classList.toggle("near-end", near);
    if (!near) return;
    const words = left > 0 ? `${left} minute${left === 1 ? "" : "s"} left: time for the last questions.` : "The time that was planned is over. Ending well is better than one more question.";
    shown.textContent = `${gone} of ${minutes} minutes. ${words}`;
    if (!told.textContent) told.textContent = words;
  };
  tick();
  setInterval(tick, 10000);
}
