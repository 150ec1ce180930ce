import { type Command, Option } from "commander";
import { untilSignal } from "../signals.ts";
import { action, withCommon } from "../verb.ts";
import { parsePort } from "./simulate.ts";

interface Options {
  data: string;
  json: boolean;
  port: number;
  host: string;
  logLevel: string;
}

/** `start`: the hub at work until it is told to stop. */
export function addStart(program: Command): void {
  withCommon(program.command("start"))
    .description("run the hub: poll on the schedules, accept webhooks, derive, write back, serve API and console")
    .addOption(portOption())
    .option("--host <address>", "address to listen on; 0.0.0.0 for every one", "127.0.0.1")
    .addOption(
      new Option("--log-level <level>", "what is logged")
        .choices(["trace", "debug", "info", "warn", "error", "silent"])
        .default("info"),
    )
    .action(
      action<Options, []>(async ({ data, output }, { port, host, logLevel }) => {
        const { startServer } = await import("../server.ts");
        const server = await startServer({ data, port, host, logLevel });
        // Output that is kept somewhere is read by others too, who must not become admins by it.
        const link = server.consoleLink(process.stdout.isTTY ? "admin" : "viewer");
        output.result(
          { url: server.url, pid: process.pid, console: link },
          () => `journey-hub is ready at ${server.url} (Ctrl-C stops it)\nconsole, signed in once: ${link}`,
        );
        await untilSignal();
        await server.stop();
        return undefined;
      }),
    );
}

export function portOption(): Option {
  return new Option("--port <n>", "port to listen on").env("PORT").default(8360).argParser(parsePort);
}
