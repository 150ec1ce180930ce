import type { Command } from "commander";
import type { Hub } from "../../hub/hub.ts";
import { type Preview, previewMapping } from "../../hub/rules/preview.ts";
import { exitCodes } from "../failure.ts";
import { withReading } from "../open.ts";
import { style } from "../output.ts";
import { action, withCommon } from "../verb.ts";

/** `preview`: what a changed mapping file would do, before it does. */
export function addPreview(program: Command): void {
  withCommon(program.command("preview"))
    .description("show what a mapping file would change on the raw records that have landed; nothing is written")
    .argument("<file>", "the mapping file to try")
    .action(
      action<{ data: string; json: boolean }, [string]>(async ({ data, output }, _, file) => {
        const bar = output.progress("preview");
        const work = (hub: Hub) => previewMapping(hub, file, (records) => bar.set(records));
        const preview = await withReading(data, work).finally(bar.stop);
        output.result(preview, () => asText(preview));
        return preview.findings.length > 0 ? exitCodes.failed : exitCodes.done;
      }),
    );
}

function asText(preview: Preview): string {
  if (preview.findings.length > 0) {
    return preview.findings.map(({ file, line, column, message }) => `${file}:${line}:${column} ${message}`).join("\n");
  }
  const { connector, object, records, unchanged, changed, failing, drift, examples } = preview;
  const shown = examples.flatMap(({ record_key, differences }) => [
    style.bold(record_key),
    ...differences.map(({ path, from, to }) => `  ${path}: ${from} → ${to}`),
  ]);
  const unknown = Object.entries(drift).map(([value, times]) => `unknown value, ${times}×: ${value}`);
  return [
    ...shown,
    ...unknown,
    `${connector} ${object}: ${records} records, ${changed} would change, ${unchanged} would not, ${failing} would no longer map.`,
  ].join("\n");
}
