// Who is where, and what was saved, by server-sent events. Without it people meet at their next save.

import { token } from "../token.js";

// `writings`: key of a section → { here(names), savedElsewhere(saved) }
export function listen(where, writings) {
  const page = Math.random().toString(36).slice(2);
  let at = "";
  open();
  document.addEventListener("focusin", (event) => go(sectionOf(event.target)));
  go(sectionOf(document.activeElement)); // somebody may have begun to write before this was here
  document.addEventListener("visibilitychange", () => go(document.hidden ? "" : at));
  addEventListener("pagehide", () => tell(""));
  setInterval(() => at && !document.hidden && tell(at), 20_000);

  function open() {
    const stream = new EventSource(where.dataset.events);
    stream.addEventListener("saved", (event) => {
      const saved = JSON.parse(event.data);
      writings.get(saved.section)?.savedElsewhere(saved);
    });
    stream.addEventListener("commented", (event) => {
      document.dispatchEvent(new CustomEvent("commented", { detail: JSON.parse(event.data) }));
    });
    stream.addEventListener("follows", () => {
      for (const said of document.querySelectorAll("[data-follows]")) said.hidden = false;
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

  function sectionOf(element) {
    return element.closest("form[data-key]")?.dataset.key ?? "";
  }

  function go(section) {
    if (section === at && !document.hidden) return;
    if (!document.hidden) at = section;
    tell(document.hidden ? "" : section);
  }

  function tell(section) {
    const body = new URLSearchParams({ page, section, csrfmiddlewaretoken: token() });
    navigator.sendBeacon(where.dataset.here, body);
  }
}
