// The preview of one section, as it will be read. It stays open and follows what is written until it is closed.

import { token } from "../token.js";

const PAUSE = 600;

export function previewOf(form) {
  const area = form.elements.text;
  const button = form.querySelector("[data-preview-button]");
  const shown = form.querySelector("[data-preview]");
  let timer = null;
  let asked = 0;
  button.setAttribute("aria-expanded", "false");
  button.setAttribute("aria-controls", shown.id);
  button.addEventListener("click", (event) => {
    event.preventDefault();
    shown.hidden = !shown.hidden;
    button.setAttribute("aria-expanded", String(!shown.hidden));
    if (!shown.hidden) show();
  });
  for (const event of ["input", "taken"]) {
    area.addEventListener(event, () => {
      clearTimeout(timer);
      if (!shown.hidden) timer = setTimeout(show, PAUSE);
    });
  }

  async function show() {
    const turn = (asked += 1);
    try {
      const answer = await fetch(button.formAction, {
        method: "POST",
        headers: { "HX-Request": "true", "X-CSRFToken": token() },
        body: new URLSearchParams({ text: area.value }),
      });
      if (answer.redirected || answer.status !== 200) throw new Error(answer.status);
      const page = await answer.text();
      if (turn === asked) shown.innerHTML = page;
    } catch {
      if (turn === asked) shown.textContent = "The preview does not come just now.";
    }
  }
}
