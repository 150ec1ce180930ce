import type { BrokenRule } from "../../connector/index.ts";
import { ConfigError } from "../folder/config.ts";

/** A plug-in that is not used, with every rule of the contract it breaks. */
export class PluginError extends ConfigError {
  readonly broken: readonly BrokenRule[];
  constructor(plugin: string, broken: readonly BrokenRule[], options?: ErrorOptions) {
    const rules = broken.map(({ rule, message }) => `  ${rule}: ${message}`);
    super([`The plug-in ${plugin} is refused:`, ...rules].join("\n"), options);
    this.broken = broken;
  }
}
