import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Comparable } from "../../../src/identity/comparable.ts";
import { comparableOf } from "../../../src/identity/comparable.ts";
import { createColumn } from "../../../src/identity/compare/columns.ts";
import { type ComparedField, comparedFields, missing } from "../../../src/identity/compare/levels.ts";
import { lexiconOf } from "../../../src/identity/compare/lexicon.ts";
import { partyOf } from "../../../src/identity/group/claims.ts";
import { loadIdentityRules } from "../../../src/identity/rules.ts";
import { packageRoot } from "../../../src/lib/package-root.ts";
import { plantedRecords } from "../../fixtures/identity/planted/plant.ts";
import { smudgedPersons } from "../../fixtures/identity/smudged.ts";

const { model } = loadIdentityRules(join(packageRoot, "mappings", "identity", "default.yaml"));
if (!model) throw new Error("the shipped rules score nothing");
const lexicons = { person: lexiconOf(model.person), company: lexiconOf(model.company) };

const records: Comparable[] = [
  ...smudgedPersons(150, 3).map(({ comparable }) => comparable),
  ...Array.from(plantedRecords({ records: 400, seed: 3 })).flatMap((record) => {
    const party = partyOf(record);
    return party ? [comparableOf(party)] : [];
  }),
  ...["ssn:1234567", "ssn:1234576", "passport:1234567"].map((id) => odd({ national_id: [id], generation: ["sr"] })),
  odd({ phone: ["+1555010"], place: ["|york"], email: ["a@b.example"], street: ["|main st"] }),
  odd({ phone: ["+15550100000001234"], place: ["12345|"], email: ["ann@b.example", "bo@b.example"], street: ["1|st"] }),
  odd({
    phone: ["5550100"],
    place: ["12346|new york"],
    birth_date: ["1980-02"],
    generation: ["jr"],
    street: ["1|main av"],
  }),
];

function odd(fields: Comparable["fields"]): Comparable {
  return { kind: "person", fields };
}

describe("what marks tell of two values is never less than comparing them finds", () => {
  test.each(comparedFields)("%s", (field) => {
    const column = createColumn(field, lexicons[field === "company_name" ? "company" : "person"]);
    const ids = distinctIn(field).map((values) => column.idOf({ [field]: values }));
    const wrong = ids.flatMap((one) =>
      ids.flatMap((other) => {
        const [mark, otherMark] = [column.markOf(one), column.markOf(other)];
        const best = mark && otherMark ? column.best(...mark, ...otherMark) : 0;
        const level = column.compare(one, other);
        return best <= (level === missing ? column.silentTo : level) ? [] : [{ one, other, best, level }];
      }),
    );
    expect(ids.length).toBeGreaterThan(1);
    expect(wrong).toEqual([]);
  });
});

/** Of each field as many as make some ten thousand pairs. */
function distinctIn(field: ComparedField): readonly (readonly string[])[] {
  const found = new Map(
    records.flatMap(({ fields }) => (fields[field] ? [[fields[field].join(), fields[field]]] : [])),
  );
  return [...found.values()].slice(-200);
}
