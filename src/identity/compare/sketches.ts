import { freeMailDomains } from "../../mapping/free-mail.ts";
import { streetKinds } from "./compare-places.ts";
import type { ComparedField } from "./levels.ts";
import { bitsOf, lettersOf } from "./similarity.ts";

/**
 * Two numbers of 32 bits that stand for a value: of most that differ they tell it, without the values being looked at, which lie far from
 * each other in memory. Where the second is 0 they tell nothing.
 */
export interface Sketch {
  of(value: string): readonly [number, number];
  /** Whether the two stand on the last level for certain; of two that are not the same. */
  differ(a: number, more: number, b: number, moreOfB: number): boolean;
}

/** What tells nothing. */
export const blank: readonly [number, number] = [0, 0];

/** Sketches of fields that are compared most, and of which most differ. */
export const sketches: Partial<Record<ComparedField, Sketch>> = {
  /** The letters before the @; the host, whether anybody can have an address there, and how long the whole is. */
  email: {
    of(marked) {
      const at = marked.lastIndexOf("@");
      const host = marked.slice(at + 1);
      const crowded = freeMailDomains.has(host) ? crowdedBit : 0;
      return [lettersOf(marked.slice(1, at)), (hashOf(host) & hostMask) | crowded | short(marked.length)];
    },
    differ(a, more, b, moreOfB) {
      // At one host, two may be the same but for their digits.
      if (((more ^ moreOfB) & hostMask) === 0)
        return (more & moreOfB & crowdedBit) !== 0 && bitsOf((a ^ b) & ~digitBits) > 4;
      return bitsOf(a ^ b) > 4 || (a !== b && areApart(more & lengthMask, moreOfB & lengthMask, 4));
    },
  },
  /** The last seven digits in four bits each; how long the whole is. */
  phone: {
    of(number) {
      if (number.length < 7) return blank;
      let digits = 0;
      for (let at = number.length - 7; at < number.length; at++) digits = (digits << 4) | (number.charCodeAt(at) & 15);
      return [digits, short(number.length)];
    },
    differ(a, length, b, lengthOfB) {
      if (length === lengthMask || lengthOfB === lengthMask) return false;
      if (length !== lengthOfB) return a !== b && Math.abs(length - lengthOfB) > 1;
      const apart = a ^ b;
      // One slip changes a digit, or two of them.
      return bitsOf((apart | (apart >>> 1) | (apart >>> 2) | (apart >>> 3)) & 0x1111111) > 2;
    },
  },
  /** The letters of the name; of its telling words alone. */
  street: {
    of(street) {
      const name = street.slice(street.indexOf("|") + 1);
      let telling = 0;
      for (const word of name.split(" ")) if (!streetKinds.has(word)) telling |= lettersOf(word);
      return [lettersOf(name), telling];
    },
    differ: (a, telling, b, tellingOfB) => bitsOf(a ^ b) > 6 && lacks(a, tellingOfB) && lacks(b, telling),
  },
};

/** Whether one text has not all letters of another. */
export const lacks = (letters: number, wanted: number): boolean => (wanted & ~letters) !== 0;

const lengthMask = 63;
const crowdedBit = 64;
const hostMask = ~127;
/** As `lettersOf` has digits, and some letters. */
const digitBits = lettersOf("0123456789");

const short = (length: number): number => Math.min(length, lengthMask);

/** Whether two lengths, as far as they are known, are further apart. */
const areApart = (a: number, b: number, most: number): boolean =>
  a < lengthMask && b < lengthMask && Math.abs(a - b) > most;

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
  return hash ^ (hash >>> 15);
}
