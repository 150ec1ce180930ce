import { expect, test } from "vitest";
import { readIdentityRules } from "../../src/identity/rules.ts";
import { byConnection, newestWins } from "../../src/identity/survivorship.ts";

const party =
  "{ claims: [{ type: T, of: [email], limit: 1, cutoff: 2 }], blocked: { email_local_parts: [], values: [] } }";
const file = (survivorship: string) =>
  [
    "apiVersion: journey-hub/v1",
    "kind: Identity",
    "metadata: { name: test }",
    `person: ${party.replace("T", "email")}`,
    `company: ${party.replace("T", "domain")}`,
    survivorship,
  ].join("\n");

test("a file that says nothing of survivorship takes the newest value", () => {
  expect(readIdentityRules(file(""), "identity.yaml")).toMatchObject({ survivorship: newestWins });
});

test("rules are read field by field", () => {
  const text = "survivorship: { person: { phone: [{ source_priority: [erp, [eu, us]] }, most_frequent] } }";
  expect(readIdentityRules(file(text), "identity.yaml")).toMatchObject({
    survivorship: { ...newestWins, person: { phone: [{ source_priority: ["erp", ["eu", "us"]] }, "most_frequent"] } },
  });
});

test.each([
  ["survivorship: { person: { shoe_size: [most_recent] } }", "unknown key 'shoe_size'"],
  ["survivorship: { company: { first_name: [most_recent] } }", "unknown key 'first_name'"],
  ["survivorship: { person: { phone: [newest] } }", "survivorship.person.phone.0"],
  ["survivorship: { person: { phone: [] } }", "survivorship.person.phone"],
])("%s is a mistake with its place: %s", (text, message) => {
  expect(readIdentityRules(file(text), "identity.yaml")).toMatchObject([
    { file: "identity.yaml", line: 6, message: expect.stringContaining(message) },
  ]);
});

test("a connector in a priority stands for its connections, all of one rank", () => {
  const connections = {
    eu: { connector: "salesforce" },
    us: { connector: "salesforce" },
    erp: { connector: "netsuite" },
  };
  const rules = { ...newestWins, person: { phone: [{ source_priority: ["salesforce", ["erp", "hubspot"]] }] } };
  expect(byConnection(rules, connections).person).toEqual({
    phone: [
      {
        source_priority: [
          ["salesforce", "eu", "us"],
          ["erp", "hubspot"],
        ],
      },
    ],
  });
});
