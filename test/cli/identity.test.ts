import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reviewsText } from "../../src/cli/reviews-text.ts";
import type { ReviewView } from "../../src/hub/queries/reviews.ts";
import { builtCli, runCli } from "../fixtures/process.ts";
import { startAccount } from "./harness.ts";

const folder = mkdtempSync(join(tmpdir(), "journey-hub-identity-cli-"));
const file = join(folder, "people.csv");
const mapping = join(folder, "people.yaml");
beforeAll(() => {
  writeFileSync(
    mapping,
    `apiVersion: journey-hub/v1
kind: Mapping
metadata: { connector: csv, object: people }
to: contact
record: { id: id }
fields: { first_name: first, last_name: last, emails: [{ email: { from: mail, do: email } }] }
identifiers: [{ type: salesforce_contact, value: sf }]
`,
  );
  writeFileSync(
    file,
    "id,first,last,mail,sf,who\n1,Ann,Lee,ann@lee.example,,a\n2,Ann,Lee,ann@lee.example,,a\n3,Bob,Ray,bob@ray.example,x1,b\n4,Cleo,Voss,,x1,c\n",
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const evaluating = (...more: string[]) => runCli(["identity", "evaluate", file, "--mapping", mapping, ...more]);

describe("identity evaluate", () => {
  test("says the precision first, and shows each wrong merge with its parts", async () => {
    const { code, stdout, stderr } = await evaluating("--truth", "who");
    expect([code, stderr]).toEqual([0, ""]);
    const [first] = stdout.split("\n");
    expect(first).toBe("Precision at the merge threshold: 1.0000");
    expect(stdout).toContain(
      "people.csv: 4 records, 4 labelled; customers: 3 by the labels, 2 found; pairs of one customer: 1.",
    );
    expect(stdout).toContain("Compared: first_name in 4 records, last_name in 4, email in 3.\n");
    expect(stdout).toMatch(/^customers, by pairs +0\.5000 +1\.0000 +0\.6667$/m);
    expect(stdout).toMatch(/^4 and 3, of c and b, by the claim salesforce_contact:x1$/m);
    expect(stdout).toMatch(/^ {2}last_name: different +−\d/m);
  });

  test("--at judges other merge thresholds, and refuses what is none", async () => {
    const { code, stdout } = await evaluating("--truth", "who", "--at", "0.5,0.9");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^pairs with p ≥ 0\.9 +1\.0000 +1\.0000 +1\.0000$/m);
    expect(stdout).toMatch(/^ {2}customers, by pairs +0\.5000 +1\.0000 +0\.6667 +2$/m);
    const refused = await evaluating("--truth", "who", "--at", "0.5,1");
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining("0.5 to below 1")]);
  });

  test("says of records that are enough to learn from that --train would", async () => {
    const many = join(folder, "many.csv");
    const rows = Array.from({ length: 500 }, (_, n) => `${n},Ann,Lee${n},,,p${n >> 1}`);
    writeFileSync(many, `${readFileSync(file, "utf8").split("\n")[0]}\n${rows.join("\n")}\n`);
    const said = await Promise.all(
      [file, many].map((each) => runCli(["identity", "evaluate", each, "--mapping", mapping, "--truth", "who"])),
    );
    expect(said.map(({ stdout }) => stdout.includes("`--train` does so first"))).toEqual([false, true]);
  });

  test("goes by the shipped rules without --data, whatever rules lie where it is run", async () => {
    const here = mkdtempSync(join(folder, "here-"));
    mkdirSync(join(here, "mappings", "identity"), { recursive: true });
    writeFileSync(join(here, "mappings", "identity", "default.yaml"), "kind: Identity\n");
    const asked = ["identity", "evaluate", file, "--mapping", mapping, "--truth", "who"];
    const { stdout } = await promisify(execFile)(process.execPath, [builtCli, ...asked], { cwd: here });
    expect(stdout).toContain("customers: 3 by the labels, 2 found");
  });

  test.each(["Germany", "de", "XX"])("refuses the country %s, by which no number could be read", async (country) => {
    const { code, stderr } = await evaluating("--truth", "who", "--country", country);
    expect([code, stderr]).toEqual([2, expect.stringContaining("Write an ISO 3166 code: US, DE.")]);
  });
});

describe("of a small account", () => {
  let account: Awaited<ReturnType<typeof startAccount>>;
  beforeAll(async () => {
    account = await startAccount();
    await runCli(["sync", "--data", account.folder]);
  });
  afterAll(() => account.stop());

  test("identity train says that there is too little to learn from, and ends with 2", async () => {
    const { code, stderr } = await runCli(["identity", "train", "--data", account.folder]);
    expect([code, stderr]).toEqual([2, expect.stringContaining("3 persons' and 0 companies' records")]);
  });

  test("export links writes a table to standard output, or lines of JSON into a file for its owner alone", async () => {
    const { stdout } = await runCli(["export", "links", "--data", account.folder]);
    const [head, ...lines] = stdout.trimEnd().split("\r\n");
    expect(head).toBe(
      "record_key,connection,object,remote_id,customer_id,customer_name,kind,because,with,claim,probability,rules",
    );
    expect(lines.map((line) => line.split(",")[0])).toEqual([101, 102, 103].map((id) => `hubspot:contacts:${id}`));
    const out = join(folder, "links.jsonl");
    const written = await runCli(["export", "links", "--data", account.folder, "--json", "--out", out]);
    expect(JSON.parse(written.stdout)).toEqual({ rows: 3, file: out });
    const links = readFileSync(out, "utf8")
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(links[0]).toMatchObject({
      record_key: "hubspot:contacts:101",
      customer_name: "Person1 Example",
      because: "founder",
    });
    expect(statSync(out).mode & 0o777).toBe(0o600);
  });

  test("export links into what can be no file says what to do, and leaves nothing behind", async () => {
    const here = mkdtempSync(join(folder, "export-"));
    const cases = [
      [join(here, "not", "there", "links.csv"), `there is no folder ${join(here, "not", "there")}: make it`],
      [here, "that is a folder: name a file in it"],
      [join(file, "links.csv"), "is no folder: name a file in another one"],
    ] as const;
    for (const [out, why] of cases) {
      const { code, stdout, stderr } = await runCli(["export", "links", "--data", account.folder, "--out", out]);
      expect([code, stdout, stderr]).toEqual([2, "", expect.stringContaining(why)]);
    }
    expect([...readdirSync(here), ...readdirSync(folder).filter((name) => name.endsWith(".new"))]).toEqual([]);
  });

  test("identity reviews lists pairs that wait for a person; link and unmerge decide, revoke takes it back, decisions tells it all", async () => {
    const run = (...args: string[]) => runCli(["identity", ...args, "--data", account.folder]);
    const json = async (...args: string[]) => JSON.parse((await run(...args, "--json")).stdout);
    const [ann, bea] = ["hubspot:contacts:101", "hubspot:contacts:102"] as const;
    expect((await run("reviews")).stdout).toContain("No pair waits for a person");
    const linked = await run("link", ann, bea, "--reason", "asked both");
    expect([linked.code, linked.stdout]).toEqual([0, `Decision 1: ${ann} and ${bea} are one customer.\n`]);
    const again = await run("link", ann, bea, "--reason", "once more");
    expect([again.code, again.stderr]).toEqual([
      1,
      expect.stringMatching(/^✗ That was decided already by .*: asked both/),
    ]);
    expect(await json("unmerge", bea, "--reason", "her aunt")).toMatchObject({
      items: [{ id: 2, kind: "cannot_link" }],
    });
    const none = await run("decisions", "--record", "hubspot:contacts:103");
    expect(none.stdout).toBe("Nobody has decided anything about hubspot:contacts:103.\n");
    expect((await run("decisions")).stdout).toMatch(/^1 .* asked both \(overruled by 2\)$/m);
    expect((await run("revoke", "1", "2", "--by", "Kim Ito", "--reason", "wrong Ann")).stdout).toBe(
      `Decision 1 is taken back, that ${ann} and ${bea} are one customer.\nDecision 2 is taken back, that ${ann} and ${bea} are not one customer.\n`,
    );
    expect(await json("decisions", "--record", bea)).toMatchObject({
      items: [
        {
          id: 2,
          by: expect.stringMatching(/^cli:./),
          reason: "her aunt",
          revoked_by: "cli:Kim Ito",
          revoked_reason: "wrong Ann",
        },
        { id: 1, reason: "asked both", revoked_at: expect.any(String) },
      ],
    });
    expect((await run("decisions")).stdout).toMatch(/her aunt \(taken back by cli:Kim Ito, .{16}: wrong Ann\)\n/);
  });

  test("doctor and lint say that customers were joined by other identity rules than those in use", async () => {
    const rules = join(account.folder, "mappings", "identity");
    mkdirSync(rules, { recursive: true });
    const shipped = readFileSync(new URL("../../mappings/identity/default.yaml", import.meta.url), "utf8");
    writeFileSync(join(rules, "default.yaml"), shipped.replace("merge: 0.99", "merge: 0.98"));
    const said = "identity rules changed since 3 customers were joined: run `journey-hub replay`";
    const lint = await runCli(["lint", "--data", account.folder, "--json"]);
    expect([lint.code, JSON.parse(lint.stdout)]).toEqual([0, { files: expect.any(Number), findings: [], note: said }]);
    const doctor = await runCli(["doctor", "--data", account.folder]);
    expect([doctor.code, doctor.stdout]).toEqual([1, expect.stringContaining(`✗ identity: ${said}`)]);
    await runCli(["replay", "--data", account.folder]);
    expect((await runCli(["doctor", "--data", account.folder])).stdout).toContain("✓ identity: ");
  });

  test("a pair stands with both records, their customers, and what each field adds", () => {
    const left = { record_key: "hubspot:contacts:1", customer: { id: "c_0", name: "Grace Hopper" } };
    const right = { record_key: "erp:customer:2", customer: { id: "c_1", name: "" } };
    const fields = [{ field: "last_name", level: "exact", weight: 9, frequency: -1 }];
    const pair: ReviewView = {
      kind: "person",
      probability: 0.8,
      weight: 2,
      prior: -6,
      fields,
      refused: true,
      shared: null,
      left,
      right,
      values: [
        { field: "first_name", left: ["Grace"], right: [], agree: null },
        { field: "last_name", left: ["Hopper"], right: [], agree: null },
        { field: "title", left: ["Admiral"], right: [], agree: null },
        {
          field: "email",
          left: ["grace@navy.example", "g@navy.example"],
          right: ["hopper@navy.example"],
          agree: false,
        },
        {
          field: "address",
          left: [{ type: "work", city: "Arlington", country: "US" }],
          right: [{ type: "work", country: "US" }],
          agree: false,
        },
      ],
    };
    expect(reviewsText({ items: [pair], next_cursor: "next" }).split("\n")).toEqual([
      "hubspot:contacts:1  erp:customer:2  person, p 0.8000",
      "  hubspot:contacts:1  is  Grace Hopper    c_0",
      "  erp:customer:2      is  without a name  c_1",
      "  hubspot:contacts:1  says  Grace Hopper  grace@navy.example +1  Arlington",
      "  erp:customer:2      says  –             hopper@navy.example    –",
      "  The score alone would join them; a conflict, a limit or names that disagree speak against it.",
      "  before anything is compared  −6.0",
      "  last_name: exact             +9.0  −1.0 for how frequent the value is",
      "  together                     +2.0  p 0.8000",
      "",
      expect.stringMatching(/^Decide with `journey-hub identity link` or `separate`/),
      "There are more: --cursor next",
    ]);
    const shared = { claim: "email:ann@a.example", because: "limit:email" } as const;
    const nothing = { field: "first_name", level: "other", weight: -0.04, frequency: 0 };
    const text = reviewsText({ items: [{ ...pair, shared, fields: [nothing] }], next_cursor: null });
    expect(text).toContain(
      "  They share email:ann@a.example and are kept apart because together they would have more values of email than the rules allow one customer.",
    );
    expect(text).toMatch(/^ {2}first_name: other +0\.0/m);
  });

  test.each([
    [["separate", "hubspot:contacts:101", "hubspot:contacts:102"], 2, "Say why with --reason"],
    [
      ["separate", "hubspot:contacts:101", "hubspot:contacts:999", "--reason", "x"],
      1,
      "hubspot:contacts:999 is not known",
    ],
    [["link", "a", "hubspot:contacts:101", "--reason", "x"], 1, "a is no record: name records as"],
    [["evaluate", file, "--mapping", "nosuch.yaml", "--truth", "who"], 2, "There is no file nosuch.yaml."],
    [["reviews", "--limit", "201"], 2, "It is between 1 and 200."],
    [["revoke", "77"], 2, "Say why with --reason"],
    [["revoke", "77", "--reason", "x"], 1, "No decision 77 stands."],
  ])("identity %j ends with %i and says: %s", async (args, code, message) => {
    const ended = await runCli(["identity", ...args, "--data", account.folder]);
    expect([ended.code, ended.stderr]).toEqual([code, expect.stringContaining(message)]);
  });
});
