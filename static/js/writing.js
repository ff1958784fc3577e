// Writing without loss. Each section saves itself two seconds after the last key. Until the server has
// confirmed a text it lies in this browser's storage as well, and is offered again after a crash.

const PAUSE = 1500;

const writings = new Map();
for (const form of document.querySelectorAll("form[data-section]")) {
  const writing = new Writing(form);
  writings.set(form.dataset.key, writing);
  writing.start();
}
const live = document.querySelector("[data-live]");
if (live) listen(live);

function Writing(form) {
  const area = form.elements.text;
  const version = form.elements.version;
  const status = form.querySelector("[data-status]");
  const key = `draft/${form.dataset.section}`;
  let confirmed = area.value;
  let timer = null;
  let saving = false;
  let lately = "Saved";

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
    if (text === confirmed) {
      if (!status.textContent.startsWith("Saved")) say(lately);
      return;
    }
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
      if (!answer.ok) throw new Error(answer.status);
      version.value = told.mine;
      confirmed = text;
      if (area.value !== text) return (timer = setTimeout(save, PAUSE));
      if ("text" in told) take(told);
      localStorage.removeItem(key);
      lately = `Saved at ${new Date(told.saved_at).toLocaleTimeString()}`;
      say(lately + ("text" in told ? ", together with what somebody else wrote meanwhile" : ""));
      if (told.clashes) showClashes();
    } catch (trouble) {
      say(trouble.message === "signed out"
        ? "You were signed out. Your text is kept in this browser: sign in again in another tab, then press Save."
        : "The server does not answer. Your text is kept in this browser and will be sent again.");
      timer = setTimeout(save, 5 * PAUSE);
    } finally {
      saving = false;
    }
  }

  // What stands holds this text and somebody else's; the caret stays at the words it stood at.
  function take(told) {
    const places = [area.selectionStart, area.selectionEnd].map((at) => moved(told.moves, at));
    const focused = document.activeElement === area;
    area.value = confirmed = told.text;
    version.value = told.version;
    if (focused) area.setSelectionRange(...places);
  }

  // Somebody else saved. Where nothing is being written their words come in at once, otherwise at the next save.
  this.savedElsewhere = async (saved) => {
    if (saved.version <= Number(version.value) || saving || area.value !== confirmed) return;
    const answer = await fetch(`${form.dataset.text}?since=${version.value}`, { headers: { Accept: "application/json" } });
    if (!answer.ok || answer.redirected) return;
    const told = await answer.json();
    if (saving || area.value !== confirmed || told.version <= Number(version.value)) return;
    take(told);
    say(`${saved.by} wrote here just now`);
  };

  this.here = (names) => {
    const row = form.querySelector("[data-here]");
    row.hidden = names.length === 0;
    row.textContent = names.length ? `${new Intl.ListFormat("en").format(names)} ${names.length > 1 ? "are" : "is"} here` : "";
  };

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

// Where a place in a text lies after the moves the server tells: [from, until, characters in their stead].
function moved(moves, at) {
  let shift = 0;
  for (const [from, until, length] of moves) {
    if (until < at || (until === at && from < until)) shift += length - (until - from);
    else if (from < at) return from + shift + length;
  }
  return at + shift;
}

// Who is where, by server-sent events. Without it people meet at their next save.
function listen(where) {
  const page = Math.random().toString(36).slice(2);
  const token = document.querySelector("[name=csrfmiddlewaretoken]")?.value;
  let at = "";
  open();
  document.addEventListener("focusin", (event) => go(event.target.closest("form[data-key]")?.dataset.key ?? ""));
  document.addEventListener("visibilitychange", () => go(document.hidden ? "" : at));
  addEventListener("pagehide", () => tell(""));
  setInterval(() => at && !document.hidden && tell(at), 20_000);

  function open() {
    const stream = new EventSource(where.dataset.events);
    stream.addEventListener("saved", (event) => {
      const saved = JSON.parse(event.data);
      writings.get(saved.section)?.savedElsewhere(saved);
    });
    stream.addEventListener("here", (event) => {
      const others = JSON.parse(event.data).people.filter((one) => !one.page.endsWith(`/${page}`));
      for (const [key, writing] of writings) {
        writing.here([...new Set(others.filter((one) => one.section === key).map((one) => one.name))]);
      }
    });
    // It tries again by itself, except where the server refused it: every place taken, or signed out.
    stream.addEventListener("error", () => stream.readyState === EventSource.CLOSED && setTimeout(open, 10_000));
  }

  function go(section) {
    if (section === at && !document.hidden) return;
    if (!document.hidden) at = section;
    tell(document.hidden ? "" : section);
  }

  function tell(section) {
    const body = new URLSearchParams({ page, section, csrfmiddlewaretoken: token });
    navigator.sendBeacon(where.dataset.here, body);
  }
}
