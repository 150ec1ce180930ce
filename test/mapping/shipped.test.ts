import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { lintMappings, loadMappings, readMappingFolders, shippedMappings } from "../../src/mapping/index.ts";
import { kinds } from "../../src/model/index.ts";

const files = await readMappingFolders([shippedMappings]);
const { all } = loadMappings(files);

test("every shipped mapping lints clean, its examples included", () => {
  expect(lintMappings(files)).toEqual([]);
});

test("there is a mapping for every object the connectors read", () => {
  const objects = (connector: string): string[] =>
    all.filter((mapping) => mapping.connector === connector).map(({ object, to }) => `${object} → ${to.join(" or ")}`);
  expect(objects("hubspot")).toEqual([
    "calls → activity",
    "companies → company",
    "contacts → contact",
    "deal_pipelines → pipeline",
    "deals → deal",
    "emails → activity",
    "meetings → activity",
    "notes → activity",
    "owners → owner",
    "ticket_pipelines → pipeline",
    "tickets → ticket",
  ]);
  expect(objects("salesforce")).toEqual([
    "Account → company",
    "Case → ticket",
    "Contact → contact",
    "Event → activity",
    "Lead → contact",
    "Opportunity → deal",
    "OpportunityContactRole → association",
    "OpportunityStage → pipeline",
    "Task → activity",
    "User → owner",
  ]);
  expect(objects("netsuite")).toEqual([
    "contact → contact",
    "creditmemo → invoice",
    "customer → company or contact",
    "customerpayment → payment",
    "employee → owner",
    "estimate → quote",
    "invoice → invoice",
    "opportunity → deal",
    "salesorder → order",
    "supportcase → ticket",
  ]);
  expect(objects("webhook")).toEqual([
    "cloudevents → activity",
    "events → activity",
    "github_issue_comment → activity",
    "github_issues → ticket",
    "shopify_customers → contact",
    "shopify_orders → order",
    "stripe_customer → contact",
    "stripe_invoice → invoice",
    "stripe_payment_intent → payment",
    "surveymonkey_responses → activity",
    "typeform_responses → activity",
  ]);
  expect(objects("tracking")).toEqual([
    "calls → activity",
    "google_events → activity",
    "groups → company",
    "members → contact",
    "users → contact",
    "visitors → contact",
  ]);
  expect(objects("csv")).toEqual(["contacts → contact"]);
});

test.each(files.map(({ file, text }) => [file, text]))(
  "the records of %s's examples satisfy the model",
  (_file, text) => {
    const written: unknown = parse(text);
    const { metadata, examples } = exampleFile(written);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      const context = { lookup: (table: string, key: string) => example.lookups?.[table]?.[key], ...example.settings };
      const outcome = all
        .find(({ connector, object }) => connector === metadata.connector && object === metadata.object)
        ?.map(example.in, context);
      if (outcome && "record" in outcome) {
        expect(kinds[outcome.record.kind].safeParse(outcome.record.fields).error?.issues ?? []).toEqual([]);
      }
    }
  },
);

interface ExampleFile {
  metadata: { connector: string; object: string };
  examples: {
    in: Record<string, unknown>;
    settings?: Record<string, string>;
    lookups?: Record<string, Record<string, Record<string, unknown>>>;
  }[];
}

function exampleFile(written: unknown): ExampleFile {
  if (!isExampleFile(written)) throw new Error("a shipped mapping has metadata and examples");
  return written;
}

function isExampleFile(written: unknown): written is ExampleFile {
  return typeof written === "object" && written !== null && "metadata" in written && "examples" in written;
}

test("a connector learns from a mapping what to fetch", () => {
  const { find } = loadMappings(files);
  const reads = (connector: string, object: string) => find(connector, object)?.reads ?? [];
  expect(reads("hubspot", "owners")).toEqual([
    "archived",
    "createdAt",
    "email",
    "firstName",
    "id",
    "lastName",
    "updatedAt",
  ]);
  expect(reads("hubspot", "contacts").filter((path) => !path.startsWith("properties."))).toEqual([
    "archived",
    "associations.companies.results",
    "createdAt",
    "id",
    "updatedAt",
    "url",
  ]);
  expect(reads("salesforce", "OpportunityContactRole")).toEqual([
    "ContactId",
    "CreatedDate",
    "Id",
    "IsDeleted",
    "LastModifiedDate",
    "OpportunityId",
    "Role",
    "SystemModstamp",
  ]);
});

test("shipped files are text a person can diff: no tabs, no trailing blanks, a final newline", async () => {
  for (const { file } of files) {
    const text = await readFile(join(shippedMappings, file), "utf8");
    expect(text, file).toMatch(/^[^\t]*\n$/);
    expect(text, file).not.toMatch(/ \n/);
  }
});
