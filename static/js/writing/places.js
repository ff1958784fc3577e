// Where a place of a text lies after it was changed elsewhere. The server counts characters, the browser UTF-16 units.

// `moves` as the server tells them: [from, until, characters in their stead], in order.
export function moved(moves, before, after, at) {
  const place = [...before.slice(0, at)].length;
  let shift = 0;
  for (const [from, until, length] of moves) {
    if (until < place || (until === place && from < until)) shift += length - (until - from);
    else if (from < place) return units(after, from + shift + length);
  }
  return units(after, place + shift);
}

function units(text, characters) {
  let at = 0;
  for (let left = characters; left > 0 && at < text.length; left -= 1) at += text.codePointAt(at) > 0xffff ? 2 : 1;
  return at;
}
