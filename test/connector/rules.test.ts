import { brokenRules, type ConnectorDefinition, ContractError, defineConnector } from "journey-hub/connector";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { connectorIds, loadConnectors } from "../../connectors/index.ts";

// The streams of csv are the files a connection names: it declares none.
test.each(connectorIds.filter((id) => id !== "csv"))("the %s connector breaks no rule of the contract", async (id) => {
  const [connector] = await loadConnectors([id]);
  expect(brokenRules(connector)).toEqual([]);
});

test("what defineConnector did not give is no connector, however it looks", async () => {
  const [hubspot] = await loadConnectors(["hubspot"]);
  expect(brokenRules({ ...hubspot, title: "Our HubSpot" })).toEqual([]);
  for (const other of [{ id: "acme" }, null, undefined, "hubspot", () => hubspot]) {
    expect(brokenRules(other).map(({ rule }) => rule)).toEqual(["default-export"]);
  }
});

describe("a declaration of which nothing can be made is refused on the spot, by every rule it breaks", () => {
  /** As an author without types would write it. */
  const define = (definition: unknown) => defineConnector(definition as ConnectorDefinition<unknown, unknown>);
  const config = z.strictObject({});

  test.each<[string, unknown, string[]]>([
    ["nothing at all", undefined, ["declaration"]],
    ["an empty one", {}, ["id", "title", "config", "limits", "open", "check", "streams"]],
    ["no streams", { id: "acme", title: "Acme", config }, ["limits", "open", "check", "streams"]],
    [
      "a stream that is none",
      { id: "acme", title: "Acme", config, streams: { people: null } },
      ["limits", "open", "check", "streams"],
    ],
  ])("%s", (_, definition, rules) => {
    let broken: readonly string[] = [];
    try {
      define(definition);
    } catch (cause) {
      if (!(cause instanceof ContractError)) throw cause;
      broken = cause.broken.map(({ rule }) => rule);
    }
    expect(broken).toEqual(rules);
  });
});
