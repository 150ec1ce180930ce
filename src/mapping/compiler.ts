import type { YamlPath } from "./positions.ts";
import type { Read, Run } from "./run.ts";
import type { Slots } from "./slots.ts";
import type { ObjectTarget, Target } from "./targets.ts";

/** A place that takes one value or a plain list: everything but an object with parts of its own. */
export type ValueTarget = Exclude<Target, ObjectTarget>;

/** Where in the file and for what a value is compiled. */
export interface Site {
  /** The place in the file, for findings. */
  path: YamlPath;
  /** The field it is for, as it appears in drift and failures. */
  field: string;
  /** True inside `each:`, where paths start at the element. */
  inItem: boolean;
}

/** What the compiler of one file shares with its parts. */
export interface Compiler {
  kind: string;
  /** Fields an expression may read here. */
  readable: ReadonlySet<string>;
  reads: Set<string>;
  /** The values that paths of the payload end in, in the order of `Run.values`. */
  slots: Slots;
  /** Readers that several places share, by what they read: each runs once a record. */
  shared: Map<string, Read>;
  report(path: YamlPath, message: string, at?: "key" | "value"): void;
}

export interface CompiledValue {
  read: Read;
  /** True for a constant: it says nothing about the record by itself. */
  fixed: boolean;
  /** True if it reads other fields, so that those must be mapped first. */
  usesFields: boolean;
}

/** The reader under a key, made on first use; it reads once a record and remembers the answer for the rest of it. */
export function sharedRead(compiler: Compiler, key: string, make: () => Read): Read {
  const known = compiler.shared.get(key);
  if (known) return known;
  const read = oncePerRun(make());
  compiler.shared.set(key, read);
  return read;
}

function oncePerRun(read: Read): Read {
  let last: Run | undefined;
  let value: unknown;
  return (scope, run) => {
    if (run === last) return value;
    value = read(scope, run);
    last = run;
    return value;
  };
}

/** The site of a part of what is written at a site. */
export function below(site: Site, ...keys: (string | number)[]): Site {
  return { ...site, path: [...site.path, ...keys] };
}
