// Manners of every page: keys, file drops, what the server does not take, and what is pressed twice.

import { forget, keys } from "./shelf.js";

const typing = (target) => target.closest("input, textarea, select, [contenteditable]");

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (event.key === "?") {
    document.getElementById("keys")?.showModal();
    event.preventDefault();
  }
  if (event.key === "/") {
    const field = document.querySelector("[data-filter-text]") ?? document.getElementById("top-search");
    field?.focus();
    event.preventDefault();
  }
});

for (const drop of document.querySelectorAll("[data-drop]")) {
  const input = drop.querySelector("input[type=file]");
  const over = (on) => (event) => {
    event.preventDefault();
    drop.classList.toggle("over", on);
  };
  drop.addEventListener("dragover", over(true));
  drop.addEventListener("dragleave", over(false));
  drop.addEventListener("drop", (event) => {
    over(false)(event);
    input.files = event.dataTransfer.files;
  });
}

// Where the row of tabs is longer than the screen, the tab of this page is in sight.
for (const tab of document.querySelectorAll(".tabs [aria-current]")) {
  const row = tab.closest(".tabs");
  row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
}

// A long list of choices that submits itself: <select data-go>
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-go]")) event.target.form.requestSubmit();
});

// Where an answer before it has put a part in anew, the next answer goes to the part that stands there now.
document.addEventListener("htmx:before:swap", ({ detail: { tasks } }) => {
  for (const task of tasks) {
    if (task.target?.id && !task.target.isConnected) task.target = document.getElementById(task.target.id) ?? task.target;
  }
});

// What the server refuses, or does not answer, is said where the eye is; the part that was asked for stays as it is.
const REFUSED = {
  403: "You may not do this any more, or you were signed out in another window. Load the page again.",
  404: "It is not there any more. Load the page again.",
  413: "That is more than the server takes at once.",
  429: "That was too often. Wait a minute, then try again.",
};
const NOT_TAKEN = "What you did just now was not taken: try again in a moment.";
let trouble = null;

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (!/<html/i.test(ctx.text.slice(0, 400))) return; // a part of a page, which says itself what is wrong
  ctx.swap = "none";
  ctx.text = "";
  if (ctx.request.method !== "GET") tell(REFUSED[ctx.response.status] ?? `The server could not do it (${ctx.response.status}). ${NOT_TAKEN}`);
});
document.addEventListener("htmx:error", ({ detail: { ctx, error } }) => {
  if (ctx && !ctx.response && ctx.request.method !== "GET" && error.name !== "AbortError") tell(`The server does not answer. ${NOT_TAKEN}`);
});
document.addEventListener("htmx:before:request", () => trouble?.remove()); // it is tried again

function tell(words) {
  trouble?.remove();
  trouble = document.body.appendChild(Object.assign(document.createElement("p"), { className: "trouble", role: "alert" }));
  trouble.textContent = words;
  trouble.addEventListener("click", () => trouble.remove());
}

// What a hand that presses twice sends is sent once. After a while without an answer it may be sent again.
const going = new Map(); // form → when it was sent
const PATIENCE = 5000;
addEventListener("submit", (event) => {
  if (event.defaultPrevented || event.target.method !== "post") return; // at the window: everybody else has had a look
  if (performance.now() - (going.get(event.target) ?? -PATIENCE) < PATIENCE) event.preventDefault();
  else going.set(event.target, performance.now());
});
for (const anew of ["pageshow", "input"]) addEventListener(anew, () => going.clear());

// Private words that had not arrived yet stay in no browser of somebody who signs out.
document.addEventListener("submit", (event) => {
  if (!event.target.matches('form[action$="/accounts/logout/"]')) return;
  for (const key of keys("private/")) forget(key);
});
