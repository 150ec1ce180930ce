import { expect, test } from "vitest";
import { createFields } from "../../src/cli/create-fields.ts";
import type { Desk } from "../../src/cli/desk.ts";
import { createOutput } from "../../src/cli/output.ts";

const unknown = async (): Promise<never> => {
  throw new Error("nobody asks for this");
};
const missing = [{ object: "Contact", field: "Journey_Hub_Stage__c", instructions: "Create it." }];
const failure = { message: "Salesforce is out of order (503)", remedy: "Try again later." };
const answers: Readonly<Record<string, object>> = {
  "/api/v1/writebacks/check": { missing, creatable: true, failure: null },
  "/api/v1/writebacks/create-fields": { missing: [], created: [], creatable: true, failure },
};
const desk: Desk = {
  get: unknown,
  lines: unknown,
  ended: unknown,
  run: unknown,
  post: async (path) => JSON.parse(JSON.stringify(answers[path])),
};

test("why fields could not be created is told", async () => {
  const warned: string[] = [];
  const output = { ...createOutput(true), json: false, warn: (line: string) => void warned.push(line) };
  await createFields(desk, output, { connections: ["salesforce"], isAgreed: true });
  expect(warned.join("\n")).toContain("Salesforce is out of order (503)");
});
