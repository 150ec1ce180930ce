import { kinds } from "../model/index.ts";
import type { CompiledMapping } from "./outcome.ts";
import type { Finding } from "./positions.ts";
import type { MappingText, ReadMapping } from "./read.ts";

/** What stands in the place of an object's mapping while its files have mistakes: its records are kept raw and wait. */
export interface HeldMapping {
  connector: string;
  object: string;
  findings: readonly Finding[];
  /** What its payloads become, as far as the files tell, or those that they replace. */
  to: CompiledMapping["to"];
  /** The paths they read from the payload, as far as that can be told. */
  reads: readonly string[];
  /** No file tells the object: it is taken from a file's name. */
  isGuessed: boolean;
}

/** Where a file belongs, whatever is wrong with it. */
export interface Place {
  connector: string;
  object: string;
  isGuessed: boolean;
}

/** The object a file is for: that of the file it replaces, else what it says, else its name. */
export function placeOf({ mapping }: ReadMapping, { file, text, replaces }: MappingText): Place {
  const [, folder, name = ""] = /^(?:([^/]*)\/)?(.*?)(?:\.ya?ml)?$/.exec(file) ?? [];
  const said = (replaces && objectIn(replaces)) ?? mapping?.metadata.object ?? objectIn(text);
  return {
    connector: folder ?? mapping?.metadata.connector ?? "",
    object: said ?? name,
    isGuessed: said === undefined,
  };
}

function objectIn(text: string): string | undefined {
  return /\bobject:\s*["']?([^\s,}"']+)/.exec(text)?.[1];
}

/** What is wrong with where a file lies: mapping another object than the file it replaces, it leaves that one without a mapping. */
export function misplaced(read: ReadMapping, written: MappingText): Finding[] {
  const { mapping, source } = read;
  if (!mapping) return [];
  const { connector, object } = placeOf(read, written);
  const said = mapping.metadata;
  if (said.connector !== connector) {
    const message = `this file lies in the folder of ${connector}: write ${connector}, or move it to ${said.connector}/`;
    return [source.finding(["metadata", "connector"], message)];
  }
  if (said.object === object) return [];
  const message = `this file takes the place of the shipped one of ${object}, which nothing would map any more: write ${object}, or give the file another name`;
  return [source.finding(["metadata", "object"], message)];
}

/** What a file says its payloads become, as far as that can be told from its text. */
export function kindIn(text: string): HeldMapping["to"] {
  const word = /^to:\s*["']?(\w+)/m.exec(text)?.[1] ?? "";
  if (word === "association") return [word];
  return Object.keys(kinds).filter((kind): kind is keyof typeof kinds => kind === word);
}
