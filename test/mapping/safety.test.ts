import { expect, test } from "vitest";
import { lintMappings, loadMappings, parseYaml } from "../../src/mapping/index.ts";
import { fieldsOf, fileOf, mappingOf, noContext, outcomeOf } from "./given.ts";

function lint(body: string): string[] {
  return lintMappings([{ file: "f.yaml", text: fileOf(body) }]).map(({ message }) => message);
}

const inherited = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "isPrototypeOf",
  "propertyIsEnumerable",
  "toLocaleString",
  "__defineGetter__",
  "__lookupSetter__",
];
const disguises = (name: string): string[] => [
  name,
  `a.${name}`,
  `${name}.a`,
  `a[0].${name}`,
  `["${name}"]`,
  `a["${name}"].b`,
];

test.each(inherited.flatMap(disguises))("the path %s is refused", (path) => {
  expect(lint(`fields:\n  title: '${path}'`)).toEqual([
    expect.stringContaining("is not a property a payload may be asked for"),
  ]);
});

const escapes = [
  "raw.constructor",
  "raw['constructor']",
  "raw.a.constructor.constructor",
  "raw['__proto__']",
  "raw.a['__proto__'].polluted",
  "raw[raw.name]",
  "raw.a[raw.name]",
  "title.constructor",
  "constructor",
  "globalThis",
  "process.env",
  "this",
  "raw.a.b()",
  "raw.name.constructor()",
  "raw.name.matches('(a+)+$')",
  "matches(raw.name, '(a+)+$')",
  "raw.name.split('').join('')",
  "cel.bind(x, raw.name + raw.name, x + x)",
  "raw.list.map(x, raw.list)",
  "raw.list.filter(x, true)",
  "raw.list.exists(x, raw.list.exists(y, raw.list.exists(z, x == y)))",
  "bytes(raw.name)",
  "type(raw.name)",
  "dyn(raw.name)",
  "optional.of(raw.name)",
  "require('fs')",
  "raw.name.repeat(1000000)",
  "[1, 2].map(x, x)",
  "{'a': raw}",
  "raw",
  "`raw`",
  "raw.name; raw.name",
  "(() => 1)()",
  "${raw.name}",
  `${"(".repeat(200)}1${")".repeat(200)}`,
  Array.from({ length: 300 }, () => "1").join(" + "),
];

test.each(escapes)("CEL does not go beyond values: %s", (expression) => {
  expect(lint(`fields:\n  full_name: a\n  title: { value: ${JSON.stringify(expression)} }`)).not.toEqual([]);
});

test("an expression never sees an object, only text, numbers, booleans and lists of them", () => {
  const lines = `  is_lead: { value: "raw.a == null && raw.list[0] == null && raw.list[1] == 'x'" }`;
  expect(fieldsOf(lines, { a: { constructor: 1 }, list: [{ b: 1 }, "x"] })).toEqual({ is_lead: true });
});

test("a payload's own __proto__, constructor and getters change nothing and reach nothing", () => {
  const payload: unknown = JSON.parse(
    '{ "id": "1", "__proto__": { "t": "inherited" }, "constructor": { "t": "own" }, "u": "seen" }',
  );
  const record: Record<string, unknown> = Object.fromEntries(Object.entries(Object(payload)));
  expect(fieldsOf("  title: t\n  full_name: u", record)).toEqual({ full_name: "seen" });
  expect(Object.hasOwn(Object.prototype, "t")).toBe(false);
});

test("what a polluted prototype holds is not read", () => {
  const mapping = mappingOf("fields: { title: leak, full_name: a.leak, is_lead: { value: raw.leak == null } }");
  Object.defineProperty(Object.prototype, "leak", { value: "secret", configurable: true, enumerable: false });
  try {
    expect(mapping.map({ id: "1", a: {} }, noContext)).toMatchObject({ record: { fields: { is_lead: true } } });
    expect(JSON.stringify(mapping.map({ id: "1", a: {} }, noContext))).not.toContain("secret");
  } finally {
    Reflect.deleteProperty(Object.prototype, "leak");
  }
});

test("tables, custom fields and lookups with the names of inherited things stay data", () => {
  const body = `fields: { title: { from: t, map: { a: b } } }\nidentifiers: [{ type: constructor, value: t }]`;
  expect(outcomeOf(body, { t: "constructor" })).toMatchObject({
    record: { fields: {}, identifiers: [{ type: "constructor", value: "constructor" }] },
  });
});

test("YAML that multiplies by aliases, is enormous or is not text becomes a finding", () => {
  const bomb = [
    "a: &a [x,x,x,x,x,x,x,x,x]",
    ..."bcdefgh"
      .split("")
      .map((name, index) => `${name}: &${name} [${Array(9).fill(`*${"abcdefg"[index]}`).join(",")}]`),
  ].join("\n");
  for (const text of [
    bomb,
    "x".repeat(600_000),
    "\u0000\u0001",
    "a: !!js/function 'x'\n? [b]: c",
    `a: ${"[".repeat(5_000)}`,
  ]) {
    expect(lintMappings([{ file: "f.yaml", text }]).length).toBeGreaterThan(0);
  }
  expect(parseYaml("a: 1", "f.yaml").finding(["a", "b", 7], "m")).toEqual({
    file: "f.yaml",
    line: 1,
    column: 4,
    message: "m",
  });
});

test("a huge record is mapped within the ten milliseconds a record may take", () => {
  const body = `fields:
  title: { from: text, do: html_text }
  emails: [{ each: { from: text, do: { split: ";" } }, email: { from: ., do: email } }]
  phone_numbers: [{ each: list, number: { from: ., do: digits } }]
  is_lead: { value: "raw.list.exists(x, x == 'nothing')" }`;
  const { all } = loadMappings([{ file: "f.yaml", text: fileOf(body) }]);
  const payload = {
    id: "1",
    text: "<a;".repeat(400_000),
    list: Array.from({ length: 100_000 }, (_, index) => `n${index}`),
  };
  const times = Array.from({ length: 5 }, () => {
    const started = performance.now();
    const outcome = all[0]?.map(payload, noContext);
    expect(outcome).toHaveProperty("record.fields.phone_numbers.length", 1000);
    return performance.now() - started;
  });
  expect(Math.min(...times)).toBeLessThan(10);
});
