import { execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { packageRoot } from "../src/lib/package-root.ts";
import { lintMappings } from "../src/mapping/index.ts";
import { type Installation, install } from "./fixtures/installation.ts";
import { freePort, startServing } from "./fixtures/process.ts";

/*
 * What `npm pack` makes, unpacked in a folder of its own beside nothing but the packages it names as dependencies: its demo, and the page
 * "Write a connector", whose blocks are run here as they stand, from the skeleton to customers. Instead of a registry there is that folder.
 */

let at: Installation;
beforeAll(() => {
  at = install("@types/node"); // for the types of the page's snippets
  layCommands(at);
});
afterAll(() => at.remove());

test("the package holds what it needs and nothing of the workshop", () => {
  for (const file of [
    "LICENSE",
    "README.md",
    "CHANGELOG.md",
    "mappings/hubspot/contacts.yaml",
    "drizzle/sqlite/0000_start.sql",
    "connectors/hubspot/README.md",
  ]) {
    expect([file, existsSync(join(at.installed, file))]).toEqual([file, true]);
  }
  for (const folder of ["test", "node_modules", ".ci"]) expect(existsSync(join(at.installed, folder))).toBe(false);
});

test("its command starts a folder and finds its own rules good", () => {
  expect(at.run("init", "--data", "data").status).toBe(0);
  const { status, stdout } = at.run("lint", "--data", "data", "--json");
  expect([status, JSON.parse(stdout).findings]).toEqual([0, []]);
});

test("its demo runs to the end", async () => {
  const { status, stdout, stderr } = at.run("demo", "--exit", "--json", "--port", String(await freePort()));
  expect([status, stderr]).toEqual([0, ""]);
  const { first, story } = JSON.parse(stdout);
  expect(first.records).toBeGreaterThan(20_000);
  expect(first.customers).toBeGreaterThan(2_000);
  // One stage, score and grade stand in all three CRMs.
  const told = story.standing.map(({ values }: { values: Record<string, unknown> }) => [
    values.stage,
    String(values.score),
    values.grade,
    values.why,
  ]);
  expect(told).toHaveLength(3);
  expect(new Set(told.map((values: unknown[]) => JSON.stringify(values))).size).toBe(1);
  expect(told[0]?.[0]).toEqual(expect.any(String));
  const kinds = story.customer.timeline.map(({ kind }: { kind: string }) => kind);
  expect(kinds).toEqual(expect.arrayContaining(["form.submitted", "deal.won", "invoice.paid", "ticket.escalated"]));
}, 180_000);

const page = readFileSync(join(packageRoot, "src", "connector", "README.md"), "utf8");
const blocks = [...page.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)].map(([, language = "", code = ""]) => ({
  language,
  code,
}));
const codeIn = (language: string) => blocks.filter((block) => block.language === language).map(({ code }) => code);

/** `journey-hub` as an installed command; `npm test`, and `npm install` as far as it links a folder. */
function layCommands({ folder, command }: Installation): void {
  const npm = `case "$1 $2" in
    "install --prefix") mkdir -p "$3/node_modules" && ln -s "$PWD/$4" "$3/node_modules/journey-hub-demo-crm" ;;
    "install ") ;;
    "test ") exec "${process.execPath}" --test ;;
    *) echo "npm $* is not to be run here" >&2; exit 1 ;;
  esac`;
  mkdirSync(join(folder, "bin"));
  for (const [name, script] of [
    ["journey-hub", `exec "${process.execPath}" "${command}" "$@"`],
    ["npm", npm],
  ] as const) {
    writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(folder, "bin", name), 0o755);
  }
}

const environment = () => ({ ...process.env, PATH: `${join(at.folder, "bin")}:${process.env.PATH}` });

function shell(code: string): string {
  const { status, stdout, stderr } = spawnSync("sh", ["-e", "-c", code], {
    cwd: at.folder,
    env: environment(),
    encoding: "utf8",
    timeout: 100_000,
  });
  expect([code, status, status === 0 ? "" : `${stdout}\n${stderr}`]).toEqual([code, 0, ""]);
  return stdout;
}

/** Starts a command that serves until it is stopped, and waits for the line that says it is ready. */
async function serving(code: string): Promise<() => Promise<void>> {
  const child = spawn("sh", ["-c", `exec ${code}`], {
    cwd: at.folder,
    env: environment(),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const gone = new Promise<void>((resolve) => child.once("close", () => resolve()));
  let said = "";
  await new Promise<void>((resolve, reject) => {
    child.stdout.on("data", (chunk) => {
      said += chunk;
      if (said.includes("Ctrl-C stops")) resolve();
    });
    void gone.then(() => reject(new Error(`it ended before it was ready: ${said}`)));
  });
  return async () => {
    child.kill("SIGTERM");
    await gone;
  };
}

const isHubFile = (code: string): boolean => parse(code).plugins !== undefined;

test("the commands of the page lead from nothing to customers", async () => {
  const port = String(await freePort());
  let stop: () => Promise<void> = async () => undefined;
  let told = "";
  try {
    for (const { language, code } of blocks.map((block) => ({ ...block, code: block.code.replaceAll("8371", port) }))) {
      if (language === "yaml" && isHubFile(code)) writeFileSync(join(at.folder, "data", "journey-hub.yaml"), code);
      else if (language === "sh" && code.startsWith("journey-hub simulate")) stop = await serving(code.trim());
      else if (language === "sh") told = shell(code);
    }
    expect(told).toMatch(/demo contacts {2}Contact created/);
    const hubPort = await freePort();
    const { key } = JSON.parse(at.run("init", "--key", "test", "--json", "--data", "data").stdout).key;
    const hub = await startServing(
      [at.command, "start", "--data", join(at.folder, "data"), "--port", String(hubPort)],
      hubPort,
    );
    const list = await fetch(`http://127.0.0.1:${hubPort}/api/v1/customers?limit=100`, {
      headers: { Authorization: `Bearer ${key}` },
    });
    expect(await list.json()).toMatchObject({ items: { length: 100 } });
    await hub.end("SIGTERM");
    expect(at.run("doctor", "--data", "data").stdout).toMatch(/plug-ins: 1 keep the contract/);
  } finally {
    await stop();
  }
}, 120_000);

test("connect knows a plug-in's settings", () => {
  const settings = ["--connector", "demo-crm", "--set", "client_id=demo", "--set", "client_secre=demo-secret"];
  const { status, stderr } = at.run("connect", "second", ...settings, "--data", "data");
  expect([status, stderr]).toEqual([2, expect.stringMatching(/Demo CRM has no setting "client_secre".*client_secret/)]);
});

test("simulate says which vendors there are, plug-ins among them", () => {
  const { status, stderr } = at.run("simulate", "--vendor", "acme", "--data", "data");
  expect([status, stderr]).toEqual([
    2,
    expect.stringMatching(/no vendor "acme".* salesforce, hubspot, netsuite, demo-crm/),
  ]);
});

test("a hub with a plug-in that is refused does not start, and says by which rule", () => {
  const file = join(at.folder, "data", "journey-hub.yaml");
  const good = readFileSync(file, "utf8");
  writeFileSync(file, good.replace("plugins: [journey-hub-demo-crm]", "plugins: [journey-hub-demo-crm, ./nowhere]"));
  const { status, stdout } = at.run("sync", "--json", "--data", "data");
  expect([status, JSON.parse(stdout).error.message]).toEqual([
    2,
    expect.stringMatching(
      /^The plug-in \.\/nowhere is refused:\n {2}found: .*nowhere has no package\.json: give the folder/,
    ),
  ]);
  writeFileSync(file, good);
});

test("the page's JavaScript and all of the package have the types that are published", () => {
  const [folder, snippets] = [join(at.folder, "demo-crm"), join(at.folder, "demo-crm", "page")];
  mkdirSync(snippets);
  for (const [n, code] of codeIn("js").entries()) writeFileSync(join(snippets, `snippet-${n + 1}.js`), code);
  const config = {
    extends: "../jsconfig.json",
    compilerOptions: { types: ["node"], noEmit: true },
    include: ["*.js", "../*.js", "../*/*.js"],
  };
  writeFileSync(join(snippets, "tsconfig.json"), JSON.stringify(config));
  const tsc = join(packageRoot, "node_modules", "typescript", "bin", "tsc");
  const { status, stdout } = spawnSync(process.execPath, [tsc, "-p", snippets], { cwd: folder, encoding: "utf8" });
  expect([status, stdout]).toEqual([0, ""]);
});

test("the page's JavaScript does what it says", () => {
  const snippets = join(at.folder, "demo-crm", "page");
  const names = readdirSync(snippets).filter((name) => name.endsWith(".js"));
  expect(names).toHaveLength(codeIn("js").length);
  const all = names.map((name) => `await import("./${name}");`).join("\n");
  expect(() => execFileSync(process.execPath, ["--input-type=module", "--eval", all], { cwd: snippets })).not.toThrow();
});

test("the page's mapping has no mistake, and its example comes out as written", () => {
  const mappings = codeIn("yaml").filter((code) => !isHubFile(code));
  expect(mappings.map((text) => lintMappings([{ file: "demo-crm/deals.yaml", text }]))).toEqual([[]]);
});

test("a skeleton can be run with any journey-hub, and names no registry and no folder", () => {
  const { stdout } = at.run(
    "new",
    "connector",
    "acme",
    "--directory",
    "made/here",
    "--journey-hub",
    "file:../kit.tgz",
    "--json",
  );
  const { files, ...told } = JSON.parse(stdout);
  expect(told).toEqual({ connector: "acme", directory: "made/here" });
  expect(files).toContain("mappings/acme/contacts.yaml");
  const texts = files.map((file: string) => readFileSync(join(at.folder, "made/here", file), "utf8"));
  expect(texts.filter((text: string) => /%[A-Z]+%|registry|\/home\//.test(text) || text.includes(at.folder))).toEqual(
    [],
  );
  const manifest = JSON.parse(readFileSync(join(at.folder, "made/here/package.json"), "utf8"));
  expect(manifest).toMatchObject({ name: "journey-hub-acme", devDependencies: { "journey-hub": "file:../kit.tgz" } });
});

describe("nothing is written, and the exit code is 2,", () => {
  test.each([
    ["into a folder that holds something", ["demo-crm"], /demo-crm is not empty .*--directory/],
    ["in the place of a file", ["acme", "--directory", "bin/npm"], /bin\/npm is a file/],
    ["for an id that a shipped connector has", ["hubspot"], /hubspot is a connector that is shipped/],
    ["for an id that cannot be one", ["Acme CRM"], /"Acme CRM" cannot be the id/],
    ["for an id that leads elsewhere", ["../acme"], /cannot be the id/],
  ])("%s", (_, args, said) => {
    const before = readdirSync(at.folder).sort();
    const { status, stdout, stderr } = at.run("new", "connector", ...args, "--json");
    expect([status, stderr]).toEqual([2, ""]);
    expect(JSON.parse(stdout).error.message).toMatch(said);
    expect(readdirSync(at.folder).sort()).toEqual(before);
  });
});
