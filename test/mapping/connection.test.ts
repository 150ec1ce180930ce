import { expect, test } from "vitest";
import { lintMappings, loadMappings } from "../../src/mapping/index.ts";

/* Mappings that differ between the connections of one connector. */

const file = (name: string, when: string, field: string, example = "") => ({
  file: `crm/${name}.yaml`,
  text: `apiVersion: journey-hub/v1
kind: Mapping
metadata: { connector: crm, object: people }
to: contact
when: ${when}
record: { id: id }
fields:
  first_name: ${field}
${example}`,
});

const files = [
  file("people", "connection != 'shop'", "first"),
  file("people.shop", "connection == 'shop'", "{ from: nick, when: connection.startsWith('sh') }"),
];

test.each([
  ["shop", "Jo"],
  ["crm", "Joanna"],
])("a record of %s is mapped by the file that names its connection", (connection, name) => {
  const { find, findings } = loadMappings(files);
  expect(findings).toEqual([]);
  const outcome = find("crm", "people")?.map(
    { id: "1", first: "Joanna", nick: "Jo" },
    { connection, lookup: () => undefined },
  );
  expect(outcome).toMatchObject({ record: { fields: { first_name: name } } });
});

test("examples say which connection they are of", () => {
  const example = `examples:
  - name: of the shop
    settings: { connection: shop }
    in: { id: "1", first: Joanna, nick: Jo }
    out: { fields: { first_name: NAME } }
`;
  const withExample = (name: string) => [
    files[0] ?? file("people", "true", "first"),
    file("people.shop", "connection == 'shop'", "nick", example.replace("NAME", name)),
  ];
  expect(lintMappings(withExample("Jo"))).toEqual([]);
  expect(lintMappings(withExample("Joanna"))).toMatchObject([{ message: expect.stringContaining('is "Jo"') }]);
});

test("a connection is a name, not something with parts", () => {
  const [finding] = loadMappings([file("people", "connection.name == 'shop'", "first")]).findings;
  expect(finding?.message).toContain('unknown field "connection"');
});
