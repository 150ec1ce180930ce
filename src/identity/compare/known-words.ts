import { commonShareOf, singularOf } from "./common-words.ts";
import { givenNames } from "./given-names.ts";

/** Words of firms' names of which a slip of the pen makes another such word. */
const near = new Set(
  `angel angle ball bar barn bat bath battle beach bead bell bench boat bottle branch bread bride bridge brunch capitol car card cart
  castle cattle cleaning clearing coach coast coat cost couch count country county court dive drive filling filming flood food form forum
  god gold hall healing hearing heart heat heating hill horse hose house inland island landing lending mall marina marine meal medal
  mental metal mill mining minting nephrology neurology northeast northwest oncology ontology packing pain paint painter painting pant
  parking pediatric physiology plain plan planner planning plant planter planting plating podiatric printer printing psychiatric
  psychiatry psychology roofing rooting scaling sealing seating skating southeast southwest star start stone store tea team track tracking
  trail trial truck trucking tuning turning wall wedding welding well win wine`.split(/\s+/),
);

/** Whether two words are known, each as its own, so that neither is the other mistyped. @example areTwoWords("painting", "printing") // true */
export function areTwoWords(one: string, other: string): boolean {
  const [word, otherWord] = [singularOf(one), singularOf(other)];
  return word !== otherWord && isKnown(word) && isKnown(otherWord);
}

function isKnown(word: string): boolean {
  return near.has(word) || commonShareOf(word) !== undefined || givenNames.has(word);
}
