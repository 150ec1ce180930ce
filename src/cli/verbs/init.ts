import type { Command } from "commander";
import { initFolder } from "../../hub/folder/init.ts";
import { action, withCommon } from "../verb.ts";

/** `init`: a data folder to start from. */
export function addInit(program: Command): void {
  withCommon(program.command("init"))
    .description("write a data folder's journey-hub.yaml and an empty mappings/ folder")
    .action(
      action(async ({ data, output }) => {
        const made = initFolder(data);
        output.result(made, () =>
          made.created.length > 0
            ? `Wrote ${data}/journey-hub.yaml.\nNext: journey-hub connect hubspot --connector hubspot --set access_token=…`
            : `${data}/journey-hub.yaml is there already and was left as it is.`,
        );
        return undefined;
      }),
    );
}
