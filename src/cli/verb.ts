import { type Command, InvalidArgumentError, Option } from "commander";
import { exitCodes, failureOf, InterruptedError } from "./failure.ts";
import { createOutput, endBars, failureText, type Output } from "./output.ts";

/** What every verb is told besides its own options. */
export interface Common {
  /** The data folder. */
  data: string;
  output: Output;
}

/** Adds the options every verb has. */
export function withCommon(command: Command): Command {
  return withJson(
    command.addOption(new Option("--data <folder>", "data folder").env("JOURNEY_HUB_DATA").default("./data")),
  );
}

/** Adds the options of a verb by which a person decides. */
export function withAuthor(command: Command): Command {
  return withCommon(command).option(
    "--by <name>",
    "who decides, if not the user of this machine; kept with it",
    parseName,
  );
}

function parseName(text: string): string {
  if (!/^[^\p{Cc}]{1,100}$/u.test(text.trim())) throw new InvalidArgumentError("A name has 1 to 100 characters.");
  return text.trim();
}

/** Adds the options of a verb that works on no data folder. */
export function withJson(command: Command): Command {
  return command.option("--json", "print the result as JSON", false);
}

/** Runs a verb's work and turns whatever it throws into a message, a remedy and an honest exit code. */
export function action<Options extends { data?: string; json: boolean }, Arguments extends unknown[]>(
  work: (common: Common, options: Options, ...positional: Arguments) => Promise<number | undefined>,
): (...all: unknown[]) => Promise<void> {
  return async (...all) => {
    const positional = all.slice(0, -2) as Arguments;
    const options = all.at(-2) as Options;
    const output = createOutput(options.json);
    try {
      process.exitCode = (await work({ data: options.data ?? "", output }, options, ...positional)) ?? exitCodes.done;
    } catch (cause) {
      endBars();
      const { message, remedy, exitCode } = failureOf(cause);
      if (options.json) process.stdout.write(`${JSON.stringify({ error: { message, remedy } })}\n`);
      else process.stderr.write(`${failureText({ message, ...(remedy ? { remedy } : {}) })}\n`);
      process.exitCode = exitCode;
      // What was interrupted may still wait for a vendor; whoever opened something has closed it.
      if (cause instanceof InterruptedError) process.exit(exitCode);
    }
  };
}
