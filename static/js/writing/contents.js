// The contents beside the text: where one is, how much is written, and what the coach asks; and help that is folded
// away where the screen is small.

const WIDE = { contents: matchMedia("(min-width: 75.01rem)"), guidance: matchMedia("(min-width: 60.01rem)") };

export function contentsOf(page) {
  const box = page.querySelector("[data-contents]");
  if (!box) return;
  const entries = new Map([...box.querySelectorAll("[data-of]")].map((entry) => [entry.dataset.of, entry]));
  fold([box], WIDE.contents);
  fold(page.querySelectorAll("[data-wide-open]"), WIDE.guidance);
  box.addEventListener("click", (event) => event.target.closest("a") && !WIDE.contents.matches && (box.open = false));

  page.addEventListener("input", (event) => count(event.target));
  page.addEventListener("taken", (event) => count(event.target));
  page.addEventListener("notes", (event) => {
    const notes = entryOf(event.target)?.querySelector("[data-notes]");
    if (!notes) return;
    notes.hidden = event.detail.open === 0;
    notes.textContent = `${event.detail.open} note${event.detail.open === 1 ? "" : "s"}`;
  });
  // What the rules ask of a section is looked up when one begins to write in it, and after every save.
  page.addEventListener("focusin", (event) => {
    const section = event.target.closest(".editor");
    for (const [key, entry] of entries) entry.toggleAttribute("aria-current", key === section?.id);
    if (section && !section.dataset.looked) look(section);
  });
  page.addEventListener("saved", (event) => look(event.target.closest(".editor")));

  function entryOf(area) {
    return entries.get(area.form?.dataset.key);
  }

  function count(area) {
    const entry = area.name === "text" && entryOf(area);
    if (!entry) return;
    const words = area.value.match(/\S+/g)?.length ?? 0;
    const state = words ? `${words} word${words === 1 ? "" : "s"}` : "required" in entry.dataset ? "to write" : "empty";
    entry.querySelector("[data-words]").textContent = state;
  }
}

// Not by htmx, which would follow a sign-in page and leave the text behind.
async function look(section) {
  const turn = (section.dataset.looked = String(Number(section.dataset.looked ?? 0) + 1));
  const box = section.querySelector("[data-checks]");
  if (!box) return;
  try {
    const answer = await fetch(box.dataset.checks, { headers: { "HX-Request": "true" } });
    if (answer.status !== 200 || answer.redirected) return;
    const found = await answer.text();
    if (turn === section.dataset.looked) box.innerHTML = found;
  } catch {
    // what was found before still stands
  }
}

function fold(boxes, wide) {
  const apply = () => boxes.forEach((box) => (box.open = wide.matches));
  apply();
  wide.addEventListener("change", apply);
}
