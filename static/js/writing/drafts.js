// Texts that the server has not confirmed yet, in this browser's storage. Each window keeps its own, so that two
// windows of one person do not write over each other; what a window that is gone has left is offered by the next.

import { forget, forgetOlder, keys, put, read } from "../shelf.js";

const PREFIX = "draft/";
const TOO_OLD = 60 * 24 * 3600 * 1000;
const here = Math.random().toString(36).slice(2);

// As long as this window lives it holds a lock of its name. Without locks (an address without https) age decides.
navigator.locks?.request(name(here), () => new Promise(() => {}));
forgetOlder(PREFIX, TOO_OLD);

export function draftsOf(section) {
  const key = `${PREFIX}${section}/${here}`;
  return {
    // Whether it could be kept: a browser's storage may be full, or closed to us.
    keep(text, version) {
      return put(key, { text, version });
    },
    drop() {
      forget(key);
    },
    // Those of windows that are gone: { key, text, version, at, forget }.
    async left() {
      const living = await alive();
      return keys(`${PREFIX}${section}/`).filter((one) => one !== key)
        .map((one) => ({ ...read(one), key: one, forget: () => forget(one) }))
        .filter((one) => typeof one.text === "string" && !living(one));
    },
  };
}

// Those of windows that are gone, for sections of a write-up that the page does not show: { section, text, version, forget }.
export async function draftsElsewhere(writeup, shown) {
  const living = await alive();
  return keys(`${PREFIX}${writeup}/`)
    .map((one) => ({ ...read(one), key: one, section: one.split("/")[2], forget: () => forget(one) }))
    .filter((one) => /^[\w-]+$/.test(one.section) && !shown.has(one.section))
    .filter((one) => typeof one.text === "string" && one.text.trim() && !living(one));
}

async function alive() {
  if (!navigator.locks) return (draft) => Date.now() - draft.at < 60_000;
  const held = new Set((await navigator.locks.query()).held.map((lock) => lock.name));
  return (draft) => held.has(name(draft.key.slice(draft.key.lastIndexOf("/") + 1)));
}

function name(window) {
  return `second-story-window/${window}`;
}
