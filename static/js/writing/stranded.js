// Words that this browser kept for a section which the write-up has no longer. They can be saved all the same: the
// server shows them then at the end of their part.

import { draftsElsewhere } from "./drafts.js";

// `pattern`: a template with the words around, and a form whose address has KEY in place of the section.
export async function showStranded(pattern, shown) {
  for (const draft of await draftsElsewhere(pattern.dataset.stranded, shown)) {
    const row = pattern.content.firstElementChild.cloneNode(true);
    const form = row.querySelector("form");
    form.action = form.getAttribute("action").replace("KEY", draft.section);
    form.elements.text.value = draft.text;
    form.elements.version.value = draft.version;
    row.querySelector("[data-forget]").addEventListener("click", () => (draft.forget(), row.remove()));
    pattern.before(row);
  }
}
