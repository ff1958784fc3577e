// Decisions by key: with a part in focus 1, 2, 3 say for whom it is, and go on to the next; j and k go on and back.

document.documentElement.classList.add("scripted");

const parts = () => [...document.querySelectorAll("[data-part]")];
const another = (which) => document.querySelector(`#parts [rel="${which}"]`);
const choices = (part) => [...part.querySelectorAll('input[type="radio"]')];

function focus(part) {
  const radios = part ? choices(part) : [];
  (radios.find((one) => one.checked) || radios[0])?.focus();
}

document.addEventListener("keydown", (event) => {
  const part = event.target.closest?.("[data-part]");
  if (!part || event.ctrlKey || event.metaKey || event.altKey || event.target.matches("textarea")) return;
  const all = parts();
  const at = all.indexOf(part);
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    const next = all[at + (event.key === "j" ? 1 : -1)];
    return next ? focus(next) : another(event.key === "j" ? "next" : "prev")?.click();
  }
  const radio = choices(part)["123".indexOf(event.key)];
  if (event.key.length !== 1 || !radio) return;
  event.preventDefault();
  if (!radio.checked) {
    radio.checked = true;
    radio.dispatchEvent(new Event("change", { bubbles: true }));
  }
  focus(all[at + 1] || part);
});

// Decisions that the server has not answered yet go along when the page is left; saying one twice changes nothing.
const unanswered = new Map(); // form → what was decided in it last
const decided = (form) => new URLSearchParams(new FormData(form));
document.addEventListener("change", ({ target }) => {
  if (target.matches("[data-part] input[type=radio]")) unanswered.set(target.form, String(decided(target.form)));
});
document.addEventListener("htmx:after:request", ({ target, detail: { ctx } }) => {
  if (ctx.response.status < 400 && String(ctx.request.body) === unanswered.get(target)) unanswered.delete(target);
});
addEventListener("pagehide", () => {
  for (const form of unanswered.keys()) navigator.sendBeacon(form.action, decided(form));
});

// A page of parts that was come to by key goes on at its first one.
if (location.hash === "#parts") focus(parts()[0]);

// Words that are being written are no decision yet.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-quiet]")) event.stopPropagation();
}, true);
