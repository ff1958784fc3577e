// What of ours lies in this browser's storage: records with the moment `at` which they were put there.
// A storage that is full, or closed to us, is like an empty one: nothing breaks, and `put` says false.

export function keys(prefix) {
  try {
    return Object.keys(localStorage).filter((key) => key.startsWith(prefix));
  } catch {
    return [];
  }
}

export function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null; // not one of ours any more
  }
}

export function put(key, record) {
  try {
    localStorage.setItem(key, JSON.stringify({ ...record, at: Date.now() }));
    return true;
  } catch {
    return false;
  }
}

export function forget(key) {
  try {
    localStorage.removeItem(key);
  } catch {
    // nothing of ours is in there, then
  }
}

export function forgetOlder(prefix, milliseconds) {
  for (const key of keys(prefix)) if (!(Date.now() - read(key)?.at < milliseconds)) forget(key);
}
