import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { Command } from "commander";
import { beforeAll, describe, expect, test } from "vitest";
import { connectorIds, loadConnectors } from "../connectors/index.ts";
import { access } from "../src/api/access.ts";
import { entrySettings, hubSettings, readHubFile } from "../src/hub/folder/config.ts";
import { packageRoot } from "../src/lib/package-root.ts";
import { readSources } from "./house/files.ts";

/* What the README and the connectors' pages say is true of the code: commands, verbs, routes, settings and links. */

const pages = ["README.md", "src/connector/README.md", ...connectorIds.map((id) => `connectors/${id}/README.md`)];
const textOf = (page: string) => readFileSync(join(packageRoot, page), "utf8");
const readme = textOf("README.md");

/** What stands between backticks or in a block of shell lines. */
function codeIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) => block.split("\n"));
  const inline = [...text.replaceAll(/^```[\s\S]*?^```/gm, "").matchAll(/`([^`]+)`/g)].map(([, code = ""]) => code);
  return [...blocks, ...inline].map((code) => code.replaceAll(/\s+/g, " ").trim());
}

describe.each(pages)("%s", (page) => {
  const text = textOf(page);

  test("links lead to files that are there", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)[^)]*\)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(join(packageRoot, dirname(page), link)))).toEqual([]);
  });

  test("commands are verbs that are, with options they have", () => {
    const commands = codeIn(text).flatMap((code) => [...code.matchAll(/(?:^|&& )journey-hub ([a-z]+)([^#|&]*)/g)]);
    const wrong = commands.flatMap(([, verb = "", rest = ""]) => {
      const command = program.commands.find((candidate) => candidate.name() === verb);
      if (!command) return [`journey-hub ${verb}`];
      const known = [
        "--help",
        ...[command, ...command.commands].flatMap(({ options }) => options.map(({ long }) => long)),
      ];
      const used = [...rest.matchAll(/(?<=^|\s)--[a-z-]+/g)].map(([option]) => option);
      return used.filter((option) => !known.includes(option)).map((option) => `journey-hub ${verb} ${option}`);
    });
    expect(wrong).toEqual([]);
  });

  test("npm scripts and benchmarks are there", () => {
    const { scripts } = JSON.parse(textOf("package.json")) as { scripts: Record<string, string> };
    const used = [...text.matchAll(/npm run (?:--silent )?([a-z]+)/g)].map(([, script = ""]) => script);
    expect(used.filter((script) => !(script in scripts))).toEqual([]);
    const benches = [...text.matchAll(/npm run bench -- ([a-z |\n]+)/g)].flatMap(
      ([, names = ""]) => names.match(/[a-z]+/g) ?? [],
    );
    expect(benches.filter((name) => !existsSync(join(packageRoot, "test", "bench", `${name}.ts`)))).toEqual([]);
  });

  test("routes are routes of the hub", () => {
    const routes = codeIn(text).flatMap((code) => [
      ...code.matchAll(/(?:^|\b(GET|POST|DELETE) )(\/(?:api|hooks|healthz|readyz|metrics)[^\s"]*)/g),
    ]);
    const known = Object.keys(access);
    const wrong = routes.flatMap(([, method, path = ""]) => {
      if (path.includes("…")) return [];
      const [, stem = path, ways = ""] = /^(.*)\{([\w,]+)\}$/.exec(path) ?? [];
      const paths = ways === "" ? [path] : ways.split(",").map((way) => `${stem}${way}`);
      return paths.filter((one) => !known.some((route) => matches(route, method, one)));
    });
    expect(wrong).toEqual([]);
  });
});

/** A connection may be named in an example: `/hooks/shop` is `POST /hooks/:connection`. */
function matches(route: string, method: string | undefined, path: string): boolean {
  const [known, pattern = ""] = route.split(" ");
  if (method !== undefined && known !== method) return false;
  return new RegExp(`^${pattern.replaceAll(/:\w+/g, "[^/]+")}$`).test(path.replace(/\?.*$/, ""));
}

test("metrics and environment variables that the README names are those of the code", () => {
  const code = [...readSources("src", "connectors").values()].join("\n");
  const metrics = new Set(codeIn(readme).flatMap((text) => text.match(/\bjourney_hub_[a-z_]+/g) ?? []));
  const isThere = (name: string) => code.includes(name) || code.includes(`"${name.slice("journey_hub_".length)}",`);
  expect([...metrics].filter((name) => !isThere(name))).toEqual([]);
  const used = new Set(code.match(/\bJOURNEY_HUB_[A-Z_]+/g));
  const told = new Set([...readme.matchAll(/^\| `(JOURNEY_HUB_[A-Z_]+)`/gm)].map(([, name]) => name));
  expect([...told].sort()).toEqual([...used].sort());
});

describe("the README's tables of settings", () => {
  const table = (head: string) => {
    const [, after = ""] = readme.split(`| ${head} |`);
    const [rows = ""] = after.split("\n\n");
    return [...rows.matchAll(/^\| `([\w]+)` \|.*\| (?:`([^`]*)`)?[^|]*\|$/gm)].map(
      ([, name, value]) => [name, value] as const,
    );
  };

  test("name every key of journey-hub.yaml, and no other", () => {
    expect(table("in `journey-hub.yaml`").map(([name]) => name)).toEqual(hubSettings);
    expect(table("of a connection").map(([name]) => name)).toEqual(entrySettings);
  });

  test("give the defaults that count", () => {
    const folder = mkdtempSync(join(tmpdir(), "journey-hub-docs-"));
    writeFileSync(
      join(folder, "journey-hub.yaml"),
      "apiVersion: journey-hub/v1\nconnections: { one: { connector: csv } }\n",
    );
    const { connections, apiVersion: _, ...file } = readHubFile(folder);
    rmSync(folder, { recursive: true });
    const { connector, ...entry } = connections.one ?? { connector: "" };
    const told = (head: string) => table(head).filter(([, value]) => value !== undefined);
    const shown = (settings: object) =>
      Object.entries(settings).map(([name, value]) => [
        name,
        typeof value === "string" ? value : JSON.stringify(value),
      ]);
    expect(told("in `journey-hub.yaml`")).toEqual([...shown(file), ["connections", "{}"]]);
    const fixed = [
      ["schedule", "connect"],
      ["quota_share", "0.9"],
    ];
    expect(told("of a connection").filter(([name]) => !fixed.some(([one]) => one === name))).toEqual(shown(entry));
    expect(connector).toBe("csv");
  });
});

describe.each(connectorIds)("the page of %s", (id) => {
  test("names every setting of the connector", async () => {
    const [connector] = await loadConnectors([id]);
    const text = textOf(`connectors/${id}/README.md`);
    expect(Object.keys(connector?.fields ?? {}).filter((field) => !text.includes(`\`${field}\``))).toEqual([]);
  });
});

const program = new Command();
beforeAll(async () => {
  const folder = join(packageRoot, "src", "cli", "verbs");
  for (const file of readdirSync(folder)) {
    const exports = (await import(join(folder, file))) as Record<string, unknown>;
    for (const [name, add] of Object.entries(exports)) {
      if (/^add[A-Z]/.test(name) && typeof add === "function") add(program);
    }
  }
});
