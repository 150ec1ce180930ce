import { describe, expect, test } from "vitest";
import { fieldsOf, noContext } from "../given.ts";

/** What a transform, written as YAML, makes of a value for a text field. */
function made(use: string, value: unknown, payload: Record<string, unknown> = {}): unknown {
  const fields = fieldsOf(`  title: { from: v, do: ${use} }`, { v: value, ...payload });
  return typeof fields === "object" && fields !== null && "title" in fields ? fields.title : undefined;
}

const cases: [use: string, value: unknown, result: unknown][] = [
  ["trim", "  a b\n", "a b"],
  ["trim", 7, "7"],
  ["lower", "ÄB", "äb"],
  ["upper", "straße", "STRASSE"],
  ["digits", "DE 12-34 x5", "12345"],
  ["digits", "none", undefined],
  ["{ truncate: 3 }", "abcdef", "abc"],
  ["{ truncate: 2 }", "a😀b", "a"],
  ["{ replace_table: { a: b } }", "a", "b"],
  ["{ replace_table: { a: b } }", "c", "c"],
  ["{ replace_table: { constructor: b } }", "toString", "toString"],
  ["[{ split: ';' }, { join: '+' }]", "a; b;;c", "a+b+c"],
  ["[{ split: ';' }, first]", " a;b", "a"],
  ["[{ split: ':' }, last]", "SalesOrd:B", "B"],
  ["[{ split: ':' }, last]", "B", "B"],
  ["html_text", "<p>Hi&nbsp;<b>Ann</b>,</p><p>1 &lt; 2 &#233;&#x21;</p>", "Hi Ann,\n1 < 2 é!"],
  ["html_text", "a<br>b<br/>  c   d", "a\nb\nc d"],
  ["html_text", "no tags < but a sign", "no tags < but a sign"],
  ["html_text", "<p></p>", undefined],
  ["html_text", "&unknown; &#99999999;", "&unknown; &#99999999;"],
  ["email", " Ann.Lee+x@Example.CO.UK ", "ann.lee+x@example.co.uk"],
  ["email", "ann@münchen.de", "ann@xn--mnchen-3ya.de"],
  ["email", "o'brien@example.com", "o'brien@example.com"],
  ["email", "ann@localhost", undefined],
  ["email", "ann@@example.com", undefined],
  ["email", "ann..lee@example.com", undefined],
  ["email", "ann lee@example.com", undefined],
  ["email", "Ann <ann@example.com>", "ann@example.com"],
  ["email", '"Lee, Ann" < Ann@Example.com >', "ann@example.com"],
  ["email", "Ann <ann@example.com", undefined],
  ["email", "Ann <>", undefined],
  ["email", `${"a".repeat(300)}@example.com`, undefined],
  ["{ phone: { country: US } }", "(425) 555-0142 x12", "+14255550142"],
  ["{ phone: { country: US } }", "+44 20 7946 0018", "+442079460018"],
  ["{ phone: { country: DE } }", "030 1234567", "+49301234567"],
  ["phone", "030 1234567", undefined],
  ["phone", "+49 30 1234567", "+49301234567"],
  ["phone", "call me", undefined],
  ["{ phone: { country: US } }", 4255550142, "+14255550142"],
  ["domain", "https://www.Contoso.co.uk/about?x=1", "contoso.co.uk"],
  ["domain", "mail.contoso.com", "contoso.com"],
  ["domain", "ann@sub.contoso.com", "contoso.com"],
  ["domain", "acme.wixsite.com", "acme.wixsite.com"],
  ["domain", "MÜNCHEN.de", "xn--mnchen-3ya.de"],
  ["domain", "localhost", undefined],
  ["domain", "10.0.0.1", undefined],
  ["domain", "not a domain.", undefined],
  ["country", "us", "US"],
  ["country", "DEU", "DE"],
  ["country", "United States", "US"],
  ["country", "Vereinigte Staaten", "US"],
  ["country", "Great Britain", "GB"],
  ["country", "Atlantis", undefined],
  ["number", "1,234.50", "1234.5"],
  ["number", "12 apples", undefined],
  ["number", "1e5", undefined],
  ["number", true, undefined],
  ["integer", "2.6", "3"],
  ["{ multiply: 60 }", "2", "120"],
  ["{ divide: 1000 }", 184000, "184"],
  ["{ multiply: 1e308 }", "1e308", undefined],
  ["boolean", "T", "true"],
  ["boolean", 0, "false"],
  ["boolean", "maybe", undefined],
  ["instant", "2024-05-02T10:15:02.511Z", "2024-05-02T10:15:02.511Z"],
  ["instant", "2024-09-24T03:26:07.000+0000", "2024-09-24T03:26:07.000Z"],
  ["instant", "2024-05-02T12:15:02+02:00", "2024-05-02T10:15:02.000Z"],
  ["instant", "2024-05-02T12:15+02", "2024-05-02T10:15:00.000Z"],
  ["instant", "2024-05-02 10:15:02", "2024-05-02T10:15:02.000Z"],
  ["instant", "2024-05-02 10:15:02.123456", "2024-05-02T10:15:02.123Z"],
  ["instant", "2024-05-02", "2024-05-02T00:00:00.000Z"],
  ["instant", 1714644902511, "2024-05-02T10:15:02.511Z"],
  ["instant", "1714644902511", "2024-05-02T10:15:02.511Z"],
  ["{ instant: { unit: s } }", "1714644902", "2024-05-02T10:15:02.000Z"],
  ["{ instant: { unit: s } }", 1714644902.5, "2024-05-02T10:15:02.500Z"],
  ["{ instant: { zone: America/Los_Angeles } }", "2024-05-02 03:15:02", "2024-05-02T10:15:02.000Z"],
  ["{ instant: { zone: America/Los_Angeles } }", "2024-01-02 03:15:02", "2024-01-02T11:15:02.000Z"],
  ["{ instant: { zone: Asia/Kathmandu } }", "2024-01-02 00:00:00", "2024-01-01T18:15:00.000Z"],
  ["{ instant: { zone: Europe/Berlin } }", "2024-03-31T02:00:00Z", "2024-03-31T02:00:00.000Z"],
  ["instant", "2024-02-29T00:00:00Z", "2024-02-29T00:00:00.000Z"],
  ["instant", "2023-02-29T00:00:00Z", undefined],
  ["instant", "2024-04-31T00:00:00.000Z", undefined],
  ["instant", "2024-05-02T24:00:00Z", undefined],
  ["instant", "1", undefined],
  ["instant", "May 2, 2024", undefined],
  ["instant", 1e18, undefined],
  ["date", "2024-05-31", "2024-05-31"],
  ["date", "2024-05-31T23:30:00", "2024-05-31"],
  ["date", "2024-05-31T23:30:00Z", "2024-05-31"],
  ["{ date: { zone: Europe/Berlin } }", "2024-05-31T23:30:00Z", "2024-06-01"],
  ["date", "2024-02-30", undefined],
  ["date", "31.05.2024", undefined],
];

describe("a transform makes", () => {
  test.each(cases)("%s of %j: %j", (use, value, result) => {
    expect(made(use, value)).toEqual(result);
  });
});

test("a phone's country may come from the record, by code or by name", () => {
  const use = "{ phone: { country_from: [code, name], country: US } }";
  expect(made(use, "030 1234567", { name: "Germany" })).toBe("+49301234567");
  expect(made(use, "030 1234567", { code: "DE", name: "France" })).toBe("+49301234567");
  expect(made(use, "(425) 555-0142", { name: "Atlantis" })).toBe("+14255550142");
});

test("the connection's zone and country stand in where file and record say nothing", () => {
  const context = { ...noContext, timeZone: "Europe/Berlin", country: "DE" };
  const lines = "  converted_at: at\n  phone_numbers: [{ number: { from: phone, do: phone } }]";
  expect(fieldsOf(lines, { at: "2024-07-01 09:00:00", phone: "030 1234567" }, "contact", context)).toEqual({
    converted_at: "2024-07-01T07:00:00.000Z",
    phone_numbers: [{ number: "+49301234567" }],
  });
});

test("a transform works on each value of a list", () => {
  expect(fieldsOf("  domains: [{ from: v, do: domain }]", { v: ["www.a.example", 5, "b.example"] }, "company")).toEqual(
    {
      domains: ["a.example", "b.example"],
    },
  );
});
