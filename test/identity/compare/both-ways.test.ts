import { expect, test } from "vitest";
import { companyParts } from "../../../src/identity/compare/company-parts.ts";
import { compareCompanies } from "../../../src/identity/compare/compare-companies.ts";
import { compareFirstNames, nameParts } from "../../../src/identity/compare/compare-names.ts";
import { levelsOf } from "../../../src/identity/compare/levels.ts";
import type { Lexicon } from "../../../src/identity/compare/lexicon.ts";

const lexicon: Lexicon = { isEstablished: () => false, rarityOf: () => 10, ownBits: 11, isCommon: () => false };

test("a company whose name has a mistyped word twice is compared the same both ways", () => {
  const [one, other] = [companyParts("velodrome", lexicon), companyParts("evlodrome evlodrome", lexicon)];
  expect(compareCompanies(one, other)).toBe(compareCompanies(other, one));
});

test("of first names of two and of three words those say whether they are one that both have", () => {
  const [ann, initials] = [nameParts("jo ann"), nameParts("jo a n")];
  const levels = [compareFirstNames(ann, initials, lexicon), compareFirstNames(initials, ann, lexicon)];
  expect(levels.map((at) => levelsOf("first_name")[at])).toEqual(["short_form", "short_form"]);
});
