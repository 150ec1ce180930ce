import { execFileSync } from "node:child_process";
import { appendFileSync, chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import connector from "../../../connectors/csv/index.ts";
import { connect, contactsIn, folderWith, importing } from "./folder.ts";

const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => "no error",
    ({ message, next, details }) => ({ message, next, field: details.field, hasRemedy: details.remedy.length > 0 }),
  );
const refusal = (message: string, next = "stop", field = "files") => ({ message, next, field, hasRemedy: true });

describe("content that cannot be taken as it is", () => {
  test.each([
    ["an empty file", "", "line 1: the file is empty"],
    ["nothing but a byte order mark", "\uFEFF", "line 1: the file is empty"],
    ["nothing but empty lines", "\n\r\n\n", "line 1: the file is empty"],
    ["a short row", "id,a,b\n1,2,3\n1,2\n1,2,3\n", "line 3: the row has 2 cells, the header 3 columns"],
    ["a long row", "id,a\n1,2\n1,2,3\n", "line 3: the row has 3 cells, the header 2 columns"],
    ["a long row with quotes", 'id,a\n"1","2","3"\n', "line 2: the row has 3 cells, the header 2 columns"],
    [
      "a row after rows of several lines",
      'id,a\n1,"x\ny\r\nz"\n\n2\n',
      "line 6: the row has 1 cell, the header 2 columns",
    ],
    [
      "a file cut within quotes",
      'id,a\n1,2\n3,"four\n5,6\n',
      "line 3: the row begins a quote that is not closed before the file ends",
    ],
    [
      "a file cut right after a quote",
      'id,a\n1,"',
      "line 2: the row begins a quote that is not closed before the file ends",
    ],
    ["a file cut between the cells", "id,a,b\n1,2,3\n4,5", "line 3: the row has 2 cells, the header 3 columns"],
    [
      "a quote not doubled",
      'id,a\n1,"the "best" one"\n',
      "line 2: text stands between a closing quote and the end of its cell",
    ],
    [
      "a quote not doubled, lines later",
      'id,a\n1,"x\ny" z\n',
      "line 3: text stands between a closing quote and the end of its cell",
    ],
    ["a column named twice", "id,Email, Email\n", 'line 1: the header names the column "Email" twice'],
    ["a column without a name", "id,,b\n1,2,3\n", "line 1: column 2 of the header has no name"],
    ["bytes that are no UTF-8", Buffer.from("id,a\n1,Zo\xeb\n", "latin1"), "line 2: the row is not UTF-8"],
    ["UTF-16", Buffer.from("\uFEFFid,a\n1,2\n", "utf16le"), "line 1: the file is written in UTF-16"],
    [
      "a quote that swallows the rest of a large file",
      `id,a\n1,"x\n${"2,y\n".repeat(400_000)}`,
      "line 2: the row is longer than 1024 KB",
    ],
  ])("%s", async (_, content, message) => {
    expect(await failure(importing(content))).toEqual(refusal(`contacts.csv, ${message}`));
  });

  test("a missing column: the message names those there are", async () => {
    const stream = contactsIn(folderWith({ "contacts.csv": "Id,Name\n1,Ada\n" }));
    await expect(stream.pages({ after: null, fields: [] })).rejects.toMatchObject({
      message: 'contacts.csv has no column "id", which key names',
      details: { remedy: "Set key to one of its columns: Id, Name." },
    });
  });
});

describe("a file that may not or cannot be read", () => {
  const read = (folder: string, file: string) =>
    failure(connect(folder, [{ file, object: "contacts", key: "id" }]).check());

  test("does not exist", async () => {
    const folder = folderWith({ "a.csv": "id\n" });
    expect(await read(folder, "contacts.csv")).toEqual(refusal(`contacts.csv in ${folder} does not exist`));
    expect(await read(folder, "a.csv/contacts.csv")).toEqual(refusal(`a.csv/contacts.csv in ${folder} does not exist`));
    expect(await read(join(folder, "none"), "a.csv")).toEqual(
      refusal(`The folder ${folder}/none does not exist`, "stop", "folder"),
    );
  });

  test("is a link, or lies behind one", async () => {
    const elsewhere = folderWith({ "secret.csv": "id\n1\n" });
    const folder = folderWith({});
    symlinkSync(join(elsewhere, "secret.csv"), join(folder, "contacts.csv"));
    symlinkSync(elsewhere, join(folder, "lists"));
    for (const file of ["contacts.csv", "lists/secret.csv"]) {
      expect(await read(folder, file)).toEqual(refusal(`${file} in ${folder} is, or lies behind, a symbolic link`));
    }
  });

  test("is a folder or a pipe", async () => {
    const folder = folderWith({});
    mkdirSync(join(folder, "lists"));
    execFileSync("mkfifo", [join(folder, "pipe")]);
    for (const file of ["lists", "pipe"]) expect(await read(folder, file)).toEqual(refusal(`${file} is not a file`));
  });

  test.skipIf(process.getuid?.() === 0)("belongs to somebody else", async () => {
    const folder = folderWith({ "contacts.csv": "id\n" });
    chmodSync(join(folder, "contacts.csv"), 0);
    expect(await read(folder, "contacts.csv")).toEqual(
      refusal(`contacts.csv in ${folder} may not be read by this process`),
    );
  });

  test.each(["../secret.csv", "lists/../../secret.csv", "/etc/passwd", "..", ".", "", "lists/", "a\0.csv"])(
    "%j does not lie below the folder",
    (file) => {
      const parsed = connector.config.safeParse({
        folder: "/srv/import",
        files: [{ file, object: "contacts", key: "id" }],
      });
      expect(parsed.error?.issues).toMatchObject([{ path: ["files", 0, "file"] }]);
    },
  );
});

describe("the configuration", () => {
  const file = { file: "a.csv", object: "contacts", key: "id" };
  test.each([
    ["a folder that depends on where the hub was started", { folder: "import", files: [file] }, "folder"],
    ["no files", { folder: "/srv/import", files: [] }, "files"],
    ["a file twice for one object", { folder: "/srv/import", files: [file, file] }, "files"],
    ["no key", { folder: "/srv/import", files: [{ ...file, key: "" }] }, "files.0.key"],
    ["an unknown delimiter", { folder: "/srv/import", files: [{ ...file, delimiter: "::" }] }, "files.0.delimiter"],
    ["an unknown setting", { folder: "/srv/import", files: [{ ...file, sep: ";" }] }, "files.0"],
  ])("%s is refused", (_, config, path) => {
    expect(connector.config.safeParse(config).error?.issues.map((issue) => issue.path.join("."))).toEqual([path]);
  });
});

describe("the check", () => {
  test("names the folder when every file is as configured", async () => {
    const folder = folderWith({ "a.csv": "id,Changed\n1,2024-05-02\n", "lists/b.csv": "id\n" });
    const connection = connect(folder, [
      { file: "a.csv", object: "contacts", key: "id", modified: "Changed" },
      { file: "lists/b.csv", object: "companies", key: "id" },
    ]);
    expect(await connection.check()).toEqual({ id: folder, name: `CSV files in ${folder}` });
    expect(Object.keys(connection.streams)).toEqual(["contacts:a.csv", "companies:lists/b.csv"]);
  });

  test("says so when times are written in another way", async () => {
    const folder = folderWith({ "a.csv": "id,Changed\n1,05/02/2024\n" });
    const connection = connect(folder, [{ file: "a.csv", object: "contacts", key: "id", modified: "Changed" }]);
    expect(await failure(connection.check())).toEqual(
      refusal("a.csv, line 2: Changed is no ISO 8601 time: 05/02/2024"),
    );
  });

  test("says so when the time column is missing", async () => {
    const folder = folderWith({ "a.csv": "id\n1\n" });
    const connection = connect(folder, [{ file: "a.csv", object: "contacts", key: "id", modified: "Changed" }]);
    expect(await failure(connection.check())).toEqual(refusal('a.csv has no column "Changed", which modified names'));
  });
});

test("a page with a fault stores nothing and leaves the place: mended, the import goes on", async () => {
  const rows = Array.from({ length: 700 }, (_, n) => `${n},x\n`).join("");
  const folder = folderWith({ "contacts.csv": `id,a\n${rows}700,"cut` });
  const stream = contactsIn(folder);
  const first = await stream.pages({ after: null, fields: [] });
  expect(first.records).toHaveLength(500);
  await expect(stream.pages({ after: first.next, fields: [] })).rejects.toThrow("line 702");

  appendFileSync(join(folder, "contacts.csv"), ' off"\n');
  const again = await stream.pages({ after: first.next, fields: [] });
  expect(again.records.at(0)?.id).toBe("0"); // another file now: from its beginning
  const rest = await stream.pages({ after: again.next, fields: [] });
  expect(rest.records.at(-1)?.payload).toEqual({ id: "700", a: "cut off" });
});
