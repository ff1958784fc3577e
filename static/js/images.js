// Pictures in a section: pasted, dropped or chosen. Each is sent at once, while its words are asked for below the text;
// nothing of it stands in the text before it is kept. When sending fails the picture stays here, to be sent again.

const TAKEN = /^image\/(png|jpeg|webp|gif)$/;
const waiting = new Set();

for (const place of document.querySelectorAll("[data-pictures]")) {
  const form = place.closest("form");
  const area = form?.elements.text;
  if (area) take(place, form, area);
}
addEventListener("beforeunload", (event) => waiting.size && event.preventDefault());

function take(place, form, area) {
  const input = place.querySelector("input[type=file]");
  place.classList.add("with-script");
  input.removeAttribute("name"); // it is sent from here, not with the text
  input.addEventListener("change", () => {
    bring([...input.files], area.selectionEnd);
    input.value = "";
  });
  area.addEventListener("paste", (event) => {
    const files = [...event.clipboardData.files];
    // tables and formatted words come with a picture of themselves: there the words are meant
    const words = event.clipboardData.getData("text/plain").trim();
    const names = new Set(files.map((file) => file.name));
    if (!files.length || (words && !words.split(/\r?\n/).every((line) => names.has(line)))) return;
    event.preventDefault();
    bring(files, area.selectionEnd);
  });
  area.addEventListener("dragover", (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    area.classList.add("dropping");
  });
  for (const over of ["dragleave", "drop"]) area.addEventListener(over, () => area.classList.remove("dropping"));
  area.addEventListener("drop", (event) => {
    const files = [...event.dataTransfer.files];
    if (!files.length) return;
    event.preventDefault();
    bring(files, under(event) ?? area.selectionEnd);
  });

  function under({ clientX, clientY }) {
    const caret = document.caretPositionFromPoint?.(clientX, clientY);
    return caret?.offsetNode === area ? caret.offset : undefined;
  }

  function bring(files, at) {
    const spot = follow(area, at);
    const cards = files.map((file) => coming(file, { place, form, area, spot }));
    cards[0]?.focus();
  }
}

// One picture on its way: what became of it, and what it shows.
function coming(file, { place, form, area, spot }) {
  const card = document.createElement("div");
  card.className = "coming";
  card.setAttribute("role", "group");
  card.setAttribute("aria-label", `Picture ${file.name}`);
  card.innerHTML = `<p><span class="name" dir="auto"></span> <span class="muted" role="status"></span></p>
    <progress max="1" value="0" aria-label="Sent"></progress>
    <div class="field"><label>What does it show? <span class="optional">– for those who do not see it</span></label>
    <input maxlength="500" dir="auto" placeholder="Errors rise from 0.2 % to 14 % within two minutes"></div>
    <div class="actions"><button type="button" class="button small" data-put>Put it in</button>
    <button type="button" class="button small plain" data-later>Words later</button>
    <button type="button" class="button small" data-again hidden>Try again</button>
    <button type="button" class="button small plain" data-leave>Leave it out</button></div>`;
  const part = (name) => card.querySelector(name);
  const words = part("input");
  words.id = `words-${area.id}-${Math.random().toString(36).slice(2)}`;
  part("label").htmlFor = words.id;
  part(".name").textContent = file.name;
  let kept = null;
  let answered = false;
  let sending = null;

  part("[data-put]").addEventListener("click", () => answer(true));
  part("[data-later]").addEventListener("click", () => answer(true));
  part("[data-again]").addEventListener("click", send);
  part("[data-leave]").addEventListener("click", () => {
    sending?.abort();
    close();
    area.focus();
  });
  card.addEventListener("keydown", (event) => {
    if (event.key === "Escape" || (event.key === "Enter" && event.target === words)) {
      event.preventDefault();
      answer(true);
    }
  });
  // whoever writes on elsewhere has answered, with what stands there
  card.addEventListener("focusout", (event) => event.relatedTarget && !card.contains(event.relatedTarget) && answer(false));
  form.querySelector(".status").before(card);
  waiting.add(card);
  send();
  return words;

  function send() {
    if (!TAKEN.test(file.type)) return refuse("This is no PNG, JPEG, WebP or GIF. Save it as PNG, please, and bring that.");
    part("[data-again]").hidden = true;
    part("progress").hidden = false;
    say("is being sent …");
    const body = new FormData();
    body.append("picture", file, file.name);
    sending = new XMLHttpRequest();
    sending.open("POST", place.dataset.pictures);
    sending.setRequestHeader("Accept", "application/json");
    sending.setRequestHeader("X-CSRFToken", form.elements.csrfmiddlewaretoken.value);
    sending.upload.addEventListener("progress", (event) => event.lengthComputable && (part("progress").value = event.loaded / event.total));
    sending.addEventListener("load", () => told(sending));
    sending.addEventListener("error", () => failed("could not be sent: the server does not answer. It is kept here."));
    sending.send(body);
  }

  function told({ status, responseText }) {
    let answer = null;
    try {
      answer = JSON.parse(responseText);
    } catch {
      // a page instead of an answer: somebody is signed out, or something between us and the server spoke
    }
    if (status === 200 && answer?.number) {
      kept = answer;
      part("progress").hidden = true;
      say(`is kept. ${kept.told}`);
      if (kept.alt && !words.value) Object.assign(words, { value: kept.alt }).select(); // known from before: whoever types writes it anew
      put();
    } else if (status === 422 && answer) {
      refuse(answer.trouble);
    } else if (status === 403 || status === 200) {
      failed("could not be sent: you were signed out. It is kept here. Sign in again in another tab, then try again.");
    } else {
      failed("could not be sent: the server is in trouble. It is kept here.");
    }
  }

  function failed(sentence) {
    say(sentence);
    part("progress").hidden = true;
    part("[data-again]").hidden = false;
  }

  function refuse(sentence) {
    say(`was not taken. ${sentence}`);
    waiting.delete(card);
    for (const name of ["progress", ".field", "[data-put]", "[data-later]", "[data-again]"]) part(name).hidden = true;
    part("[data-leave]").textContent = "Close";
    part("[data-leave]").focus();
  }

  function answer(back) {
    if (answered) return;
    answered = true;
    if (back) area.focus({ preventScroll: true });
    part("[data-put]").hidden = part("[data-later]").hidden = true;
    put();
  }

  // Into the text once it is kept and its words are said; as if typed, so that one can take it back.
  function put() {
    if (!kept || !answered || !waiting.delete(card)) return;
    const said = words.value.trim();
    insert(area, spot, `![${said.replaceAll(/[\\[\]*`<]/g, "\\$&")}](image:${kept.number})`);
    close();
    if (said && said !== kept.alt) describe(kept.number, said);
  }

  function describe(number, said) {
    const body = new URLSearchParams({ alt: said });
    const headers = { Accept: "application/json", "X-CSRFToken": form.elements.csrfmiddlewaretoken.value };
    // the words stand in the text already; the gallery may miss them
    fetch(place.dataset.words.replace("/0/", `/${number}/`), { method: "POST", headers, body, keepalive: true }).catch(() => {});
  }

  function close() {
    waiting.delete(card);
    card.remove();
  }

  function say(words) {
    part("[role=status]").textContent = words;
  }
}

// A place in a text that stays where it is while the text is written on.
function follow(area, at) {
  const spot = { at };
  let before = area.value;
  const move = () => {
    const after = area.value;
    const most = Math.min(before.length, after.length);
    let head = 0;
    while (head < most && before[head] === after[head]) head += 1;
    let tail = 0;
    while (tail < most - head && before.at(-1 - tail) === after.at(-1 - tail)) tail += 1;
    const end = before.length - tail;
    if (spot.at >= end) spot.at += after.length - before.length;
    else if (spot.at > head) spot.at = after.length - tail;
    before = after;
  };
  for (const event of ["input", "taken"]) area.addEventListener(event, move);
  return spot;
}

// A picture is a paragraph of its own.
function insert(area, spot, markdown) {
  const before = area.value.slice(0, spot.at);
  const after = area.value.slice(spot.at);
  const gap = !before || before.endsWith("\n\n") ? "" : before.endsWith("\n") ? "\n" : "\n\n";
  const rest = !after ? "\n" : after.startsWith("\n\n") ? "" : after.startsWith("\n") ? "\n" : "\n\n";
  const focused = document.activeElement;
  const chosen = [area.selectionStart, area.selectionEnd];
  const made = gap + markdown + rest;
  const at = spot.at;
  area.focus({ preventScroll: true });
  area.setSelectionRange(at, at);
  if (!document.execCommand("insertText", false, made)) {
    area.setRangeText(made, at, at, "end");
    area.dispatchEvent(new InputEvent("input", { bubbles: true, inputType: "insertText" }));
  }
  spot.at = at + made.length; // the next of several stands behind it
  if (focused === area && chosen[0] === at) return;
  const moved = (place) => (place > at ? place + made.length : place);
  area.setSelectionRange(...chosen.map(moved));
  if (focused !== area) focused?.focus?.({ preventScroll: true });
}
