import { type Command, Option } from "commander";
import { initFolder } from "../../hub/folder/init.ts";
import { type Role, roles } from "../../hub/folder/keys.ts";
import { UsageError } from "../failure.ts";
import { action, withCommon } from "../verb.ts";

interface Options {
  data: string;
  json: boolean;
  key?: string;
  role: Role;
}

interface MadeKey {
  id: string;
  key: string;
}

/** `init`: a data folder to start from, and keys for who uses its API. */
export function addInit(program: Command): void {
  withCommon(program.command("init"))
    .description("write a data folder's journey-hub.yaml and an empty mappings/ folder; with --key, make an API key")
    .option(
      "--key <name>",
      "make a key of this name for the HTTP API and print it, this once (also beside a running hub)",
    )
    .addOption(new Option("--role <role>", "what that key may do").choices(roles).default("viewer"))
    .action(
      action<Options, []>(async ({ data, output }, { key: name, role }) => {
        if (name !== undefined && (name.trim() === "" || name.length > 100)) {
          throw new UsageError("Give the key a name of at most 100 characters, such as who uses it: --key prometheus.");
        }
        const made = initFolder(data);
        const key = name === undefined ? null : await makeKey(data, name, role);
        output.result({ ...made, ...(key ? { key: { name, role, ...key } } : {}) }, () =>
          [
            made.created.length > 0
              ? `Wrote ${data}/journey-hub.yaml.\nNext: journey-hub connect hubspot --connector hubspot --set access_token=…`
              : `${data}/journey-hub.yaml is there already and was left as it is.`,
            ...(key ? [`API key of the role ${role}, shown this once: ${key.key}`] : []),
          ].join("\n"),
        );
        return undefined;
      }),
    );
}

async function makeKey(data: string, name: string, role: Role): Promise<MadeKey> {
  const { withDesk } = await import("../desk.ts"); // with all of the API, which a plain init does not need
  return withDesk(data, (desk) => desk.post<MadeKey>("/api/v1/keys", { name, role }));
}
