import { type CompiledMapping, loadMappings, type MapContext, type MappingOutcome } from "../../src/mapping/index.ts";

export const noContext: MapContext = { lookup: () => undefined };

/** A mapping of `to` with the given YAML below its head; throws the findings if there are any. */
export function mappingOf(body: string, to = "contact"): CompiledMapping {
  const { all, findings } = loadMappings([{ file: "crm/things.yaml", text: fileOf(body, to) }]);
  const [mapping] = all;
  if (!mapping) throw new Error(findings.map(({ line, message }) => `${line}: ${message}`).join("\n"));
  return mapping;
}

/** The text of a mapping file: five lines of head, then the body. */
export function fileOf(body: string, to = "contact"): string {
  return `apiVersion: journey-hub/v1
kind: Mapping
metadata: { connector: crm, object: things }
to: ${to}
record: { id: id }
${body}`;
}

/** The fields a mapping with these `fields:` lines gives for a payload, to which an id is added. */
export function fieldsOf(
  lines: string,
  payload: Record<string, unknown>,
  to = "contact",
  context = noContext,
): unknown {
  const outcome = outcomeOf(`fields:\n${lines}`, payload, to, context);
  return "record" in outcome ? outcome.record.fields : outcome;
}

export function outcomeOf(
  body: string,
  payload: Record<string, unknown>,
  to = "contact",
  context = noContext,
): MappingOutcome {
  return mappingOf(body, to).map({ id: "1", ...payload }, context);
}
