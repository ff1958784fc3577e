// A panel of threads that follows the server under the hands of somebody who reads and writes in it.

import { fieldsOf, fill } from "./keeping.js";

// The panel becomes what the server says it is. A thread of which nothing changed stays the element it was, so that
// nothing moves under a hand; what is unfolded and being typed stays as well. `done` is a form whose words were taken.
export function become(panel, page, done) {
  const fresh = new DOMParser().parseFromString(page, "text/html").querySelector("[data-threads]");
  const focused = panel.contains(document.activeElement) ? document.activeElement : null;
  const caret = focused?.matches("textarea") ? [focused.selectionStart, focused.selectionEnd] : null;
  panel.dataset.version = fresh.dataset.version;
  const there = new Set([...fresh.querySelectorAll("[data-thread]")].map((thread) => thread.id));
  for (const name of ["open", "resolved"]) settle(panel, fresh, `[data-list=${name}]`, done);
  for (const thread of panel.querySelectorAll("[data-thread]")) if (!there.has(thread.id)) thread.remove();
  for (const name of ["[data-list=open]", "[data-more]", "[data-done]"]) panel.querySelector(name).hidden = fresh.querySelector(name).hidden;
  for (const name of ["[data-more]", "[data-done] summary"]) panel.querySelector(name).textContent = fresh.querySelector(name).textContent;
  const composer = panel.querySelector("[data-composer] form");
  if (composer && composer === done) empty(composer);
  if (composer && !composer.elements.start.value) composer.elements.version.value = fresh.dataset.version;
  if (focused?.id && !focused.isConnected) {
    const again = document.getElementById(focused.id);
    again?.focus({ preventScroll: true });
    if (caret) again?.setSelectionRange(...caret);
  }
}

function settle(panel, fresh, name, done) {
  const list = panel.querySelector(name);
  let at = list.firstElementChild;
  for (const thread of [...fresh.querySelector(name).children]) {
    const known = document.getElementById(thread.id);
    const stays = known && bare(known) === bare(thread) ? renumbered(known, thread) : renewed(known, thread, done);
    if (known === at) at = at?.nextElementSibling ?? null;
    if (known !== stays) known?.remove();
    if (stays.nextElementSibling !== at || stays.parentElement !== list) list.insertBefore(stays, at);
    for (const form of stays.querySelectorAll("details[open] > form")) unfold(form); // also where it was put away
  }
}

// What a thread says, without what differs from answer to answer, and what was unfolded or told since.
function bare(thread) {
  const copy = thread.cloneNode(true);
  for (const name of ["data-start", "data-end", "data-words", "data-number", "class"]) copy.removeAttribute(name);
  for (const part of copy.querySelectorAll("[name=csrfmiddlewaretoken], [data-said]")) part.remove();
  for (const part of copy.querySelectorAll("[open]")) part.removeAttribute("open");
  for (const part of copy.querySelectorAll("[disabled]")) part.removeAttribute("disabled");
  return copy.innerHTML;
}

function renumbered(known, thread) {
  for (const name of ["start", "end", "words", "number"]) {
    if (name in thread.dataset) known.dataset[name] = thread.dataset[name];
    else delete known.dataset[name];
  }
  return known;
}

function renewed(known, thread, done) {
  const made = document.adoptNode(thread);
  for (const form of known?.querySelectorAll("form[data-say]") ?? []) {
    if (form === done) continue;
    const same = made.querySelector(`form[data-say="${form.dataset.say}"]`);
    if (same) fill(same, fieldsOf(form));
    else if (form.dataset.say.startsWith("edit-")) made.querySelector(`#${form.parentElement.id}`)?.replaceChildren(form);
    if (same && form.closest("details")?.open) unfold(same);
  }
  window.htmx?.process(made);
  return made;
}

function empty(form) {
  fill(form, { text: "", quote: "", suggest: false, suggestion: "", start: "", end: "", number: "" });
  for (const part of [form.closest("details"), ...form.querySelectorAll("details")]) part.open = false;
}

// A form, with everything it is folded into.
export function unfold(form) {
  for (let part = form; part; part = part.parentElement.closest("details")) if (part.matches("details")) part.open = true;
  if (form.elements.suggestion?.value) form.elements.suggestion.closest("details").open = true;
}
