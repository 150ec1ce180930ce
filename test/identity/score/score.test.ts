import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Comparable, comparableOf } from "../../../src/identity/comparable.ts";
import { createScorer } from "../../../src/identity/score/score.ts";
import { home, people, personOf, scorers, verdict } from "../../fixtures/identity/scored.ts";

describe("two people", () => {
  test.each([
    // One person, written differently.
    ["merge", "Robert Marsh · 1971-05-24 · rob@marsh.example", "Bob Marsh · 1971-05-24 · rob@marsh.example"],
    ["merge", `Ann Marsh · · · +12025550143 · ${home}`, `Ann Marsh · · · +12025550143 · 12 Elm St, Springfield, 62704`],
    ["merge", `Mitchell Greene · 1956-04-09 · · · ${home}`, `Mitchel Green · 1956-04-09 · · · ${home}`],
    ["merge", "Isla Hallworth · 1985-02-07 · isla97@post.example", "Hallworth Isla · 1985-02-07 · isla97@post.example"],
    ["merge", "Ann Marsh · 1971-05-24 · · · · 294669999", "Anna Smith · 1971-05-24 · · · · 294-66-9999"], // married since
    // Not enough to be sure.
    ["review", "Ann Marsh", "Ann Marsh"],
    ["review", `John Smith · · · · ${home}`, `John Smith · 1971-05-24 · · · ${home}`], // or his father, who is called so as often
    ["merge", `Irving Smith · · · · ${home}`, `Irving Smith · 1971-05-24 · · · ${home}`],
    ["review", "John Smith · · · · 4 High Street, Leeds, 62704", "John Smith · · · · 9 Low Road, Leeds, 62701"],
    ["no", "Ann Marsh · 1971-05-24", "Bob Lee · 1971-05-24"],
    ["no", "First1 Last1 · · contact1@firm.example", "First2 Last2 · · contact2@firm.example"], // as people number them
  ])("%s: %s | %s", (expected, a, b) => {
    const { probability } = scorers.person.score(personOf(a), personOf(b));
    expect(verdict(personOf(a), probability)).toBe(expected);
  });

  test.each([
    [
      "a household",
      `Mary Kusha · · kusha@home.example · +15123538633 · ${home}`,
      `Mark Kusha · · kusha@home.example · +15123538633 · ${home}`,
    ],
    [
      "twins",
      `Mary Kusha · 1990-03-01 · · +15123538633 · ${home}`,
      `Mark Kusha · 1990-03-01 · · +15123538633 · ${home}`,
    ],
    [
      "father and son",
      `John Smith · 1950-10-10 · · +15123538633 · ${home}`,
      `John Smith · 1988-03-15 · · +15123538633 · ${home}`,
    ],
    [
      "father and son without birth dates",
      `John Smith Sr · · · +15123538633 · ${home}`,
      `John Smith Jr · · · +15123538633 · ${home}`,
    ],
    [
      "people with two ids",
      `Ann Lee · · ann@lee.example · · ${home} · 294669999`,
      `Ann Lee · · ann@lee.example · · ${home} · 201777719`,
    ],
    ["namesakes at one host", "Ann Lee · · ann.lee@firm.example", "Ann Lee · · ann.lee2@firm.example"],
  ])("%s are never merged by score", (_, a, b) => {
    expect(scorers.person.score(personOf(a), personOf(b)).probability).toBeLessThan(people.rules.merge);
  });

  test("who shares a home shares its telephone, and hardly ever the one that somebody carries", () => {
    const robert = (number: string) => personOf(`Robert Smith · · · ${number}`);
    const bob = (number: string) => personOf(`Bob Smith · · · ${number}`);
    const judged = (a: Comparable, b: Comparable) => verdict(a, scorers.person.score(a, b).probability);
    const [landline, mobile, other] = ["+493012345678", "+491701234567", "+491701234568"];
    expect(judged(robert(landline), bob(landline))).toBe("review");
    expect(judged(robert(mobile), bob(mobile))).toBe("merge");
    expect(judged(robert(mobile), personOf(`– Smith · · · ${mobile}`))).toBe("review"); // or his child, who has none
    const { fields } = scorers.person.score(robert(mobile), bob(other));
    expect(fields.map(({ field }) => field)).not.toContain("mobile"); // that they differ, phone says
  });

  test("two mailboxes at a firm's host are one person's, or two people's of one name: a person is asked", () => {
    const colleague = (text: string) => ({
      kind: "person" as const,
      fields: { ...personOf(text).fields, employer: ["acme tooling"] },
    });
    const judged = (a: string, b: string) => {
      const { probability, fields } = scorers.person.score(colleague(a), colleague(b));
      return [verdict(colleague(a), probability), fields.find(({ field }) => field === "conflict")?.level];
    };
    const [one, other] = ["Brittany Son · · brittany@acme.example", "Brittany Son · · brittany.son@acme.example"];
    expect(judged(one, other)).toEqual(["review", "two_mailboxes"]);
    expect(judged(`${one} · +15123538633`, `${other} · +15123538633`)).toEqual(["review", "two_mailboxes"]); // the switchboard
    expect(judged(one, "Brittany Son · · bs@acme.example")).toEqual(["review", "two_mailboxes"]);
    expect(judged("Britany Son · · brittany@acme.example", other)).toEqual(["review", "two_mailboxes"]); // a slip in the name
    expect(judged(one, "Brittany Son · · britany@acme.example")).toEqual(["merge", undefined]); // a slip
    expect(judged(one, "Brittany Son · · bson@gmail.com")).toEqual(["merge", undefined]); // her own
    const [born, bornToo] = [one, other].map((text) => text.replace("· ·", "· 1990-03-01 ·"));
    expect(judged(born ?? "", bornToo ?? "")).toEqual(["merge", undefined]);
  });

  test.each([
    [
      "colleagues of one first name",
      `Ann Lee · · ann.lee@firm.example · +15123538633 · ${home}`,
      `Ann Marsh · · ann.marsh@firm.example · +15123538633 · ${home}`,
    ],
    ["somebody and a household", `– Kusha · · · +15123538633 · ${home}`, `Mary Kusha · · · +15123538633 · ${home}`],
  ])("%s are not one because they share a place", (_, a, b) => {
    const { probability, fields } = scorers.person.score(personOf(a), personOf(b));
    expect(probability).toBeLessThan(people.rules.merge);
    expect(fields.find(({ field }) => field === "shared")?.weight).toBeLessThan(-10);
  });

  test("a home explains a surname, and not that a first name stands in its column", () => {
    const swapped = scorers.person.score(
      personOf(`Isla Hallworth · · · +15123538633 · ${home}`),
      personOf(`Hallworth Isla · · · +15123538633 · ${home}`),
    );
    expect(swapped.fields.find(({ field }) => field === "last_name")?.level).toBe("swapped");
    expect(swapped.probability).toBeGreaterThan(0.95); // of a surname alone at one address: an even chance at most
  });

  test.each([
    ["swapped", "Isla Hallworth", "Halworth Isla"],
    ["swapped", "Freddie Morrison", "Morrison Fdedrie"], // one is right, the other alike
    ["different", "Freddie Morrison", "Morrison Evelyn"],
    ["different", "Frdedie Morisno", "Morrison Fdedrie"],
  ])("%s: the names %s and %s stand crosswise", (level, a, b) => {
    const { fields } = scorers.person.score(personOf(a), personOf(b));
    expect(fields.find(({ field }) => field === "last_name")?.level).toBe(level);
  });

  test.each([
    ["contained", "Susan Meyer", "Susan Meyer Thomas"], // a maiden name in the middle
    ["contained", "García, María", "María García López"], // two surnames, and hardly a second first name
    ["different", "Susan Meyer", "Susan Thomas"],
    ["different", "Susan Meyer", "Sue Meyer Thomas"],
    ["different", "An Li", "An Li Wong"], // a syllable is no surname
  ])("%s: last names, where %s and %s stand in one column", (level, a, b) => {
    const [one, other] = [a, b].map((full_name) =>
      comparableOf({ kind: "person", identifiers: [], fields: { full_name } }),
    );
    const { fields } = scorers.person.score(one ?? personOf(""), other ?? personOf(""));
    expect(fields.find(({ field }) => field === "last_name")?.level).toBe(level);
  });

  test("what keeps two apart is told, also for those between whom others lie", () => {
    expect(scorers.person.conflict(personOf("John Smith Sr"), personOf("John Smith Jr"))).toBe("generations");
    expect(scorers.person.conflict(personOf("Mary Kusha"), personOf("Mark Kusha"))).toBe("first_names");
    expect(scorers.person.conflict(personOf("Bob Kusha"), personOf("Robert Kusha"))).toBeNull();
  });

  test("a conflict is void where training has found hardly any whom it could keep apart, and no sooner", () => {
    const twins = (mates: Record<string, number>) => {
      const scorer = createScorer(people.rules, { ...people.weights, mates });
      const [mary, mark] = [
        personOf(`Mary Kusha · 1990-03-01 · mk@kusha.example · · ${home}`),
        personOf(`Mark Kusha · 1990-03-01 · mk@kusha.example · · ${home}`),
      ];
      return { probability: scorer.score(mary, mark).probability, conflict: scorer.conflict(mary, mark) };
    };
    const families = twins({ household: 0.2, family_mailbox: 0.001, workplace: 0.001 });
    expect(families.probability).toBeCloseTo(0.9, 4);
    expect(families.conflict).toBe("first_names");
    expect(twins({ household: 0.001 }).conflict).toBe("first_names"); // of mailboxes nothing is known
    const nobody = twins({ household: 0.001, family_mailbox: 0.001, workplace: 0.001 });
    expect(nobody.probability).toBeGreaterThan(0.99);
    expect(nobody.conflict).toBeNull();
  });

  test("a conflict that asks for it is void only where records of one are found to stand so as well", () => {
    const mates = { household: 0.001, family_mailbox: 0.001, workplace: 0.001 };
    const conflict = (m: number) => {
      const { birth_date, ...comparisons } = people.weights.comparisons;
      const levels = { ...birth_date?.levels, different: { m, u: 0.7 } };
      const learned = { ...people.weights, mates, comparisons: { ...comparisons, birth_date: { levels } } };
      return createScorer(people.rules, learned).conflict(
        personOf(`John Smith · 1950-10-10 · · · ${home}`),
        personOf(`John Smith · 1988-03-15 · · · ${home}`),
      );
    };
    expect(conflict(0.03)).toBeNull(); // dates are often wrong
    expect(conflict(0.002)).toBe("birth_dates"); // so they are father and son
  });

  test("a rare name says more than a frequent one", () => {
    const rarity = (name: string) =>
      scorers.person.score(personOf(name), personOf(name)).fields.find(({ field }) => field === "last_name")?.frequency;
    expect(rarity("Ann Quackenbush")).toBeGreaterThan(rarity("Ann Diaz") ?? Number.NaN);
  });

  test("an initial says less than a short form, and does not excuse another id", () => {
    const first = (a: string, b: string) =>
      scorers.person.score(personOf(a), personOf(b)).fields.find(({ field }) => field === "first_name")?.weight;
    expect(first("R Marsh", "Robert Marsh")).toBeLessThan(first("Bob Marsh", "Robert Marsh") ?? Number.NaN);
    const [robert, bob, r] = ["Robert Lee", "Bob Lee", "R Lee"].map((name, n) =>
      personOf(`${name} · 1971-05-24 · · · · ${n === 0 ? "294669999" : "201777719"}`),
    );
    if (!robert || !bob || !r) throw new Error("three people");
    expect([scorers.person.conflict(robert, bob), scorers.person.conflict(robert, r)]).toEqual([null, "two_ids"]);
  });

  test.each([
    ["against", "last_name", "Ann Marsh", "Ann Hallworth"],
    ["against", "birth_date", "Ann Marsh · 1971-05-24", "Ann Marsh · 1978-11-02"],
    ["for", "last_name", "Ann Mooney", "Ann Moonie"], // hardly any two people are called so nearly alike
    ["for", "phone", "Ann Marsh · · · +12025550143", "Ann Marsh · · · 02025550143"], // its country is not known
  ])("by the shipped weights it speaks %s two of whom the %s differs so: %s | %s", (speaks, named, a, b) => {
    const { fields } = scorers.person.score(personOf(a), personOf(b));
    const weight = fields.find(({ field }) => field === named)?.weight ?? Number.NaN;
    expect(speaks === "for" ? weight : -weight).toBeGreaterThan(2);
  });

  test("a name in another script is compared where it can be, and says nothing where it cannot", () => {
    const levels = (a: string, b: string) =>
      scorers.person
        .score(personOf(a), personOf(b))
        .fields.flatMap(({ field, level }) => (field.endsWith("_name") ? [`${field} ${level}`] : []));
    expect(levels("فيصل صديقي", "Faisal Siddiqui")).toEqual(["first_name one_error", "last_name one_error"]);
    // Hasan and Husain, Muhammad and Mahmoud, Jamal and Jamil: often brothers.
    for (const [one, other] of [
      ["حسن علي", "حسين علي"],
      ["محمد علي", "محمود علي"],
      ["جمال علي", "جميل علي"],
      ["عمر علي", "عمرو علي"],
      ["سعد علي", "سعيد علي"],
    ] as const)
      expect(levels(one, other)).toEqual(["first_name alike", "last_name exact"]);
    expect(levels("محمود حسن", "Mahmoud Hassan")).toEqual(["first_name one_error", "last_name one_error"]);
    expect(levels("Андрей Васильев", "Andrey Vasiliev")).toEqual(["first_name short_form", "last_name exact"]);
    expect(levels("สมชาย ทองดี", "Somchai Thongdee")).toEqual([]);
    expect(levels("राजेश शर्मा", "Rajesh Sharma")).toEqual(["first_name exact", "last_name exact"]);
    expect(levels("តារា គឹម", "Dara Kim")).toEqual(["first_name one_error", "last_name exact"]);
    expect(levels("민수 김", "Minsu Kim")).toEqual(["first_name exact", "last_name exact"]);
    // They spell themselves as they like: that they differ says nothing.
    expect(levels("철수 김", "Chulsoo Kim")).toEqual(["last_name exact"]);
    expect(levels("철수 김", "Jiyoung Kim")).toEqual([]); // one Kim in five Koreans
    expect(levels("민수 김", "Minsu Park")).toEqual([]);
    expect(levels("ガブリエル ペレス", "Gabriel Pérez")).toEqual([]);
    expect(levels("민수 김", "철수 김")).toEqual(["first_name different", "last_name exact"]);
    expect(levels("ヤマダ タロウ", "Taro Yamada")).toEqual(["last_name swapped"]); // the surname first
    expect(levels("Bryn Flynn", "Brian Fallon")).not.toContain("last_name one_error"); // a y is a vowel
  });

  test("the weights add up to what the probability says", () => {
    const a = personOf(`Mary Kusha · 1990-03-01 · kusha@home.example · +15123538633 · ${home}`);
    const b = personOf(`Mark Kusha · · kusha@home.example · +15123538633 · ${home}`);
    const { probability, weight, prior, fields } = scorers.person.score(a, b);
    const sum = fields.reduce((bits, each) => bits + each.weight + each.frequency, prior);
    expect(sum).toBeCloseTo(weight, 6);
    expect(probability).toBeCloseTo(1 / (1 + 2 ** -weight), 12);
    expect(fields.map(({ field }) => field)).toContain("shared");
  });

  test("fields that one of the two does not have say nothing", () => {
    const { fields } = scorers.person.score(personOf("Ann Lee · · ann@lee.example"), personOf("Ann Lee · 1990-03-01"));
    expect(fields.map(({ field }) => field).filter((field) => field !== "shared")).toEqual(["first_name", "last_name"]);
  });

  test.each([
    ["exact", "Leonard", "Leonard"],
    ["short_form", "Bob", "Robert"],
    ["initial", "B", "Robert"],
    ["one_error", "Leonard", "Leonrad"],
    ["similar", "Margaret", "Mergarat"], // two slips, and a name that hardly anybody bears
    ["other", "Daniel", "Daniela"],
    ["other", "Christian", "Christina"],
    ["alike", "Darla", "Darletta Mae"],
    ["alike", "Darla", "Darletta"],
    ["other", "Mark", "Mary"], // two names
    ["different", "Leonard", "Quentin"],
  ])("%s: the first names %s and %s", (level, a, b) => {
    const [one, other] = [a, b].map((first_name) =>
      comparableOf({ kind: "person", identifiers: [], fields: { first_name } }),
    );
    const { fields } = scorers.person.score(one ?? personOf(""), other ?? personOf(""));
    expect(fields.find(({ field }) => field === "first_name")?.level).toBe(level);
  });

  test.each([
    ["exact", "1971-05-24", "1971-05-24"],
    ["one_error", "1971-05-24", "1971-05-27"],
    ["one_error", "1971-05-07", "1971-07-05"],
    ["partial", "1971-05-24", "1971-10-24"],
    ["near", "1971-05-24", "1971-10-13"],
    ["apart", "1971-05-24", "1979-10-13"],
    ["different", "1951-05-24", "1979-10-13"],
    // Of a first of January mostly the year alone is known.
    ["partial", "1971-01-01", "1971-10-13"],
    ["apart", "1971-01-01", "1975-01-01"],
    ["different", "1951-01-01", "1979-01-01"],
  ])("%s: born on %s and %s", (level, a, b) => {
    const { fields } = scorers.person.score(personOf(`X Y · ${a}`), personOf(`X Y · ${b}`));
    expect(fields.find(({ field }) => field === "birth_date")?.level).toBe(level);
  });

  test.each([
    ["exact", "blue.bird@nest.example", "blue.bird@nest.example"],
    ["one_error", "blue.bird@nest.example", "blue.brid@nest.example"],
    ["one_error", "blue.bird@gmail.com", "bleu.bird@gmail.com"],
    ["similar", "bluebird.garden@nest.example", "bluebird.gardening@nest.example"],
    ["same_local", "blue.bird@nest.example", "blue.bird@tree.example"],
    ["numbered", "ann.lee@nest.example", "ann.lee2@nest.example"],
    ["numbered", "meghanm@nest.example", "meghanr@nest.example"],
    ["different", "bluebird88@gmail.com", "bleubird83@gmail.com"], // crowded: a digit more is somebody else
    ["different", "blue.bird@nest.example", "red.fox@tree.example"],
    ["different", "blue.bird@nest.example", "red.fox@nest.example"], // weighed as if at two hosts
  ])("%s: the mailboxes %s and %s", (level, a, b) => {
    const { fields } = scorers.person.score(personOf(`X Y · · ${a}`), personOf(`X Y · · ${b}`));
    expect(fields.find(({ field }) => field === "email")?.level).toBe(level);
  });

  test("a mailbox made of the owner's name says nothing more at another host", () => {
    const score = (local: string) =>
      scorers.person.score(personOf(`Ann Marsh · · ${local}@a.example`), personOf(`Ann Marsh · · ${local}@b.example`));
    const levels = (local: string) => score(local).fields.find(({ field }) => field === "email")?.level;
    expect(levels("ann.marsh")).toBeUndefined();
    expect(levels("bluebird7")).toBe("same_local");
  });
});

test("a score is the same both ways and with every scorer, for whatever records", () => {
  const values = {
    first_name: ["ann", "anna", "annie lee", "bob", "robert", "lee"],
    last_name: ["lee", "li", "lee marsh", "marsh", "ann"],
    birth_date: ["1971-05-24", "1971-11-05", "1971-05-11", "1950-05-24"],
    email: ["ann@lee.example", "ann2@lee.example", "anne.lee@lee.example", "a@b.example", "lee@mail.example"],
    phone: ["+12025550143", "+12025550134", "2025550143", "5550143", "12345678", "123456789"],
    street: ["12|elm st", "21|elm st", "|elm st", "12|oak av"],
    place: ["62704|springfield", "|springfield", "62704|", "62740|"],
    employer: ["acme tooling", "acme tooling uk", "at"],
  };
  const record = fc
    .record(
      Object.fromEntries(Object.entries(values).map(([field, some]) => [field, fc.subarray(some, { maxLength: 2 })])),
    )
    .map((found): Comparable => {
      const named = Object.entries(found).filter(([, { length }]) => length > 0);
      return { kind: "person", fields: Object.fromEntries(named.map(([field, some]) => [field, [...some].sort()])) };
    });
  const other = createScorer(people.rules, people.weights);
  fc.assert(
    fc.property(record, record, (a, b) => {
      const match = scorers.person.score(a, b);
      expect(scorers.person.score(b, a)).toEqual(match);
      expect(other.score({ ...b }, { ...a })).toEqual(match);
      expect(scorers.person.conflict(b, a)).toBe(other.conflict(a, b));
    }),
    { seed: 11, numRuns: 300 },
  );
});
