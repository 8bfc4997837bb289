/** Returns the word that is most like another one, or undefined if none is. Upper and lower case are the same. */
export function nearest(given: string, words: Iterable<string>): string | undefined {
  const wanted = given.toLowerCase();
  // A third of the letters may be wrong, or two of a short word. Numbers and words of two letters are like many others.
  if (given.length < 3 || /^\d+$/.test(given)) return undefined;
  let least = Math.max(2, Math.floor(given.length / 3));
  let found: string | undefined;
  for (const word of words) {
    const distance = editDistance(wanted, word.toLowerCase(), least);
    if (distance > least || (distance === least && found !== undefined)) continue;
    [found, least] = [word, distance];
  }
  return found;
}

/** Returns the question that an error message ends with, or nothing. */
export function didYouMean(given: string, words: Iterable<string>): string {
  const word = nearest(given, words);
  return word === undefined ? '' : `; did you mean ${word}?`;
}

/** Counts the letters to insert, remove and replace. Returns more than `most` if it is more. */
function editDistance(one: string, other: string, most: number): number {
  if (Math.abs(one.length - other.length) > most) return most + 1;
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let place = 0; place < one.length; place += 1) {
    const next = [place + 1];
    for (let index = 0; index < other.length; index += 1)
      next.push(
        Math.min(row[index + 1]! + 1, next[index]! + 1, row[index]! + (one[place] === other[index] ? 0 : 1)),
      );
    row = next;
  }
  return row[other.length]!;
}
