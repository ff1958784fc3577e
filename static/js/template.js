// The form of a template lies in this browser's storage, with every section as it was typed, until it is saved.

import { button } from "./button.js";
import { forget, forgetOlder, keys, put, read } from "./shelf.js";
import { moment } from "./when.js";

const PREFIX = "template/";
const TOO_OLD = 60 * 24 * 3600 * 1000;

forgetOlder(PREFIX, TOO_OLD);
// The page that a save leads to: what was sent has arrived.
if (document.querySelector("[data-template-saved]")) {
  for (const key of keys(PREFIX)) if (read(key)?.sent) forget(key);
}
for (const form of document.querySelectorAll("form[data-template]")) keepWhole(form);

function keepWhole(form) {
  const key = PREFIX + location.pathname;
  const begun = typed();
  let sent = false;
  const kept = read(key);
  if (kept && JSON.stringify(kept.fields) !== JSON.stringify(begun)) offer(kept);
  form.addEventListener("input", () => keep());
  new MutationObserver(() => keep()).observe(form, { childList: true }); // sections came, went or moved
  form.addEventListener("submit", (event) => {
    sent = true;
    if (event.submitter?.value === "save") keep({ sent });
  });
  addEventListener("beforeunload", (event) => {
    if (!sent && JSON.stringify(typed()) !== JSON.stringify(begun)) event.preventDefault();
  });

  function typed() {
    return [...new FormData(form)].filter(([name]) => name !== "csrfmiddlewaretoken" && name !== "do");
  }

  function keep(more = {}) {
    put(key, { fields: typed(), ...more }); // where a browser keeps nothing, it is there as long as the page is
  }

  function offer(found) {
    const row = document.createElement("div");
    row.className = "callout caution";
    const words = document.createElement("p");
    words.textContent = `This browser holds a form that was not saved (${moment(found.at)}).`;
    const choice = document.createElement("div");
    choice.className = "actions";
    choice.append(button("Take it up", () => takeUp(found)), button("Let it go", () => (forget(key), row.remove())));
    row.append(words, choice);
    form.before(row);
  }

  // The server makes the form of it, with as many sections as there were, and keeps nothing.
  function takeUp(found) {
    const again = document.createElement("form");
    again.method = "post";
    again.hidden = true;
    const csrf = form.elements.csrfmiddlewaretoken.value;
    for (const [name, value] of [...found.fields, ["csrfmiddlewaretoken", csrf], ["do", "show"]]) {
      again.append(Object.assign(document.createElement("textarea"), { name, value }));
    }
    document.body.append(again);
    put(key, found);
    sent = true;
    again.submit();
  }
}
