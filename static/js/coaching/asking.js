// The marks of a text, asked of the server for the parts that are new alone: the coach judges sentence by sentence, so
// what it said of the others holds.

import { blocksOf } from "./blocks.js";

const SIZE = 12_000; // UTF-16 units of one question
const MEMORY = 3000; // parts whose marks are remembered

export function askerOf(where) {
  const known = new Map(); // text of a part → { marks, all }, places counted from its start

  return { marksOf, forget: () => known.clear() };

  // { marks, all }: places in `text`; `all` is false where a part was too long to be read to its end.
  async function marksOf(text) {
    const blocks = blocksOf(text);
    if (known.size > MEMORY) known.clear();
    for (const run of runs(blocks.filter((block) => !known.has(block.text)))) await ask(text, run);
    const told = blocks.map((block) => ({ block, ...known.get(block.text) }));
    const marks = told.flatMap(({ block, marks }) =>
      marks.map((mark) => ({ ...mark, start: mark.start + block.start, end: mark.end + block.start })));
    return { marks, all: told.every(({ all }) => all) };
  }

  async function ask(text, run) {
    const from = run[0].start;
    const answer = await where.post("", { text: text.slice(from, run.at(-1).end) });
    const told = await answer.json();
    for (const block of run) {
      const [start, end] = [block.start - from, block.end - from];
      const marks = told.marks.filter((mark) => mark.start >= start && mark.start < end)
        .map((mark) => ({ ...mark, start: mark.start - start, end: mark.end - start }));
      known.set(block.text, { marks, all: end <= told.read || !block.text.slice(told.read - start).trim() });
    }
  }
}

// Neighbours go together, as far as one question reaches.
function runs(blocks) {
  const found = [];
  for (const block of blocks) {
    const run = found.at(-1);
    if (run && run.at(-1).end === block.start && block.end - run[0].start <= SIZE) run.push(block);
    else found.push([block]);
  }
  return found;
}
