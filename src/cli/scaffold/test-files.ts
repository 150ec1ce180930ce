/** The tests of the connector; `%ID%` is to be filled in. */
export const testFiles: Readonly<Record<string, string>> = {
  "test/contract.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { describeReport, runContract } from "journey-hub/connector/testing";
import createAccount from "../simulator/index.js";

/*
 * Truth, not shape: a seeded story of syncs, kills, failures and troubles on virtual time, after which nothing may be missing,
 * stale, extra or doubled, and no request may have come inside a Retry-After or over the vendor's limit. More seeds find more.
 */
for (const seed of [1, 2, 3]) {
  test(\`nothing is missing, stale, extra or doubled: seed \${seed}\`, async () => {
    const report = await runContract({ create: createAccount, seed, level: "high", records: 400 });
    assert.equal(describeReport(report), \`%ID%, seed \${seed}, level high: the contract is kept\`);
  });
}
`,
  "test/declarations.test.js": `import assert from "node:assert/strict";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { brokenRules } from "journey-hub/connector";
import { lintMappings, readMappingFolders } from "journey-hub/mapping";
import connector from "../index.js";
import { changesPath } from "../query.js";

test("the declaration breaks no rule of the contract", () => {
  assert.deepEqual(brokenRules(connector), []);
});

test("the secrets are marked", () => {
  assert.deepEqual(connector.secrets, ["client_secret"]);
});

test("the mapping files have no mistakes, and their examples come out as written", async () => {
  const folder = fileURLToPath(new URL("../mappings", import.meta.url));
  const files = await readMappingFolders([folder]);
  assert.deepEqual(
    files.map(({ file }) => file),
    ["%ID%/companies.yaml", "%ID%/contacts.yaml"],
  );
  assert.deepEqual(lintMappings(files), []);
});

test("changes are asked for from an instant on, itself included, or behind one record of it", () => {
  const at = "2026-03-01T10:15:00.000Z";
  const since = "/contacts/changes?limit=100&since=2026-03-01T10%3A15%3A00.000Z";
  assert.equal(changesPath("contacts", { at, id: null }), since);
  assert.equal(changesPath("contacts", { at, id: "51" }), \`\${since}&after=51\`);
});
`,
};
