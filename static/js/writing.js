// Writing without loss. Each section saves itself two seconds after the last key. Until the server has
// confirmed a text it lies in this browser's storage as well, and is offered again after a crash.

const PAUSE = 1500;

for (const form of document.querySelectorAll("form[data-section]")) new Writing(form).start();

function Writing(form) {
  const area = form.elements.text;
  const version = form.elements.version;
  const status = form.querySelector("[data-status]");
  const key = `draft/${form.dataset.section}`;
  let confirmed = area.value;
  let timer = null;
  let saving = false;

  this.start = () => {
    const draft = read();
    if (draft && draft.text !== area.value) offer(draft);
    area.addEventListener("input", () => {
      write();
      say("Not saved yet …");
      clearTimeout(timer);
      timer = setTimeout(save, PAUSE);
    });
    form.addEventListener("submit", (event) => {
      if (event.submitter?.hasAttribute("formaction")) return;
      event.preventDefault();
      save();
    });
    area.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "s") {
        event.preventDefault();
        save();
      }
    });
    addEventListener("beforeunload", (event) => {
      if (area.value !== confirmed) event.preventDefault();
    });
    addEventListener("online", () => area.value !== confirmed && save());
  };

  async function save() {
    clearTimeout(timer);
    if (saving) {
      timer = setTimeout(save, PAUSE);
      return;
    }
    const text = area.value;
    if (text === confirmed) return say("Saved");
    saving = true;
    say("Saving …");
    try {
      const answer = await fetch(form.action, {
        method: "POST",
        headers: { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
        body: new URLSearchParams({ text, version: version.value }),
      });
      if (answer.redirected || answer.status === 403) throw new Error("signed out");
      const told = await answer.json();
      if (answer.status === 409) return conflict();
      if (!answer.ok) throw new Error(answer.status);
      version.value = told.version;
      confirmed = text;
      if (area.value === text) {
        localStorage.removeItem(key);
        say(`Saved at ${new Date(told.saved_at).toLocaleTimeString()}`);
      }
    } catch (trouble) {
      say(trouble.message === "signed out"
        ? "You were signed out. Your text is kept in this browser: sign in again in another tab, then press Save."
        : "The server does not answer. Your text is kept in this browser and will be sent again.");
      timer = setTimeout(save, 5 * PAUSE);
    } finally {
      saving = false;
    }
  }

  // The plain form shows both texts side by side; sending it is the way to that page.
  function conflict() {
    say("Somebody else saved this section. Showing both texts …");
    confirmed = area.value;
    form.submit();
  }

  function offer(draft) {
    const row = document.createElement("p");
    row.className = "callout caution";
    row.append(`This browser holds a text of this section that was not confirmed (${new Date(draft.at).toLocaleString()}). `);
    row.append(button("Take it up", () => {
      area.value = draft.text;
      area.dispatchEvent(new Event("input"));
      row.remove();
    }), " ", button("Let it go", () => {
      localStorage.removeItem(key);
      row.remove();
    }));
    form.prepend(row);
  }

  function button(words, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button small";
    made.textContent = words;
    made.addEventListener("click", act);
    return made;
  }

  function read() {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  }

  function write() {
    try {
      localStorage.setItem(key, JSON.stringify({ text: area.value, at: Date.now(), version: version.value }));
    } catch {
      say("This browser's storage is full: save often.");
    }
  }

  function say(words) {
    status.textContent = words;
  }
}
