// The coach beside every field of a form that asks for it: <form data-coach="address of marks" data-coached="names of fields">.
// Alt . goes to the next passage it asks about, Alt , to the one before, through all fields of the page; whoever has just
// written comes to what stands in this field first, though it lies before the caret.

import { coachIn } from "./coaching/field.js";
import { token } from "./token.js";

const coaches = [...document.querySelectorAll("form[data-coach]")].flatMap((form) =>
  form.dataset.coached.split(" ").map((name) => form.elements[name]).filter(Boolean).map((area) => coachIn(area, addressOf(form), anchorOf(area))));

document.addEventListener("keydown", (event) => {
  if (!event.altKey || event.ctrlKey || event.metaKey || !["Period", "Comma"].includes(event.code)) return;
  const found = coaches.flatMap((coach, place) => coach.open().map((mark) => ({ coach, place, mark })));
  if (!found.length) return;
  event.preventDefault();
  const here = coaches.findIndex((coach) => coach.area === document.activeElement);
  const caret = coaches[here]?.area.selectionStart ?? 0;
  const behind = ({ coach, place, mark }) => (place === here ? mark.start > caret || (mark.start === caret && coach.shown() !== mark) : place > here);
  const before = ({ place, mark }) => (place === here ? mark.start < caret : place < here);
  const next = event.code === "Period" ? (found.find((one) => one.place === here && behind(one)) ?? unseen() ?? found.find(behind) ?? found[0]) : (found.findLast(before) ?? found.at(-1));
  next.coach.go(next.mark);

  function unseen() {
    return coaches[here]?.shown() ? undefined : found.find(({ place }) => place === here);
  }
});

function anchorOf(area) {
  return area.form.querySelector(`[data-notes-of="${area.name}"]`) ?? area.closest(".mirrored") ?? area;
}

function addressOf(form) {
  return {
    async post(path, fields) {
      const answer = await fetch(form.dataset.coach + path, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": token() },
        body: new URLSearchParams(fields),
        signal: AbortSignal.timeout(20_000),
      });
      if (answer.redirected || (!answer.ok && answer.status !== 422)) throw new Error(answer.status);
      return answer;
    },
  };
}
