// Texts that the server has not confirmed yet, in this browser's storage. Each window keeps its own, so that two
// windows of one person do not write over each other; what a window that is gone has left is offered by the next.

const PREFIX = "draft/";
const TOO_OLD = 60 * 24 * 3600 * 1000;
const here = Math.random().toString(36).slice(2);

// As long as this window lives it holds a lock of its name. Without locks (an address without https) age decides.
navigator.locks?.request(name(here), () => new Promise(() => {}));
dropOld();

export function draftsOf(section) {
  const key = `${PREFIX}${section}/${here}`;
  return {
    // Whether it could be kept: a browser's storage may be full, or closed to us.
    keep(text, version) {
      try {
        localStorage.setItem(key, JSON.stringify({ text, version, at: Date.now() }));
        return true;
      } catch {
        return false;
      }
    },
    drop() {
      forget(key);
    },
    // Those of windows that are gone: { key, text, version, at, forget }.
    async left() {
      const living = await alive();
      return keys().filter((one) => one.startsWith(`${PREFIX}${section}/`) && one !== key)
        .map((one) => ({ ...read(one), key: one, forget: () => forget(one) }))
        .filter((one) => typeof one.text === "string" && !living(one));
    },
  };
}

// Those of windows that are gone, for sections of a write-up that the page does not show: { section, text, version, forget }.
export async function draftsElsewhere(writeup, shown) {
  const living = await alive();
  return keys().filter((one) => one.startsWith(`${PREFIX}${writeup}/`))
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

function dropOld() {
  for (const key of keys()) if (Date.now() - (read(key).at ?? 0) > TOO_OLD) forget(key);
}

function keys() {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(PREFIX));
  } catch {
    return [];
  }
}

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // nothing of ours is in there, then
  }
}
