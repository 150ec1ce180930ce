import type { Hub } from "../hub/hub.ts";
import { Foreign } from "./format.tsx";

/** Says, while mapping files have mistakes, which, and what waits for them. */
export function HeldNotice({ hub }: { hub: Hub }) {
  const [first, ...more] = hub.rules.mappings.findings;
  if (!first) return null;
  const { file, line, column, message } = first;
  return (
    <p class="failure" role="alert">
      Nothing is written back, and records wait, until the mapping files are mended:{" "}
      <Foreign>{`${file}:${line}:${column} ${message}`}</Foreign>
      {more.length > 0 ? ` and ${more.length} more` : ""} (<code>journey-hub lint</code> checks them)
    </p>
  );
}
