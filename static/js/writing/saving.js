// One section that saves itself. Until the server has confirmed a text it lies in this browser's storage as well.
//
// A text is sent with the number of the text it was written from, so that the server can bring it together with what
// others wrote in the meantime. Sending one twice changes nothing: whatever did not get an answer is sent again.

import { button } from "../button.js";
import { draftsOf } from "./drafts.js";
import { moved } from "./places.js";
import { mirrorOf } from "../mirror.js";
import { token } from "../token.js";
import { clock, moment } from "../when.js";

const PAUSE = 1500;
const AGAIN = 5000;
const SELDOM = 60_000; // where the server has said no
const PATIENCE = 20_000;
const SMALL = 15_000; // what a browser sends along when its page is put away

export function writingIn(form) {
  const area = form.elements.text;
  const version = form.elements.version;
  const status = form.querySelector("[data-status]");
  const drafts = draftsOf(form.dataset.section);
  let confirmed = area.defaultValue; // somebody may have begun to write before this was here
  let timer = null;
  let saving = false;
  let composing = false;
  let missed = null; // what others saved while this window was saving
  let lately = "Saved";

  offerLeft();
  setTimeout(offerLeft, 3000); // a window that is just closing may not have let go yet
  area.addEventListener("input", written);
  if (unsaved()) written();
  area.addEventListener("compositionstart", () => (composing = true));
  area.addEventListener("compositionend", () => (composing = false));
  form.addEventListener("submit", (event) => {
    if (event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault();
    save();
  });
  addEventListener("beforeunload", (event) => unsaved() && event.preventDefault());
  document.addEventListener("visibilitychange", () => unsaved() && save()); // put away, or come back to
  for (const event of ["online", "focus", "pageshow"]) addEventListener(event, () => unsaved() && save());

  return { here, savedElsewhere, save };

  function unsaved() {
    return area.value !== confirmed;
  }

  function written() {
    say(drafts.keep(area.value, version.value)
      ? "Not saved yet …"
      : "Not saved yet, and this browser keeps nothing: wait until it says “Saved”.");
    wait(PAUSE);
  }

  function wait(milliseconds) {
    clearTimeout(timer);
    timer = setTimeout(save, milliseconds);
  }

  async function save() {
    clearTimeout(timer);
    if (saving || composing) return wait(PAUSE);
    const text = area.value;
    if (text === confirmed) {
      if (status.textContent.startsWith("Saved")) return;
      say(lately);
      form.dispatchEvent(new CustomEvent("saved", { bubbles: true }));
      return;
    }
    saving = true;
    say("Saving …");
    try {
      const told = await send(text, version.value);
      version.value = told.mine;
      confirmed = text;
      if (area.value !== text) return wait(PAUSE);
      if ("text" in told) take(told);
      drafts.drop();
      lately = `Saved at ${clock(told.saved_at)}`;
      say(lately + ("text" in told ? ", together with what somebody else wrote meanwhile" : ""));
      if (told.clashes) showClashes();
      form.dispatchEvent(new CustomEvent("saved", { bubbles: true }));
    } catch (trouble) {
      tell(trouble);
      wait(trouble >= 400 && trouble < 500 && trouble !== 429 ? SELDOM : AGAIN);
    } finally {
      saving = false;
      if (missed) savedElsewhere(missed);
    }
  }

  // What the server made of a text. Throws what stands in the way: "out", a number of HTTP, or no answer at all.
  async function send(text, from) {
    const answer = await fetch(form.action, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": token() },
      body: new URLSearchParams({ text, version: from, writer: form.dataset.writer }),
      keepalive: text.length < SMALL,
      signal: AbortSignal.timeout(PATIENCE), // a lid may close between question and answer
    });
    if (answer.redirected || answer.status === 403) throw "out";
    if (!answer.ok) throw answer.status;
    return answer.json();
  }

  function tell(trouble) {
    if (trouble === "out") {
      say("You were signed out. Your text is kept in this browser and is saved as soon as you are back. ");
      const link = document.createElement("a");
      link.href = form.dataset.signIn;
      link.target = "_blank";
      link.textContent = "Sign in again";
      status.append(link);
    } else if (trouble === 404) {
      say("This section is no longer in the write-up, or no longer open to you. Your text is kept in this browser: copy it from here.");
    } else if (trouble >= 400 && trouble < 500) {
      say(`The server does not take this text (${trouble}). It is kept in this browser; is it very long?`);
    } else {
      say("The server does not answer. Your text is kept in this browser and will be sent again.");
    }
  }

  // What stands holds this text and somebody else's; the caret stays at the words it stood at, and these where they were.
  function take(told) {
    const before = area.value;
    const focused = document.activeElement === area;
    const places = [area.selectionStart, area.selectionEnd].map((at) => moved(told.moves, before, told.text, at));
    const stood = focused && top();
    area.value = confirmed = told.text;
    version.value = told.version;
    area.dispatchEvent(new Event("taken", { bubbles: true }));
    if (!focused) return;
    area.setSelectionRange(...places, area.selectionDirection);
    scrollBy({ top: top() - stood, behavior: "instant" });
  }

  function top() {
    return mirrorOf(area).rectOf({ start: area.selectionStart, end: area.selectionStart }).top;
  }

  // Somebody else saved. Where nothing is being written their words come in at once, otherwise at the next save.
  async function savedElsewhere(saved) {
    missed = saving ? saved : null;
    if (saved.version <= Number(version.value) || saving || unsaved()) return;
    const answer = await fetch(`${form.dataset.text}?since=${version.value}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const told = await answer.json();
    if (saving) missed = saved;
    if (saving || composing || unsaved() || told.version <= Number(version.value)) return;
    take(told);
    say(`${lately}. ${saved.by} wrote here just now`);
  }

  function here(names) {
    const row = form.querySelector("[data-here]");
    row.hidden = names.length === 0;
    row.textContent = names.length ? `${new Intl.ListFormat("en").format(names)} ${names.length > 1 ? "are" : "is"} here` : "";
  }

  // All of it is saved, so the page can be fetched anew to show both wordings.
  function showClashes() {
    const link = document.createElement("a");
    link.href = "";
    link.textContent = "Show both";
    link.addEventListener("click", (event) => {
      event.preventDefault();
      location.hash = form.closest(".editor").id;
      location.reload();
    });
    status.append(". Somebody changed the same words. ", link);
  }

  async function offerLeft() {
    for (const draft of await drafts.left()) {
      if (draft.text === area.value) draft.forget();
      else if (![...form.querySelectorAll("[data-draft]")].some((row) => row.dataset.draft === draft.key)) offer(draft);
    }
  }

  function offer(draft) {
    const row = document.createElement("div");
    row.className = "callout caution";
    row.dataset.draft = draft.key;
    const words = document.createElement("p");
    words.textContent = `This browser holds a text of this section that was not confirmed (${moment(draft.at)}).`;
    const look = document.createElement("details");
    const text = document.createElement("pre");
    text.className = "raw";
    text.dir = "auto";
    text.textContent = draft.text;
    look.append(Object.assign(document.createElement("summary"), { textContent: "Read it" }), text);
    const choice = document.createElement("div");
    choice.className = "actions";
    choice.append(button("Take it up", () => takeUp(draft, row)), button("Let it go", () => (draft.forget(), row.remove())));
    row.append(words, look, choice);
    form.prepend(row);
  }

  // It goes to the server as what it is, a text written from an older one, and comes back with everything since.
  async function takeUp(draft, row) {
    try {
      const told = await send(draft.text, draft.version);
      draft.forget();
      row.remove();
      await savedElsewhere({ version: told.version, by: "You" });
      if (told.clashes) showClashes();
      else if (unsaved()) save();
    } catch (trouble) {
      tell(trouble);
    }
  }

  function say(words) {
    if (status.textContent !== words) status.textContent = words;
  }
}
