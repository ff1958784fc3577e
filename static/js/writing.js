// The page of the write-up. What a section does is in writing/: it saves itself, knows Markdown by keys, and says
// who else is there.

import { mirrorOf } from "./mirror.js";
import { contentsOf } from "./writing/contents.js";
import { keysIn } from "./writing/keys.js";
import { listen } from "./writing/live.js";
import { previewOf } from "./writing/preview.js";
import { rowOver } from "./writing/row.js";
import { writingIn } from "./writing/saving.js";
import { showStranded } from "./writing/stranded.js";

const writings = new Map();
contentsOf(document);
for (const form of document.querySelectorAll("form[data-section]")) {
  const area = form.elements.text;
  mirrorOf(area);
  keysIn(area);
  rowOver(area);
  previewOf(form);
  writings.set(form.dataset.key, writingIn(form));
  form.addEventListener("keydown", (event) => {
    if (!event.ctrlKey && !event.metaKey) return;
    if (event.key.toLowerCase() === "s" && !event.shiftKey) form.requestSubmit();
    else if (event.key.toLowerCase() === "p" && event.shiftKey) form.querySelector("[data-preview-button]").click();
    else return;
    event.preventDefault();
  });
}
for (const pattern of document.querySelectorAll("[data-stranded]")) showStranded(pattern, writings);
document.addEventListener("stands", ({ detail }) => writings.get(detail.section)?.savedElsewhere(detail));
const live = document.querySelector("[data-live]");
if (live) listen(live, writings);
