const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const checksumAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ012345";
/** Characters 4 to 6 of every id: the vendor's instance code and its reserved zero. */
const instanceCode = "Hs0";

/**
 * The n-th 18-character id of an object: key prefix, instance code, nine base-62 digits, three checksum characters.
 * Ids of one prefix sort by n.
 * @example sfId("003", 1) // "003Hs0000000001AAA" is the shape; the last three letters are computed
 */
export function sfId(prefix: string, n: number): string {
  let rest = n;
  let digits = "";
  while (rest > 0) {
    digits = (base62[rest % 62] ?? "") + digits;
    rest = Math.floor(rest / 62);
  }
  return withChecksum(`${prefix}${instanceCode}${digits.padStart(9, "0")}`);
}

/** The n of an id made by sfId; 0 for ids of any other origin. */
export function sfIdNumber(id: string): number {
  if (id.slice(3, 6) !== instanceCode) return 0;
  let n = 0;
  for (const character of id.slice(6, 15)) n = n * 62 + base62.indexOf(character);
  return n;
}

/** The 18-character form of a 15- or 18-character id; null when it is neither or its checksum does not fit. */
export function normaliseId(id: string): string | null {
  if (!/^[0-9A-Za-z]+$/.test(id)) return null;
  if (id.length === 15) return withChecksum(id);
  if (id.length !== 18) return null;
  return withChecksum(id.slice(0, 15)) === id ? id : null;
}

/** Appends the three characters that say which of the 15 letters are capitals, five letters to a character. */
function withChecksum(id15: string): string {
  let suffix = "";
  for (let start = 0; start < 15; start += 5) {
    let bits = 0;
    for (let i = 0; i < 5; i++) {
      const character = id15[start + i] ?? "";
      if (character >= "A" && character <= "Z") bits |= 1 << i;
    }
    suffix += checksumAlphabet[bits] ?? "";
  }
  return id15 + suffix;
}
