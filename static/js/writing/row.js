// The row of buttons under a field, for those who do not know Markdown by heart. It shows while its field is used.

import { commands } from "./keys.js";

export function rowOver(area) {
  const row = document.createElement("div");
  row.className = "writing-row";
  row.setAttribute("role", "toolbar");
  row.setAttribute("aria-label", "Markdown");
  row.setAttribute("aria-controls", area.id);
  const buttons = Object.values(commands).map(({ name, key, act }, place) => {
    const button = Object.assign(document.createElement("button"), {
      type: "button", className: "button small plain", textContent: name, title: key ?? "", tabIndex: place ? -1 : 0,
    });
    button.addEventListener("pointerdown", (event) => event.preventDefault()); // the caret stays where it is
    button.addEventListener("click", () => act(area));
    return button;
  });
  // one stop for Tab; arrows go along it
  row.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = (buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length;
    buttons.forEach((button, place) => (button.tabIndex = place === at ? 0 : -1));
    buttons[at].focus();
  });
  row.append(...buttons);
  area.form.querySelector(".foot-of-field").prepend(row);
}
