// Comments beside the sections. The forms work by themselves; here they are sent without leaving the page, the words
// they are about are marked in the text, and what others say comes in.

import { mirrorOf } from "./mirror.js";
import "./commenting/calling.js";
import { bringBack, drop, fill, keep } from "./commenting/keeping.js";
import { become, unfold } from "./commenting/panel.js";
import { offerOn, standing } from "./commenting/selecting.js";

const SELDOM = 60_000; // how often a page that is told nothing looks for itself

const panels = () => [...document.querySelectorAll("[data-threads]")];
const panelOf = (key) => document.getElementById(`threads-${key || "whole"}`);
const areaOf = (key) => document.getElementById(`text-${key}`);
const read = new Map(); // key of a section that is read → the ranges that are marked in it
const fetching = new Set();
const again = new Set(); // panels that were to be fetched while they were being fetched
const turns = new Map(); // id of a panel → how many answers it has become
const spoken = document.createElement("p");
spoken.className = "for-readers";
spoken.setAttribute("role", "status");
document.body.append(spoken);

for (const panel of panels()) {
  for (const form of bringBack(panel)) unfold(form);
  paint(panel);
}
shown(location.hash);
addEventListener("hashchange", () => shown(location.hash));

// --- saying -----------------------------------------------------------------------------------------

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (!form?.dataset.say) return;
  if (target.name === "suggestion") form.elements.suggest.checked = target.value !== "";
  keep(form);
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.say || !form.closest("[data-threads]")) return;
  event.preventDefault();
  send(form, event.submitter);
});

async function send(form, button) {
  const panel = form.closest("[data-threads]");
  const { threads: key, version } = panel.dataset;
  const turn = turns.get(panel.id);
  const told = form.querySelector("[data-said]");
  told.textContent = "Sending …";
  button.disabled = true;
  try {
    await saved(areaOf(key)?.form, form);
    const answer = await fetch(button.getAttribute("formaction") ?? form.action, {
      method: "POST",
      headers: { "HX-Request": "true", "X-CSRFToken": token(form) },
      body: new URLSearchParams(new FormData(form)),
    });
    let page = await answer.text();
    if (answer.status === 422) return void (told.textContent = page);
    if (answer.status === 204 || answer.status === 403 || answer.redirected) throw new Error("out");
    if (!answer.ok) throw new Error(answer.status);
    drop(form);
    const known = new Set(ids(panel));
    if (turns.get(panel.id) !== turn) page = (await fresh(panel)) ?? page;
    take(panel, page, form);
    const made = ids(panel).find((id) => !known.has(id));
    (document.getElementById(made) ?? panel.querySelector("summary"))?.closest("[tabindex], summary").focus({ preventScroll: !made });
    told.textContent = "";
    spoken.textContent = "Done.";
    if (panel.dataset.version !== version) stands(key, panel.dataset.version);
  } catch (trouble) {
    told.textContent = trouble.message === "out"
      ? "You were signed out. Your words are kept in this browser: sign in again in another tab, then send them again."
      : "The server does not answer. Your words are kept in this browser; send them again.";
  } finally {
    button.disabled = false;
  }
  return undefined;
}

// What is being typed about words that were typed just now waits for those to be saved, a little.
function saved(writing, form) {
  if (!writing || !form.elements.start?.value || /^Saved/.test(writing.querySelector("[data-status]").textContent)) return undefined;
  return new Promise((done) => {
    setTimeout(done, 10_000);
    writing.addEventListener("saved", done, { once: true });
    writing.requestSubmit();
  }).then(() => (form.elements.version.value = writing.elements.version.value));
}

// The text in the field takes up what was accepted.
function stands(section, version) {
  document.dispatchEvent(new CustomEvent("stands", { detail: { section, version: Number(version), by: "You" } }));
}

// Signing in again, in another window, brings a new token, which that window's cookie tells.
function token(form) {
  return document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? form.elements.csrfmiddlewaretoken.value;
}

const ids = (panel) => [...panel.querySelectorAll("[id^=comment-]")].map((one) => one.id);

// --- choosing words ---------------------------------------------------------------------------------

offerOn(({ key, quote, start, end, number }) => {
  const form = panelOf(key)?.querySelector("[data-composer] form");
  if (!form) return;
  const area = areaOf(key);
  const version = area?.form.elements.version.value ?? form.elements.version.value;
  fill(form, { quote, start: start ?? "", end: end ?? "", number: number ?? "", version });
  if (form.elements.suggestion && !form.elements.suggest.checked) form.elements.suggestion.placeholder = quote;
  unfold(form);
  form.elements.text.focus();
  form.elements.text.scrollIntoView({ block: "nearest" });
});

// Words that are pasted or changed by hand have no place of their own.
document.addEventListener("input", ({ target }) => {
  if (target.name === "quote" && target.form?.dataset.say) fill(target.form, { start: "", end: "", number: "" });
});

// Who suggests begins with the words that stand.
document.addEventListener("toggle", ({ target }) => {
  const form = target.querySelector?.("[name=suggestion]")?.form;
  if (!form || target.dataset.composer !== undefined || !target.open || form.elements.suggestion.value) return;
  form.elements.suggestion.value = form.elements.quote.value;
}, true);

document.addEventListener("keydown", (event) => {
  const form = event.target.form;
  if (!form?.dataset.say) return;
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector("button"));
  if (event.key !== "Escape") return;
  const area = areaOf(form.closest("[data-threads]")?.dataset.threads);
  form.closest("details")?.removeAttribute("open");
  if (form.elements.start?.value) area?.focus();
  else form.closest("details")?.querySelector("summary").focus();
});

// --- what others say --------------------------------------------------------------------------------

document.addEventListener("commented", ({ detail }) => refresh(panelOf(detail.section)));
document.addEventListener("taken", ({ target }) => refresh(panelOf(target.form?.dataset.key)));
document.addEventListener("saved", ({ target }) => refresh(panelOf(target.dataset?.key)));
if (!document.querySelector("[data-live]")) setInterval(() => !document.hidden && panels().forEach(refresh), SELDOM);

async function refresh(panel) {
  if (!panel) return;
  again.add(panel.id);
  if (fetching.has(panel.id)) return;
  fetching.add(panel.id);
  try {
    while (again.delete(panel.id)) {
      const turn = turns.get(panel.id);
      const page = await fresh(panel);
      if (turns.get(panel.id) !== turn) again.add(panel.id);
      else if (page) take(panel, page);
    }
  } finally {
    fetching.delete(panel.id);
  }
}

// The panel as it is now; null where there is no answer: the next one will do.
async function fresh(panel) {
  try {
    const answer = await fetch(panel.dataset.fresh, { headers: { "HX-Request": "true" } });
    return answer.status === 200 && !answer.redirected ? await answer.text() : null;
  } catch {
    return null;
  }
}

// An answer that was asked for before another was taken may not know what that one said: it is not taken.
function take(panel, page, done) {
  turns.set(panel.id, (turns.get(panel.id) ?? 0) + 1);
  become(panel, page, done);
  paint(panel);
}

document.addEventListener("click", (event) => {
  if (!event.target.closest("[data-leave]")) return;
  const panel = event.target.closest("[data-threads]");
  const form = event.target.closest("form");
  if (!panel) return;
  event.preventDefault();
  drop(form);
  form.remove(); // what stood there comes back with the panel
  refresh(panel);
});

// --- the words in the text --------------------------------------------------------------------------

function paint(panel) {
  const area = areaOf(panel.dataset.threads);
  const threads = [...panel.querySelectorAll("[data-start]")];
  if (area) mirrorOf(area).paint("comment", threads.map(rangeOf));
  else if ("highlights" in CSS) paintRead(panel.dataset.threads, threads);
}

function paintRead(key, threads) {
  const text = document.querySelector(`[data-read="${CSS.escape(key)}"]`);
  if (!text) return;
  if (!CSS.highlights.has("comment")) CSS.highlights.set("comment", new Highlight());
  const marked = CSS.highlights.get("comment");
  for (const range of read.get(key) ?? []) marked.delete(range);
  read.set(key, threads.map(({ dataset }) => standing(text, dataset.words ?? "", Number(dataset.number))).filter(Boolean));
  for (const range of read.get(key)) marked.add(range);
}

function rangeOf(thread) {
  return { start: Number(thread.dataset.start), end: Number(thread.dataset.end), thread: thread.id };
}

// A click into marked words brings their thread forward; a click on a thread's words leads to them.
document.addEventListener("click", (event) => {
  const area = event.target;
  if (area.form?.dataset.key && area.name === "text") {
    const range = mirrorOf(area).at(event.clientX, event.clientY, "comment");
    forward(range && area.selectionStart === area.selectionEnd ? document.getElementById(range.thread) : null);
    return;
  }
  const link = area.closest("[data-show]");
  const thread = link?.closest("[data-start]");
  const field = thread && areaOf(thread.closest("[data-threads]")?.dataset.threads);
  if (!field) return;
  event.preventDefault();
  forward(thread);
  const { start, end } = rangeOf(thread);
  field.focus({ preventScroll: true });
  field.setSelectionRange(start, end);
  scrollBy({ top: mirrorOf(field).rectOf({ start, end }).top - innerHeight / 3 });
});

function forward(thread) {
  for (const one of document.querySelectorAll(".thread.here")) one.classList.remove("here");
  thread?.classList.add("here");
}

// An address with a comment leads to it, also where it is folded.
function shown(hash) {
  const thread = /^#comment-\d+$/.test(hash) && document.getElementById(hash.slice(1));
  if (!thread) return;
  for (let part = thread.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  thread.scrollIntoView({ block: "center" });
  forward(thread.closest(".thread"));
}
