// Notes of a conversation that keep themselves, and can be stopped.
//
// A word typed now is on its way to the server within a second and a half. Until the server has confirmed it,
// it lies in this browser's storage too; signing out, and confirming, remove it from there. A lost network, an
// expired session or a closed lid delay the way and lose nothing. Two windows of the same notes tell each
// other; what cannot be told is shown side by side, and both are kept.
//
// Off the record the field is locked, nothing is sent, and nothing is stored.

import { button } from "./button.js";
import { forget, keys, put, read } from "./shelf.js";
import { moment } from "./when.js";

const PAUSE = 1200;
const RETRY = 4000;
const PREFIX = "private/conversation-";

class Notes {
  constructor(form, page) {
    this.form = form;
    this.page = page;
    this.area = form.elements.text;
    this.version = form.elements.version;
    this.status = form.querySelector("[data-status]");
    this.confirmed = this.area.defaultValue;
    this.off = form.dataset.offSince || null;
    this.timer = null;
    this.saving = null;
    this.waiting = null; // what the switch still owes the server: "off" or "on"
    this.standing = null; // another window's text, while both are shown
    this.over = false;
    this.asked = 0; // how often what became of the stamps was asked for: an old answer is not shown
    this.key = `${PREFIX}${form.dataset.notes}/${windowName()}`;
    this.channel = "BroadcastChannel" in window ? new BroadcastChannel(`${PREFIX}${form.dataset.notes}`) : null;
    this.listen();
    this.takeUpDrafts();
  }

  listen() {
    this.area.addEventListener("input", () => this.typed());
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter?.hasAttribute("data-off")) this.toggle();
      else this.save();
    });
    this.area.addEventListener("keydown", (event) => {
      if ((event.ctrlKey || event.metaKey) && event.key === "s") {
        event.preventDefault();
        this.save();
      }
    });
    addEventListener("online", () => this.save());
    addEventListener("pageshow", () => this.wait(0));
    document.addEventListener("visibilitychange", () => document.hidden && this.save());
    addEventListener("pagehide", () => this.save());
    addEventListener("beforeunload", (event) => {
      if (this.dirty && !this.off && !this.over) event.preventDefault();
    });
    this.channel?.addEventListener("message", ({ data }) => this.told(data));
  }

  get dirty() {
    return this.area.value !== this.confirmed;
  }

  typed() {
    if (this.off) return;
    this.keepDraft();
    this.say("Not kept yet …");
    if (!this.timer) this.wait(PAUSE); // not put off by the next key: whoever types on is saved too
  }

  // Before the page is left on purpose: whatever can arrive has arrived.
  async flush() {
    while (this.saving) await this.saving.catch(() => {});
    await this.save();
  }

  wait(milliseconds) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      this.save();
    }, milliseconds);
  }

  // --- the way to the server --------------------------------------------------------------------

  async save() {
    if (this.over || this.standing) return;
    if (this.saving) return this.wait(PAUSE);
    if (!this.waiting && (this.off || !this.dirty)) return;
    clearTimeout(this.timer);
    this.timer = null;
    this.saving = this.send();
    try {
      await this.saving;
    } finally {
      this.saving = null;
    }
    if (!this.standing && !this.over && !this.timer && (this.waiting || (this.dirty && !this.off))) this.wait(this.failed ? RETRY : PAUSE);
  }

  async send() {
    const turn = this.waiting;
    const text = this.area.value;
    const where = turn === "off" ? this.form.dataset.offUrl : turn === "on" ? this.form.dataset.onUrl : this.form.action;
    if (!turn) this.say("Keeping …");
    try {
      const answer = await this.post(where, { text, version: this.version.value });
      const told = await answer.json();
      this.failed = false;
      if (answer.status === 409) return this.twoTexts(told);
      if (answer.status === 423) return this.stoppedElsewhere(told);
      if (answer.status === 422) return this.refused(told.sentence);
      if (turn === this.waiting) this.waiting = null;
      if (turn === "on") return this.resumed(told);
      if (turn === "off") this.withOthers(text, told.text);
      this.arrived(turn === "off" ? told.text : text, told);
    } catch (trouble) {
      this.failed = true;
      this.trouble(trouble.message);
    }
  }

  async post(where, fields, again = true) {
    const body = new URLSearchParams(fields);
    const answer = await fetch(where, {
      method: "POST",
      headers: { Accept: "application/json", "X-CSRFToken": this.form.elements.csrfmiddlewaretoken.value },
      body,
      keepalive: body.toString().length < 60000,
    });
    if (answer.status === 404) throw new Error("gone");
    if (answer.status === 403 && again && (await this.freshToken())) return this.post(where, fields, false);
    if (answer.redirected || answer.status === 403) throw new Error("out");
    if (![200, 409, 422, 423].includes(answer.status)) throw new Error("away");
    return answer;
  }

  // After signing in again, in another tab, the old token of this form is no longer good.
  async freshToken() {
    const answer = await fetch(this.form.dataset.page, { headers: { Accept: "text/html" } });
    if (!answer.ok || answer.redirected) return false;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    const token = fresh.querySelector("form[data-notes] [name=csrfmiddlewaretoken]")?.value;
    if (token) this.form.elements.csrfmiddlewaretoken.value = token;
    return Boolean(token);
  }

  arrived(text, told) {
    this.version.value = told.version;
    const changed = stampsOf(text) !== stampsOf(this.confirmed);
    this.confirmed = text;
    if (!this.dirty || this.off) this.dropDraft();
    if (!this.dirty) this.say(`Kept at ${clock(told.saved_at, "2-digit")}`);
    if (this.off) this.say("");
    this.channel?.postMessage({ text, version: told.version, off: told.off_since });
    if (changed) this.showPassages();
  }

  // Going off the record is never refused: what another window kept meanwhile stands beside this window's words.
  withOthers(sent, stands) {
    if (sent !== stands && this.area.value.startsWith(sent)) this.put(stands + this.area.value.slice(sent.length));
    if (this.before !== undefined) this.before = stands.trimEnd();
  }

  trouble(kind) {
    if (kind === "gone") {
      this.over = true;
      this.say("This conversation is not yours to write in any more. What stands in the field is in this window alone: copy it if you need it.");
      return this.dropDraft();
    }
    if (this.off) return this.say("The server does not answer yet. Nothing is written down meanwhile.");
    if (kind !== "out") return this.say("The server does not answer. Your words are kept in this browser and are sent again.");
    this.say("You were signed out. Your words are kept in this browser; they follow once you have ");
    const link = document.createElement("a");
    link.href = this.form.dataset.signIn;
    link.target = "_blank";
    link.textContent = "signed in again in another tab";
    this.status.append(link, ".");
  }

  refused(sentence) {
    this.say(sentence);
    this.failed = true;
  }

  // --- two windows ------------------------------------------------------------------------------

  told({ text, version, off }) {
    if (Number(version) <= Number(this.version.value)) return;
    if (this.dirty || this.waiting) return; // the server will say that both were written
    this.put(text);
    this.confirmed = text;
    this.version.value = version;
    this.lock(off);
    this.showPassages();
  }

  twoTexts(told) {
    this.standing = told;
    const box = this.page.querySelector("[data-conflict]");
    const heading = document.createElement("h3");
    heading.textContent = "From another window other words were kept meanwhile";
    const where = document.createElement("p");
    where.textContent = "They stand here; yours are in the field above. Nothing is lost.";
    const other = document.createElement("pre");
    other.textContent = told.text;
    other.dir = "auto";
    const row = document.createElement("div");
    row.className = "actions";
    row.append(
      button("Put both together", () => this.settle(`${told.text.trimEnd()}\n\n${this.area.value}`)),
      button("Keep what is in the field", () => this.settle(this.area.value)),
      button("Take those words", () => this.settle(told.text)),
    );
    box.replaceChildren(heading, where, other, row);
    box.hidden = false;
    this.say("Two texts: choose below. Yours is kept in this browser until then.");
  }

  settle(text) {
    const { text: standing, version, off_since: off } = this.standing;
    this.standing = null;
    this.page.querySelector("[data-conflict]").hidden = true;
    this.version.value = version;
    this.confirmed = standing;
    this.put(text);
    this.lock(off);
    if (this.dirty) this.keepDraft();
    else this.dropDraft();
    this.area.focus();
    this.say("");
    this.save();
  }

  put(text) {
    const focused = document.activeElement === this.area;
    const end = this.area.selectionEnd;
    this.area.value = text;
    if (focused) this.area.setSelectionRange(Math.min(end, text.length), Math.min(end, text.length));
  }

  // --- off the record ---------------------------------------------------------------------------

  toggle() {
    if (this.over || this.standing) return;
    if (this.off) this.resume();
    else this.stop();
  }

  // The field is locked at once, whatever the network does; what was written until now goes out with it.
  stop() {
    this.lock(new Date().toISOString());
    this.waiting = "off";
    this.save();
  }

  // The mark is made here and goes with the next words. A server that never heard of the switch need not hear of its end.
  resume() {
    const unheard = this.waiting === "off" && !this.saving;
    this.waiting = unheard ? null : "on";
    const since = this.off;
    this.before = this.area.value.trimEnd();
    this.lock(null);
    this.mark(since, new Date());
    this.keepDraft();
    this.area.focus();
    this.wait(0);
  }

  // What the server has now is this window's text with the server's own mark: ours, with what was typed since, follows.
  resumed(told) {
    const stands = told.text.trimEnd();
    if (!stands.startsWith(this.before) && !this.before.startsWith(stands)) return this.twoTexts(told);
    this.version.value = told.version;
    this.confirmed = told.text;
    if (this.dirty) return this.wait(0);
    this.dropDraft();
    this.say(`Kept at ${clock(told.saved_at, "2-digit")}`);
  }

  mark(since, until) {
    const kept = this.area.value.trimEnd();
    this.area.value = `${kept}${kept ? "\n" : ""}(off the record ${clock(since)}–${clock(until)})\n`;
    this.area.setSelectionRange(this.area.value.length, this.area.value.length);
  }

  stoppedElsewhere(told) {
    const unsent = this.area.value;
    this.version.value = told.version;
    this.confirmed = told.text;
    this.dropDraft();
    this.put(told.text);
    this.lock(told.off_since);
    if (unsent === told.text) return;
    const box = this.page.querySelector("[data-conflict]");
    const words = document.createElement("p");
    words.textContent = "Another window went off the record before these words had arrived. They are in this window alone, and nowhere kept.";
    const mine = document.createElement("pre");
    mine.textContent = unsent;
    const row = document.createElement("div");
    row.className = "actions";
    row.append(
      button("They were said on the record: keep them afterwards", () => {
        this.later = unsent;
        box.hidden = true;
      }),
      button("Let them go", () => (box.hidden = true)),
    );
    box.replaceChildren(words, mine, row);
    box.hidden = false;
  }

  lock(since) {
    this.off = since || null;
    this.area.readOnly = Boolean(since);
    this.page.classList.toggle("is-off", Boolean(since));
    const switchButton = this.form.querySelector("[data-off]");
    switchButton.setAttribute("aria-pressed", String(Boolean(since)));
    switchButton.querySelector("[data-off-words]").textContent = since ? "Back on the record" : "Off the record";
    for (const each of this.form.querySelectorAll("[data-save], [data-stamp]")) each.disabled = Boolean(since);
    const banner = this.form.querySelector("[data-off-banner]");
    banner.hidden = !since;
    if (since) banner.querySelector("[data-off-clock]").textContent = clock(since);
    if (since) this.say("");
    if (!since && this.later) {
      this.area.value = `${this.area.value.trimEnd()}\n\n${this.later}`;
      this.later = null;
      this.typed();
    }
  }

  // --- writing ----------------------------------------------------------------------------------

  insertLine(words) {
    const { selectionStart: at, value } = this.area;
    const before = value.slice(0, at);
    const lead = before && !before.endsWith("\n") ? "\n" : "";
    this.area.focus();
    // execCommand keeps the browser's own undo; where it is gone, the plain way.
    if (!document.execCommand?.("insertText", false, lead + words)) this.area.setRangeText(lead + words, at, this.area.selectionEnd, "end");
    this.typed();
  }

  async showPassages() {
    const turn = (this.asked += 1);
    try {
      const answer = await fetch(this.form.dataset.passages, { headers: { "HX-Request": "true" } });
      if (!answer.ok || answer.redirected) return;
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("passages");
      if (fresh && turn === this.asked) document.getElementById("passages")?.replaceWith(fresh);
    } catch {
      // shown with the next words
    }
  }

  // --- drafts: only what the server has not confirmed -------------------------------------------------

  keepDraft() {
    const kept = put(this.key, { text: this.area.value, version: this.version.value });
    if (!kept) this.say("This browser's storage is full: save often.");
  }

  dropDraft() {
    forget(this.key);
  }

  takeUpDrafts() {
    const own = `${PREFIX}${this.form.dataset.notes}/`;
    for (const key of keys(own)) {
      const draft = read(key);
      if (!draft || draft.text === this.area.value) forget(key);
      else if (!this.off && !this.dirty && draft.version === this.version.value) this.takeUp(key, draft);
      else this.offer(key, draft);
    }
  }

  // Nobody wrote since: the words that had not arrived simply go on their way.
  takeUp(key, draft) {
    forget(key);
    this.area.value = draft.text;
    this.typed();
    this.say("Words that had not arrived are taken up again.");
  }

  offer(key, draft) {
    const row = document.createElement("div");
    row.className = "callout caution";
    const told = document.createElement("p");
    told.textContent = `This browser holds words that had not arrived (${moment(draft.at)}).`;
    const words = document.createElement("pre");
    words.textContent = draft.text;
    const choice = document.createElement("div");
    choice.className = "actions";
    const done = () => {
      forget(key);
      row.remove();
    };
    choice.append(
      button("Add them to the notes", () => {
        if (this.off) return;
        this.area.value = `${this.area.value.trimEnd()}\n\n${draft.text}`;
        done();
        this.typed();
      }),
      button("Let them go", done),
    );
    row.append(told, words, choice);
    this.form.prepend(row);
  }

  say(words) {
    this.status.textContent = words;
  }
}

// As the server writes it: in the zone of whoever writes the notes, which need not be this machine's.
const ZONE = document.querySelector("form[data-notes]")?.dataset.zone;
const clock = (at, second) => {
  const shape = { hour: "2-digit", minute: "2-digit", second, hourCycle: "h23" };
  try {
    return new Date(at).toLocaleTimeString("en-GB", { ...shape, timeZone: ZONE });
  } catch {
    return new Date(at).toLocaleTimeString("en-GB", shape);
  }
};

// The lines that propose something, to know when the passages are to be shown anew.
const stampsOf = (text) => text.split("\n").filter((line) => /^\s*([-*•>] )?@/.test(line)).join("\n");

// A name that this window keeps when it is loaded anew, so that two windows keep two drafts.
function windowName() {
  try {
    let name = sessionStorage.getItem("window");
    if (!name) sessionStorage.setItem("window", (name = Math.random().toString(36).slice(2)));
    return name;
  } catch {
    return "one";
  }
}

for (const form of document.querySelectorAll("form[data-notes]")) form.notes = new Notes(form, document.getElementById("conversation"));
