// What the coach has to say about a passage: the question first, why it asks, and the way to let the passage stand.

let count = 0;

export function element(name, { text, ...rest } = {}, ...inside) {
  const made = Object.assign(document.createElement(name), rest);
  if (text !== undefined) made.textContent = text;
  made.append(...inside);
  return made;
}

// `stand(word)` resolves to a sentence of trouble, or to nothing.
export function noteOf(mark, stand) {
  const id = `why-it-stands-${(count += 1)}`;
  const why = element("input", { id, type: "text", maxLength: 200, autocomplete: "off", required: true });
  const trouble = element("p", { className: "errors", role: "alert" });
  const send = async () => (trouble.textContent = why.value.trim() ? (await stand(why.value)) ?? "" : "Say in a word why it may stand.");
  why.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // the form around saves the section
    send();
  });
  const button = element("button", { type: "button", className: "button small", text: "Let it stand" });
  button.addEventListener("click", send);
  const opener = element("summary", { text: "Let it stand" });
  const open = element("details", { className: "stand" }, opener,
    element("label", { htmlFor: id, text: "Why? A word is enough." }), element("div", { className: "actions" }, why, button), trouble);
  opener.addEventListener("click", (event) => {
    event.preventDefault(); // opened here and now, so that whoever types on at once loses no letter
    open.open = !open.open;
    if (open.open) why.focus();
  });
  return [
    element("p", { className: "eyebrow", text: mark.title }),
    element("p", { className: "asks", dir: "auto", text: mark.question }),
    element("p", { className: "why", text: mark.reason }),
    open,
  ];
}
