import { type Command, Option } from "commander";
import { exitCodes, failureOf } from "./failure.ts";
import { createOutput, type Output, style } from "./output.ts";

/** What every verb is told besides its own options. */
export interface Common {
  /** The data folder. */
  data: string;
  output: Output;
}

/** Adds the options every verb has. */
export function withCommon(command: Command): Command {
  return command
    .addOption(new Option("--data <folder>", "data folder").env("JOURNEY_HUB_DATA").default("./data"))
    .option("--json", "print the result as JSON", false);
}

/** Runs a verb's work and turns whatever it throws into a message, a remedy and an honest exit code. */
export function action<Options extends { data: string; json: boolean }, Arguments extends unknown[]>(
  work: (common: Common, options: Options, ...positional: Arguments) => Promise<number | undefined>,
): (...all: unknown[]) => Promise<void> {
  return async (...all) => {
    const positional = all.slice(0, -2) as Arguments;
    const options = all.at(-2) as Options;
    const output = createOutput(options.json);
    try {
      process.exitCode = (await work({ data: options.data, output }, options, ...positional)) ?? exitCodes.done;
    } catch (cause) {
      const { message, remedy, exitCode } = failureOf(cause);
      if (options.json) process.stdout.write(`${JSON.stringify({ error: { message, remedy } })}\n`);
      else process.stderr.write(`${style.bad("✗")} ${message}\n${remedy ? `  ${remedy}\n` : ""}`);
      process.exitCode = exitCode;
    }
  };
}
