import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, test } from "vitest";
import { packageRoot } from "../../../src/lib/package-root.ts";

type Package = Record<string, string>;

/** The smallest plug-in that keeps every rule. */
const whole: Package = {
  "package.json":
    '{ "name": "acme", "exports": "./index.js", "type": "module", "peerDependencies": { "journey-hub": "^0.1.0" } }',
  "index.js": `
import { defineConnector } from "journey-hub/connector";
import { z } from "zod";
export default defineConnector({
  id: "acme",
  title: "Acme",
  config: z.strictObject({ api_token: z.string().meta({ secret: true }) }),
  limits: () => ({ concurrency: 1 }),
  open: () => null,
  check: async () => ({ id: "1", name: "Acme" }),
  streams: {
    people: { object: "people", sweep: { order: "text" }, pages: async () => ({ records: [], next: null }), byId: async () => [] },
  },
});
`,
  "mappings/acme/people.yaml": `
apiVersion: journey-hub/v1
kind: Mapping
metadata: { connector: acme, object: people }
to: contact
record: { id: id }
fields: { first_name: name }
examples:
  - { name: a person, in: { id: p1, name: Ann }, out: { fields: { first_name: Ann } } }
`,
};

/** The whole one with a text of a file replaced. */
const but = (file: string, from: string, to: string): Package => {
  const text = whole[file] ?? "";
  if (!text.includes(from)) throw new Error(`${file} has no ${from}`);
  return { ...whole, [file]: text.replace(from, to) };
};
const without = (file: string): Package => Object.fromEntries(Object.entries(whole).filter(([name]) => name !== file));
const index = (from: string, to: string) => but("index.js", from, to);

const halfWriteback =
  '{ targets: { people: { stage: "s" } }, batchMax: 1, concurrency: 1, prepare: async () => [], apply: async () => [] }';

/** The text of an object of these functions, and of a `work` of its own. */
const wholeOf = (names: string) => `{ ${[...names.split(" "), "work"].map((name) => `${name}() {}`).join(", ")} }`;
const ofCalls = `{ paths: [], ...${wholeOf("missing bytesMax verify read")} }`;

const cases: readonly [what: string, files: Package, rule: string | null, said: RegExp][] = [
  ["keeps every rule", whole, null, /^$/],
  ["brings a kit of its own, which is not taken", { ...whole, ...otherKit() }, null, /^$/],
  ["has no package.json", without("package.json"), "found", /has no package\.json: give the folder/],
  ["has a broken package.json", { ...whole, "package.json": "{" }, "package", /package\.json cannot be read/],
  ["exports nothing", but("package.json", '"./index.js"', '{ "./more": "./index.js" }'), "package", /exports no "\."/],
  [
    "names no journey-hub",
    but("package.json", '"journey-hub"', '"other"'),
    "kit-version",
    /"peerDependencies": \{ "journey-hub"/,
  ],
  [
    "is of another time",
    but("package.json", "^0.1.0", ">=9 <10"),
    "kit-version",
    /written for journey-hub >=9 <10, and this is 0\.1/,
  ],
  ["names no range", but("package.json", "^0.1.0", "latest"), "kit-version", /"latest" is no range/],
  [
    "needs what is not installed",
    index('from "zod"', 'from "not-installed-anywhere"'),
    "loads",
    /Cannot find package.*run npm install/,
  ],
  ["cannot be parsed", index("export default", "export default default"), "loads", /Unexpected token/],
  ["fails as it loads", { ...whole, "index.js": 'throw new Error("no licence");' }, "loads", /no licence/],
  [
    "exports a connector it made itself",
    { ...whole, "index.js": 'export default { id: "acme" };' },
    "default-export",
    /what defineConnector returns/,
  ],
  ["takes a shipped id", index('id: "acme"', 'id: "hubspot"'), "id-taken", /another connector "hubspot"/],
  ["has an id that cannot be one", index('id: "acme"', 'id: "Acme CRM"'), "id", /small letter/],
  ["has no title", index('title: "Acme",', ""), "title", /title/],
  [
    "has no schema",
    index("z.strictObject({ api_token: z.string().meta({ secret: true }) })", "{}"),
    "config",
    /schema of zod 4/,
  ],
  ["cannot be opened", index("open: () => null,", ""), "open", /open: give a function/],
  [
    "cannot prove its credentials",
    index("check: async", "check: 1, checked: async"),
    "check",
    /check: give a function/,
  ],
  [
    "has a stream without pages",
    index("pages: async", "page: async"),
    "streams",
    /streams\.people\.pages: give a function/,
  ],
  [
    "has a misspelt part",
    index("byId: async", "count: undefined, byID: async"),
    "known-names",
    /streams\.people: the contract has no "byID"/,
  ],
  [
    "sweeps without proof",
    index("byId: async () => []", "count: async () => 0"),
    "proof-of-absence",
    /streams\.people: sweep asks/,
  ],
  [
    "looks for late ones nowhere",
    index("byId: async", "stragglers: { byMs: 1, everyMs: 1 }, byId: async"),
    "stragglers",
    /give changes/,
  ],
  [
    "takes nothing in",
    { ...without("mappings/acme/people.yaml"), "index.js": withoutStreams() },
    "streams",
    /nothing comes in/,
  ],
  ["leaves a secret open", index(".meta({ secret: true })", ""), "secrets", /config\.api_token: mark it/],
  [
    "has half a webhook",
    index("streams: {", "webhook: { verify() {} }, streams: {"),
    "webhook",
    /webhook\.missing: give a function/,
  ],
  [
    "reads what it kept in two ways",
    index("streams: {", `webhook: ${wholeOf("missing verify deliveries")}, tracking: ${ofCalls}, streams: {`),
    "one-reading",
    /tracking: what was kept does not say how it came/,
  ],
  [
    "writes to too few fields",
    index("streams: {", `writeback: ${halfWriteback}, streams: {`),
    "writeback",
    /stage, stage_date, score/,
  ],
  ["maps nothing", without("mappings/acme/people.yaml"), "mappings", /nothing maps its object "people"/],
  [
    "has a mistake in a mapping",
    but("mappings/acme/people.yaml", "first_name: name", "first_nam: name"),
    "mappings",
    /acme\/people\.yaml:7:\d+ .*first_nam/,
  ],
  [
    "has an example that fails",
    but("mappings/acme/people.yaml", "first_name: Ann }", "first_name: Bo }"),
    "mappings",
    /example "a person"/,
  ],
  [
    "maps for another connector",
    { ...whole, "mappings/hubspot/contacts.yaml": whole["mappings/acme/people.yaml"] ?? "" },
    "mappings",
    /lie in mappings\/acme\//,
  ],
];

/** The text of the entry with no stream. */
function withoutStreams(): string {
  return (whole["index.js"] ?? "").replace(/people: \{.*\n/, "");
}

/** A package called journey-hub that a plug-in has installed for its tests. */
function otherKit(): Package {
  const exports = { "./connector": "./connector.js" };
  return {
    "node_modules/journey-hub/package.json": JSON.stringify({ name: "journey-hub", type: "module", exports }),
    "node_modules/journey-hub/connector.js": 'throw new Error("this copy is not the hub\'s");',
  };
}

const folder = mkdtempSync(join(tmpdir(), "journey-hub-plugins-"));
let outcomes: Record<string, { rule: string; message: string }[]> = {};
beforeAll(() => {
  for (const [n, [, files]] of cases.entries()) {
    for (const [file, text] of Object.entries(files)) {
      const path = join(folder, `case-${n}`, file);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
  }
  const script = fileURLToPath(new URL("./refusals.ts", import.meta.url));
  const args = ["--conditions=journey-hub-source", "--import", "tsx", script, folder];
  outcomes = JSON.parse(execFileSync(process.execPath, args, { cwd: packageRoot, encoding: "utf8" }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(cases.map(([what, , rule, said], n) => ({ what, rule, said, name: `case-${n}` })))(
  "a plug-in that $what: $rule",
  ({ rule, said, name }) => {
    const broken = outcomes[name] ?? [];
    expect(broken.map((each) => each.rule)).toEqual(rule === null ? [] : expect.arrayContaining([rule]));
    expect(broken.map(({ message }) => message).join("\n")).toMatch(said);
  },
);

test("of two plug-ins that have one id the second is refused", () => {
  expect(outcomes["case-0+case-0"]).toMatchObject([{ rule: "id-taken" }]);
});

test("the page names every rule", () => {
  const page = readFileSync(join(packageRoot, "src", "connector", "README.md"), "utf8");
  const [, table = ""] = page.split("| rule | what it asks |");
  const named = [...table.matchAll(/^\| (`[^|]+) \|/gm)].flatMap(([, names = ""]) => names.match(/[\w-]+/g) ?? []);
  expect(named).toEqual(expect.arrayContaining([...new Set(cases.flatMap(([, , rule]) => rule ?? []))]));
});
