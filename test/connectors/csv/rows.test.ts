import { loadMappings, readMappingFolders, shippedMappings } from "journey-hub/mapping";
import { describe, expect, test } from "vitest";
import { connect, folderWith, importing, recordsOf } from "./folder.ts";

const payloads = async (content: string | Uint8Array, more: object = {}) =>
  (await importing(content, more)).map(({ payload }) => payload);

describe("a row", () => {
  test("is a record by its key, with one text for each column", async () => {
    expect(await importing("id,Name,Seats\n7,Ada,12\n8,,\n")).toEqual([
      { id: "7", at: null, deleted: false, payload: { id: "7", Name: "Ada", Seats: "12" } },
      { id: "8", at: null, deleted: false, payload: { id: "8", Name: "", Seats: "" } },
    ]);
  });

  test.each([
    ["2024-05-02", "2024-05-02T00:00:00.000Z"],
    ["2024-05-02 12:15", "2024-05-02T12:15:00.000Z"],
    ["2024-05-02T12:15:02.5+02:00", "2024-05-02T10:15:02.500Z"],
    ["05/02/2024", null],
    ["", null],
  ])("changed at %s has the version %s", async (written, at) => {
    const [record] = await importing(`id,Changed\n7,${written}\n`, { modified: "Changed" });
    expect(record?.at).toBe(at);
  });

  test("without a key keeps a name made of its content", async () => {
    const content = "id,Name\n,Ada\n ,Bo\n,Ada\n";
    const ids = (await importing(content)).map(({ id }) => id);
    expect(ids).toEqual([expect.stringMatching(/^row-[0-9a-f]{20}$/), expect.stringMatching(/^row-/), ids[0]]);
    expect(ids[1]).not.toBe(ids[0]);
  });

  test("may have columns named like a prototype's parts", async () => {
    const [payload] = await payloads("id,__proto__,constructor\n7,a,b\n");
    expect(Object.entries(payload ?? {})).toEqual([
      ["id", "7"],
      ["__proto__", "a"],
      ["constructor", "b"],
    ]);
  });

  test("is what the shipped mapping reads", async () => {
    const folder = folderWith({ "list.csv": "First Name,Last Name,Email\nMaria,Johnson,Maria.Johnson@contoso.com\n" });
    const { streams } = connect(folder, [{ file: "list.csv", object: "contacts", key: "Email" }]);
    const stream = streams["contacts:list.csv"];
    const [record] = stream ? await recordsOf(stream) : [];
    const mapping = loadMappings(await readMappingFolders([shippedMappings])).find("csv", "contacts");
    expect(mapping?.map(record?.payload ?? {}, { lookup: () => undefined })).toMatchObject({
      record: { kind: "contact", remote_id: "maria.johnson@contoso.com", fields: { first_name: "Maria" } },
    });
  });
});

describe("a file", () => {
  const two = [
    { id: "1", name: "Ada" },
    { id: "2", name: "Bo" },
  ];

  test.each([
    ["LF", "id,name\n1,Ada\n2,Bo\n"],
    ["CRLF", "id,name\r\n1,Ada\r\n2,Bo\r\n"],
    ["CR", "id,name\r1,Ada\r2,Bo\r"],
    ["all three", "id,name\r\n1,Ada\n2,Bo\r"],
    ["no line end at the end", "id,name\n1,Ada\n2,Bo"],
    ["empty lines", "\n\nid,name\n\n1,Ada\r\n\r\n2,Bo\n\n\n"],
    ["a byte order mark", "\uFEFFid,name\n1,Ada\n2,Bo\n"],
    ["spaces around its names", " id , name\n1,Ada\n2,Bo\n"],
    ["quotes around everything", '"id","name"\n"1","Ada"\n"2","Bo"\n'],
  ])("with %s", async (_, content) => {
    expect(await payloads(content)).toEqual(two);
  });

  test.each([
    ["semicolons", "id;name\n1;Ada\n2;Bo\n"],
    ["tabs", "id\tname\n1\tAda\n2\tBo\n"],
    ["bars", "id|name\n1|Ada\n2|Bo\n"],
  ])("whose delimiter is found: %s", async (_, content) => {
    expect(await payloads(content)).toEqual(two);
  });

  test("whose header holds other delimiters in quotes", async () => {
    expect(await payloads('id;"name, first, last"\n1;Ada\n')).toEqual([{ id: "1", "name, first, last": "Ada" }]);
  });

  test("whose delimiter is named", async () => {
    expect(await payloads("id,a;name,b\n1;2,3\n", { delimiter: ";", key: "id,a" })).toEqual([
      { "id,a": "1", "name,b": "2,3" },
    ]);
    expect(await payloads("id\tname\n1\tAda\n2\tBo\n", { delimiter: "tab" })).toEqual(two);
  });

  test("of one column", async () => {
    expect(await payloads('id\n1\n""\n"2"\n\n3')).toEqual([{ id: "1" }, { id: "" }, { id: "2" }, { id: "3" }]);
  });

  test("with a header and nothing else is no records", async () => {
    expect(await payloads("id,name\n")).toEqual([]);
    expect(await payloads("id,name")).toEqual([]);
  });

  test("with cells that look like formulas, null or numbers keeps them as they are", async () => {
    expect(await payloads('id,a,b,c\n007,=cmd(),NULL,1e400\n" 8 ",NaN,-0,""""\n')).toEqual([
      { id: "007", a: "=cmd()", b: "NULL", c: "1e400" },
      { id: " 8 ", a: "NaN", b: "-0", c: '"' },
    ]);
  });
});
