import { describe, expect, test } from "vitest";
import { blockKeysOf } from "../../../src/identity/block/blocking.ts";
import { companyOf, companyRules, home, scorers, verdict } from "../../fixtures/identity/scored.ts";

describe("two companies", () => {
  test.each([
    ["merge", "Acme Tooling, Inc. · acme-tooling.example", "ACME Tooling · acme-tooling.example"],
    ["merge", `Blue Ridge Cyclery · · +12025550143 · ${home}`, `Blue Ridge Cyclery LLC · · +12025550143 · ${home}`],
    ["merge", `Fieldworks · fieldworks.example · · · DE981237546`, `Fieldworks Tools · · · · 981237546`],
    ["review", "Acme Tooling · acme.example · +12025550143", "Acme Tooling UK · acme.example · +12025550143"],
    ["no", `Acme Tooling · · +12025550143 · ${home}`, `Zenith Dental · · +12025550143 · ${home}`], // one office block
    ["review", "Acme Tooling", "Acme Tooling"],
    ["review", "Quackenbush", "Quackenbush Inc."],
    ["no", "Services", "Services"], // hardly a name
    // A word more on one domain: a daughter, unless she is at the same place.
    ["review", "Quackenbush Velodrome · quackenbush.example", "Quackenbush Velodrome Servicing · quackenbush.example"],
    [
      "merge",
      `Quackenbush Velodrome · quackenbush.example · · ${home}`,
      `Quackenbush Velodrome Servicing · quackenbush.example · · ${home}`,
    ],
    // Each with a word of its own: a group's companies share all else.
    [
      "review",
      `Quackenbush Trucks · quackenbush.example · +12025550143 · ${home}`,
      `Quackenbush Velodrome · quackenbush.example · +12025550143 · ${home}`,
    ],
    [
      "review",
      `Springfield School 5 · schools.example · +12025550143 · ${home}`,
      `Springfield School 7 · schools.example · +12025550143 · ${home}`,
    ],
    ["review", `Quackenbush School 5 · · +12025550143 · ${home}`, `Quackenbush School 7 · · +12025550143 · ${home}`],
    // Two businesses of one house, and one that writes its trade in two ways.
    [
      "review",
      `Quackenbush Velodrome Restaurant · · +12025550143 · ${home}`,
      `Café Quackenbush Velodrome · · +12025550143 · ${home}`,
    ],
    ["merge", `Quackenbush Deli · · +12025550143 · ${home}`, `Quackenbush Delicatessen · · +12025550143 · ${home}`],
    [
      "merge",
      `Quackenbush · · +12025550143 · ${home}`,
      `Quackenbush Restaurant and Dining Room · · +12025550143 · ${home}`,
    ],
    // The house next door with another telephone.
    [
      "review",
      "Quackenbush Velodrome · · +12025550143 · 1343 Oak Street, Leeds, 62701",
      "Quackenbush Velodrome Servicing · · +12025557788 · 1349 Oak Street, Leeds, 62701",
    ],
    [
      "merge",
      "Quackenbush Velodrome · · +12025550143 · 1343-49 Oak Street, Leeds, 62701",
      "Quackenbush Velodrome Servicing · · +12025557788 · 1343 Oak Street, Leeds, 62701",
    ],
    ["no", "Springfield School 5 · · · , Springfield, 62704", "Springfield School 7 · · · , Springfield, 62704"],
  ])("%s: %s | %s", (expected, a, b) => {
    const { probability } = scorers.company.score(companyOf(a), companyOf(b));
    expect(verdict(companyOf(a), probability)).toBe(expected);
  });

  test("that write one name in more words and in fewer score the same both ways", () => {
    const [one, other] = [
      companyOf("Acme International · acme.example"),
      companyOf("Acmeinternational · acme.example"),
    ];
    expect(scorers.company.score(one, other)).toEqual(scorers.company.score(other, one));
  });

  test.each([
    ["exact", "Barnes & Sons Co.", "Barnes and Sons"],
    ["respelled", "Blue Ridge Cyclery", "Blue Ridge Cyclrey"],
    ["respelled", "Sons Barnes", "Barnes Sons"],
    ["acronym", "International Business Machines", "IBM"],
    ["acronym", "I.B.M. Corp.", "Intl Business Machines"],
    ["acronym", "Procter & Gamble", "P&G"],
    ["acronym", "AT&T", "American Telephone and Telegraph"],
    ["acronym", "National Broadcasting Company", "NBC"], // its C is the company
    ["acronym", "DOE", "Department of Energy"],
    ["some", "P&G", "P&O"], // a letter
    ["respelled", "P&G", "PG"],
    ["contained", "Quackenbush Velodrome", "Quackenbush Velodrome Servicing"],
    ["branch", "Acme Tooling", "Acme Tooling Deutschland"],
    ["branch", "Acme Tooling France", "Acme Tooling Germany"],
    ["respelled", "Quackenbush Mfg. Technologies", "Quackenbush Manufacturing Tech"],
    ["respelled", "The Quackenbush Group", "Quackenbush"],
    ["respelled", "Quackenbush Lakeshore Clinic", "Quackenbush Lake Shore Clinics"],
    ["respelled", "Velodrome, Qackenbush", "Quackenbush Velodrome"],
    ["respelled", "Quackenbush Velodrome", "Velodrome Quackenbusch Ltd"],
    ["overlap", "Quackenbush Johnson Velodrome", "Quackenbush John Velodrome"], // a name is not short for another
    ["sister", "Quackenbush Marine", "Quackenbush Mobile"], // each a word of its own in the same place
    ["exact", "Bikes & More", "Acme LLC dba Bikes and More"],
    ["sister", "Quackenbush Hollow Velodrome", "Quackenbush Hollow Varedroom"], // what is alike in a long name is not all of it
    ["sister", "Quackenbush Velodrome East", "Quackenbush Velodrome South"],
    ["contained", "Quackenbush Velodrome", "Quackenbush Velodrome II"],
    ["sister", "Quackenbush Velodrome Servicing", "Zenith Velodrome Servicing"],
    ["some", "Quackenbush Velodrome", "Velodrome Zenith"], // each begins with a word of its own
    ["overlap", "Quackenbush Velodrome V", "Quackenbush Velodrome 5"], // one number
    ["overlap", "One Quackenbush Velodrome Lakeside", "Quackenbush Velodrome 7"], // not of several
    ["sister", "Quackenbush Velodrome United", "Quackenbush Velodrome Central"],
    ["overlap", "Quackenbush Velodrome House", "Quackenbush Velodrome Location"], // that it has a house
    ["some", "Quackenbush Velodrome CDC", "Quackenbush Velodrome Child Development Center"],
    ["contained", "Quackenbush Velodrome Trust & Bank", "Quackenbush Velodrome"],
    ["respelled", "Quackenbush Vleo", "Quackenbush Velo"],
    ["sister", "Quackenbush Vela", "Quackenbush Velo"], // a letter for another in four
    ["respelled", "Lewis Sales Supplies", "LewiseSales Supplies"], // a letter for the space
    ["sister", "Quackenbush Velodrome West", "Quackenbush Velodrome East"], // no slip of the pen
    ["sister", "Quackenbush Velodrome I", "Quackenbush Velodrome VI"],
    ["sister", "Quackenbush Velodrome A", "Quackenbush Velodrome B"],
    ["sister", "Class A Quackenbush", "Class C Quackenbush"],
    ["sister", "J & K Quackenbush", "J & R Quackenbush"],
    ["sister", "Quackenbush Velodrome Bank", "Quackenbush Velodrome Insurance"],
    ["contained", "Quackenbush Restaurant", "Quackenbush Restaurant & Bar"],
    ["different", "Acme Tooling", "Zenith Dental"],
  ])("%s: the names %s and %s", (level, a, b) => {
    const { fields } = scorers.company.score(companyOf(a), companyOf(b));
    expect(fields.find(({ field }) => field === "company_name")?.level).toBe(level);
  });

  test.each([
    ["International Business Machines", "IBM"],
    ["Procter & Gamble", "P&G"],
    ["National Broadcasting Company", "NBC"],
    ["Quackenbush’s", "J. Quackenbush plc"],
  ])("%s and %s meet by their names alone", (long, short) => {
    const keys = blockKeysOf(companyOf(short), companyRules);
    expect(blockKeysOf(companyOf(long), companyRules).filter((key) => keys.includes(key))).not.toEqual([]);
  });

  test("of which one is short for the other are one the sooner, the longer the short form is", () => {
    const weight = (short: string, long: string) => scorers.company.score(companyOf(short), companyOf(long)).weight;
    const three = weight("IBM", "International Business Machines");
    expect(three).toBeGreaterThan(weight("BM", "Business Machines"));
    expect(weight("TSMC", "Taiwan Semiconductor Manufacturing Company")).toBeGreaterThan(three);
  });

  test("of one name are one the sooner, the rarer its words are", () => {
    const weight = (name: string) => scorers.company.score(companyOf(name), companyOf(name)).weight;
    expect(weight("Quackenbush Velodrome")).toBeGreaterThan(weight("Quackenbush"));
    expect(weight("Quackenbush")).toBeGreaterThan(weight("Medical Services"));
  });

  test("that stand at two addresses and agree in part are not one, whoever lies between them", () => {
    const shops = [
      `Acme Tooling · · +12025550143 · ${home}`,
      "Acme Servicing · · +12025550143 · 9 Low Road, Leeds, 62701",
    ];
    const [one = companyOf(""), other = companyOf("")] = shops.map(companyOf);
    expect(scorers.company.conflict(one, other)).toBe("two_sites");
    const firm = shops.map((shop) => companyOf(shop.replace(" · ", " · acme.example")));
    expect(scorers.company.conflict(firm[0] ?? one, firm[1] ?? other)).toBeNull();
  });
});
