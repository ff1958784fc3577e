// What is being said and was not taken yet lies in this browser's storage, and is there again after a crash.
// Forms are known by data-say; their fields by name.

import { forget, forgetOlder, put, read } from "../shelf.js";

const PREFIX = "said/";
const TOO_OLD = 60 * 24 * 3600 * 1000;
const NAMES = ["text", "quote", "suggest", "suggestion", "version", "start", "end", "number"];
const where = location.pathname;

forgetOlder(PREFIX, TOO_OLD);

export function keep(form) {
  const fields = fieldsOf(form);
  if (!fields.text && !fields.suggestion) return drop(form);
  put(keyOf(form), { fields }); // where a browser keeps nothing, it is there as long as the page is
}

export function drop(form) {
  forget(keyOf(form));
}

// The forms in `part` that something was kept of have it again; they are returned.
export function bringBack(part) {
  return [...part.querySelectorAll("form[data-say]")].filter((form) => {
    const kept = read(keyOf(form))?.fields;
    if (kept) fill(form, kept);
    return kept;
  });
}

export function fieldsOf(form) {
  return Object.fromEntries(NAMES.filter((name) => form.elements[name]).map((name) => {
    const field = form.elements[name];
    return [name, field.type === "checkbox" ? field.checked : field.value];
  }));
}

export function fill(form, fields) {
  for (const [name, value] of Object.entries(fields)) {
    const field = form.elements[name];
    if (field?.type === "checkbox") field.checked = value;
    else if (field) field.value = value;
  }
}

function keyOf(form) {
  return `${PREFIX}${where}/${form.dataset.say}`;
}
