import { type Command, Option } from "commander";
import type { DemoOptions } from "../demo/run.ts";
import { action, withJson } from "../verb.ts";
import { portOption } from "./start.ts";

/** `demo`: the main job on simulated CRMs, then a short story, then the hub stays open to look around. */
export function addDemo(program: Command): void {
  withJson(program.command("demo"))
    .description("start simulated CRMs and a hub on them, show the main job end to end, then serve until interrupted")
    .addOption(portOption())
    .addOption(new Option("--scale <size>", "size of the sample world").choices(["default", "full"]).default("default"))
    .option("--exit", "end after the story instead of serving", false)
    .action(
      action<DemoOptions & { json: boolean }, []>(async ({ output }, options) => {
        const { runDemo } = await import("../demo/run.ts");
        return runDemo(output, options);
      }),
    );
}
