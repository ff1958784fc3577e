// Keys for a list of events [data-events] with rows [data-event]: j and k move, p pins or unpins the event, c asks for its caption,
// Enter opens its evidence, / goes to the filter [data-filter-text]. Every one of them is also a button or a link.

const rows = () => [...document.querySelectorAll("[data-events] [data-event]")];
const typing = (target) => target.closest("input, textarea, select, [contenteditable], dialog");

let here = null; // the id, because a row is replaced when it is pinned

const row = () => rows().find((each) => each.dataset.event === here);

function stand(on) {
  if (!on) return;
  for (const each of document.querySelectorAll("[data-event].here")) each.classList.remove("here");
  on.classList.add("here");
  here = on.dataset.event;
  document.dispatchEvent(new CustomEvent("event:here", { detail: here }));
}

function move(by) {
  const all = rows();
  const from = all.indexOf(row());
  const top = all.findIndex((each) => each.getBoundingClientRect().bottom > 0);
  const to = from < 0 ? Math.max(top, 0) : from + by;
  const next = all[to];
  if (!next) {
    // Past an end of this page, the way on is the link that is there anyway.
    document.querySelector(by > 0 ? "[data-events-later]" : "[data-events-earlier]")?.focus();
    return;
  }
  if (!next.hasAttribute("tabindex")) next.tabIndex = -1;
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

document.addEventListener("focusin", (event) => stand(event.target.closest("[data-events] [data-event]")));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || typing(event.target)) return;
  const acts = {
    j: () => move(1),
    k: () => move(-1),
    c: () => row()?.querySelector("[data-annotate]")?.click(),
    p: () => row()?.querySelector("[data-pin] button, button[data-pin]")?.click(),
    "/": () => document.querySelector("[data-filter-text]")?.focus(),
  };
  if (event.key === "Enter" && event.target === row()) acts.Enter = () => row().querySelector("a[href]")?.click();
  const act = rows().length ? acts[event.key] : null;
  if (!act) return;
  event.preventDefault();
  act();
});

// Asking for the forms of a row a second time puts them away.
document.addEventListener(
  "click",
  (event) => {
    const asked = event.target.closest("[data-annotate]");
    const forms = asked?.closest("[data-event]").querySelector(".annotate");
    if (!forms) return;
    event.preventDefault();
    event.stopPropagation();
    forms.remove();
  },
  true,
);

// Escape in them leads back to the row; they stay as long as something is typed in them.
document.addEventListener("keydown", (event) => {
  const forms = event.key === "Escape" && event.target.closest("[data-event] .annotate");
  if (!forms) return;
  const back = forms.closest("[data-event]");
  const begun = (field) => Math.max(0, [...field.options].findIndex((option) => option.defaultSelected));
  const changed = [...forms.querySelectorAll("input, select")].some((field) =>
    field.options ? field.selectedIndex !== begun(field) : field.value !== field.defaultValue,
  );
  if (!changed) forms.remove();
  back.focus({ preventScroll: true });
});

// Forms that were asked for are where the hand is.
document.addEventListener("htmx:after:swap", () => {
  const field = document.querySelector("[data-event].here .annotate input:not([type=hidden])");
  if (field && !document.activeElement?.closest(".annotate")) field.focus();
});

// A row that was answered by a new one keeps the reader's place.
document.addEventListener("htmx:after:swap", () => {
  const now = row();
  if (now && !now.contains(document.activeElement) && [document.body, null].includes(document.activeElement)) {
    now.focus({ preventScroll: true });
  }
});
