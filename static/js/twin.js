// Decisions by key: with a part in focus 1, 2, 3 say for whom it is, and go on to the next; j and k go on and back.

document.documentElement.classList.add("scripted");

const parts = () => [...document.querySelectorAll("[data-part]")];
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
    return focus(all[at + (event.key === "j" ? 1 : -1)]);
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

// Words that are being written are no decision yet.
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-quiet]")) event.stopPropagation();
}, true);
