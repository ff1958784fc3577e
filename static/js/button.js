// A small button of a row that a script adds to the page.

export function button(words, act) {
  const made = Object.assign(document.createElement("button"), { type: "button", className: "button small", textContent: words });
  made.addEventListener("click", act);
  return made;
}
