/** The listed word nearest to a mistyped one, if it is near: at most one slip in three letters. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const limit = Math.max(1, Math.floor(word.length / 3));
  let best: { word: string; distance: number } | undefined;
  for (const candidate of words) {
    const distance = editDistance(word.toLowerCase(), candidate.toLowerCase());
    if (distance <= limit && distance < (best?.distance ?? limit + 1)) best = { word: candidate, distance };
  }
  return best?.word;
}

/** ` Did you mean "x"?` or the whole list when it is short, else nothing. */
export function suggestion(word: string, words: readonly string[]): string {
  const near = nearest(word, words);
  if (near !== undefined) return `; did you mean "${near}"?`;
  return words.length <= 30 ? `; there is ${words.join(", ")}` : "";
}

/** Letters added, dropped, changed, or swapped with their neighbour. */
function editDistance(left: string, right: string): number {
  if (left.length > 60 || right.length > 60) return Number.POSITIVE_INFINITY;
  const rows = [Array.from({ length: right.length + 1 }, (_, index) => index)];
  const at = (row: number, column: number): number => rows[row]?.[column] ?? 0;
  for (let i = 1; i <= left.length; i += 1) {
    const row = [i];
    rows.push(row);
    for (let j = 1; j <= right.length; j += 1) {
      const change = at(i - 1, j - 1) + (left[i - 1] === right[j - 1] ? 0 : 1);
      const swapped = i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const swap = swapped ? at(i - 2, j - 2) + 1 : Number.POSITIVE_INFINITY;
      row.push(Math.min(change, swap, at(i - 1, j) + 1, at(i, j - 1) + 1));
    }
  }
  return at(left.length, right.length);
}
