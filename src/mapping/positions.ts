import { type Document, isMap, isNode, isPair, isScalar, LineCounter, type Node, type Pair, parseDocument } from "yaml";

/** A mistake in a file a person wrote, with the place to put the cursor (both from 1). */
export interface Finding {
  file: string;
  line: number;
  column: number;
  message: string;
}

/** A place in a YAML file: the keys and list indexes that lead to it. */
export type YamlPath = readonly (string | number)[];

/** A YAML file read with its positions. */
export interface YamlSource {
  file: string;
  /** The file's content as plain values; undefined when the YAML itself is broken. */
  value: unknown;
  /** What is wrong with the YAML as YAML. */
  findings: Finding[];
  /** A finding at the value that `path` leads to, or at its key; where the path ends early, at the last thing there is. */
  finding(path: YamlPath, message: string, at?: "key" | "value"): Finding;
}

const charactersMax = 512 * 1024;

/**
 * Reads YAML 1.2 with positions. Never throws: what is wrong becomes findings.
 * @example parseYaml("a: 1\nb: x", "f.yaml").finding(["b"], "too short") // { file: "f.yaml", line: 2, column: 4, … }
 */
export function parseYaml(text: string, file: string): YamlSource {
  const lines = new LineCounter();
  const place = (offset: number, message: string): Finding => {
    const { line, col } = lines.linePos(offset);
    return { file, line: Math.max(line, 1), column: Math.max(col, 1), message };
  };
  const tooLong = text.length > charactersMax;
  const document = parseDocument(tooLong ? "" : text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true });
  const findings = tooLong
    ? [place(0, `the file is longer than ${charactersMax} characters`)]
    : document.errors.map((error) => place(error.pos[0], `YAML: ${error.message}`));
  return {
    file,
    ...plainValue(document, findings, place),
    finding: (path, message, at = "value") => place(offsetOf(document, path, at), message),
  };
}

function plainValue(
  document: Document,
  findings: Finding[],
  place: (offset: number, message: string) => Finding,
): Pick<YamlSource, "value" | "findings"> {
  if (findings.length > 0) return { value: undefined, findings };
  try {
    return { value: document.toJS({ maxAliasCount: 50 }), findings };
  } catch (cause) {
    // The one thing toJS refuses: aliases that would multiply into a giant.
    return {
      value: undefined,
      findings: [place(0, `YAML: ${cause instanceof Error ? cause.message : String(cause)}`)],
    };
  }
}

function offsetOf(document: Document, path: YamlPath, at: "key" | "value"): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const [depth, key] of path.entries()) {
    const last = depth === path.length - 1;
    const pair = isMap(node) ? node.items.find((item) => keyText(item) === String(key)) : undefined;
    const child = pair ? pair.value : isNode(node) && "get" in node ? childAt(node, key) : undefined;
    if (!pair && !isNode(child)) return offset;
    const keyOffset = pair && isNode(pair.key) ? startOf(pair.key) : undefined;
    offset = (last && at === "key" ? keyOffset : undefined) ?? startOf(child) ?? keyOffset ?? offset;
    node = child;
  }
  return offset;
}

function keyText(item: Pair | unknown): string | undefined {
  return isPair(item) && isScalar(item.key) ? String(item.key.value) : undefined;
}

function childAt(node: Node, key: string | number): unknown {
  return "items" in node && Array.isArray(node.items) && typeof key === "number" ? node.items[key] : undefined;
}

function startOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined;
}
