// Private words that keep themselves: <form data-keeps="key"> with a textarea `text` and a hidden `version`.
// A second after the last key they go to the server; until it has confirmed them they lie in this browser's
// storage as well, and nowhere else. Drafts that nobody came back for are dropped after two weeks.

import { button } from "./button.js";
import { forget, forgetOlder, put, read } from "./shelf.js";
import { clock, moment } from "./when.js";

const PAUSE = 1000;
const RETRY = 5000;
const PREFIX = "private/";
const TOO_OLD = 14 * 24 * 3600 * 1000;

forgetOlder(PREFIX, TOO_OLD);
for (const form of document.querySelectorAll("form[data-keeps]")) keep(form);

function keep(form) {
  const area = form.elements.text;
  const version = form.elements.version;
  const status = form.querySelector("[data-status]");
  const key = PREFIX + form.dataset.keeps;
  let confirmed = area.defaultValue;
  let timer = null;
  let saving = false;
  let stopped = false;

  const draft = read(key);
  if (draft && draft.text !== area.value) offer(draft);
  area.addEventListener("input", () => {
    write();
    say("Not kept yet …");
    wait(PAUSE);
  });
  area.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") {
      event.preventDefault();
      save();
    }
  });
  form.addEventListener("submit", () => clearTimeout(timer));
  addEventListener("online", save);
  addEventListener("pageshow", () => area.value !== confirmed && wait(PAUSE));
  // A telephone that is put away: the last words go out while the page sleeps.
  document.addEventListener("visibilitychange", () => document.hidden && save());
  addEventListener("beforeunload", (event) => area.value !== confirmed && !stopped && event.preventDefault());

  function wait(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  }

  async function save() {
    clearTimeout(timer);
    const text = area.value;
    if (stopped || text === confirmed) return;
    if (saving) return wait(PAUSE);
    saving = true;
    say("Keeping …");
    try {
      const answer = await fetch(form.action || location.href, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        body: new URLSearchParams({ what: form.dataset.what ?? "keep", text, version: version.value }),
        keepalive: text.length < 15000,
      });
      if (answer.redirected || answer.status === 403) throw new Error("out");
      if (answer.status === 410) return over();
      const told = await answer.json();
      if (answer.status === 409) return conflict(told);
      if (answer.status === 422) return say(told.sentence);
      if (!answer.ok) throw new Error(answer.status);
      version.value = told.version;
      confirmed = text;
      if (area.value === text) {
        forget(key);
        say(`Kept at ${clock(told.saved_at)}`);
      } else wait(PAUSE);
    } catch (trouble) {
      say(trouble.message === "out"
        ? "You were signed out. Your words are kept in this browser: sign in again in another tab, and they follow."
        : "The server does not answer. Your words are kept in this browser and are sent again.");
      wait(RETRY);
    } finally {
      saving = false;
    }
  }

  // The day of removal has come: nothing more is taken, and no copy stays in this browser either.
  function over() {
    stopped = true;
    forget(key);
    say("What stood here was removed on its day, and nothing more is kept. Copy what you still need from the field.");
  }

  function conflict(told) {
    say("Other words were kept in the meantime. Both are shown.");
    const box = document.createElement("div");
    box.className = "conflict";
    box.setAttribute("role", "alert");
    const heading = document.createElement("p");
    heading.textContent = "From another window these words were kept in between:";
    const other = document.createElement("pre");
    other.textContent = told.text;
    other.dir = "auto";
    const row = document.createElement("div");
    row.className = "actions";
    row.append(
      button("Put both together", () => settle(told, `${told.text.trimEnd()}\n\n${area.value}`)),
      button("Keep what is in the field", () => settle(told, area.value)),
      button("Take those words", () => settle(told, told.text)),
    );
    box.append(heading, other, row);
    form.querySelector(".conflict")?.remove();
    form.prepend(box);
  }

  function settle(told, text) {
    form.querySelector(".conflict")?.remove();
    version.value = told.version;
    confirmed = told.text;
    area.value = text;
    write();
    if (text === confirmed) {
      forget(key);
      say("Kept.");
    }
    save();
  }

  function offer(found) {
    const row = document.createElement("div");
    row.className = "callout caution";
    const words = document.createElement("p");
    words.textContent = `This browser holds words that were not confirmed (${moment(found.at)}).`;
    const choice = document.createElement("div");
    choice.className = "actions";
    choice.append(
      button("Take them up", () => {
        area.value = found.text;
        area.dispatchEvent(new Event("input"));
        row.remove();
      }),
      button("Let them go", () => {
        forget(key);
        row.remove();
      }),
    );
    row.append(words, choice);
    form.prepend(row);
  }

  function write() {
    if (!put(key, { text: area.value })) say("This browser's storage is full: keep often.");
  }

  function say(words) {
    status.textContent = words;
  }
}
