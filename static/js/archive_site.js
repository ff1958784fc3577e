// Search of an exported archive, read from a folder. Pages of a folder may not fetch, but may load scripts:
// index/SHARD.js calls found(), index/list-N.js calls listed(). Words are cut as `archive.exporting.index` cuts them.
(() => {
  const form = document.querySelector("[data-search]");
  const block = Number(form.dataset.block);
  const rows = document.querySelector("[data-found]");
  const all = document.querySelector("[data-all]");
  const status = document.querySelector("[data-status]");
  const MOST = 100;
  const waiting = new Map();
  const loaded = new Map();
  let turn = 0;

  globalThis.found = (shard, words) => waiting.get(`index/${shard}.js`)?.(words);
  globalThis.listed = (number, documents) => waiting.get(`index/list-${number}.js`)?.(documents);

  form.hidden = false;
  form.addEventListener("submit", (event) => event.preventDefault());
  let timer;
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(search, 150);
  });
  document.getElementById("question").value = decodeURIComponent(location.hash.slice(1));
  if (location.hash.length > 1) search();

  async function search() {
    const mine = ++turn;
    const question = document.getElementById("question").value;
    const words = cut(question).filter((word) => [...word].length > 1);
    history.replaceState(null, "", question.trim() ? `#${encodeURIComponent(question.trim())}` : location.pathname);
    all.hidden = words.length > 0;
    rows.hidden = words.length === 0;
    if (!words.length) return (status.textContent = "");
    let hits = null;
    for (const word of words) {
      const those = await documents(word);
      if (mine !== turn) return;
      hits = hits === null ? those : new Map([...hits].filter(([one]) => those.has(one)).map(([one, weight]) => [one, weight + those.get(one)]));
    }
    const best = [...hits].sort((a, b) => b[1] - a[1] || a[0] - b[0]).slice(0, MOST);
    const shown = await Promise.all(best.map(([number]) => row(number)));
    if (mine !== turn) return;
    rows.replaceChildren(...shown);
    status.textContent = hits.size === 0 ? "Nothing has these words." : hits.size === 1 ? "One write-up" : `${hits.size} write-ups${hits.size > MOST ? `, the best ${MOST} are shown` : ""}`;
  }

  // Documents that have the word, or one that begins like it, with how much it counts there.
  async function documents(word) {
    const shard = [...word].slice(0, 2).map((sign) => sign.codePointAt(0).toString(16)).join("-");
    const found = new Map();
    for (const [known, places] of Object.entries((await load(`index/${shard}.js`)) ?? {})) {
      if (!known.startsWith(word)) continue;
      const rare = Math.log(1 + 1000 / places.length) * (known === word ? 2 : 1);
      for (const [number, weight] of places) found.set(number, (found.get(number) ?? 0) + rare * Math.log(1 + weight));
    }
    return found;
  }

  async function row(number) {
    const [ref, title, day, severity, services, summary] = (await load(`index/list-${Math.floor(number / block)}.js`))[number % block];
    const item = document.createElement("li");
    const inside = document.createElement("div");
    const link = Object.assign(document.createElement("a"), { href: `${ref}/index.html`, textContent: title, dir: "auto" });
    const about = Object.assign(document.createElement("p"), { className: "meta", textContent: [day, severity, services, ref].filter(Boolean).join(" · ") });
    inside.append(link, about);
    if (summary) inside.append(Object.assign(document.createElement("p"), { className: "small", textContent: summary, dir: "auto" }));
    item.append(inside);
    return item;
  }

  function load(path) {
    if (!loaded.has(path)) {
      loaded.set(path, new Promise((done) => {
        waiting.set(path, done);
        const script = Object.assign(document.createElement("script"), { src: path });
        script.addEventListener("error", () => done(null)); // no word begins like this
        document.head.append(script);
      }));
    }
    return loaded.get(path);
  }

  function cut(text) {
    return text.toLowerCase().normalize("NFKD").replace(/\p{M}/gu, "").match(/[\p{L}\p{N}]+/gu) ?? [];
  }
})();
