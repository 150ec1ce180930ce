import { register } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { once } from "../../lib/once.ts";
import { packageRoot } from "../../lib/package-root.ts";

/*
 * Run in Node's thread for module resolution. `journey-hub/…` leads to the package that runs, from wherever it is imported; what simulators
 * and settings are made of is the plug-in's own where it has it, else ours.
 */
const hooks = `
let ours;
export function initialize(packageFile) {
  ours = packageFile;
}
export async function resolve(specifier, context, next) {
  if (specifier.startsWith("journey-hub/")) return next(specifier, { ...context, parentURL: ours });
  if (!/^(zod|hono)(\\/|$)/.test(specifier)) return next(specifier, context);
  try {
    return await next(specifier, context);
  } catch (cause) {
    if (cause.code !== "ERR_MODULE_NOT_FOUND") throw cause;
    return next(specifier, { ...context, parentURL: ours });
  }
}
`;

/**
 * From now on every plug-in gets the kit of the hub that runs, whatever is installed beside it: a second copy would be another contract, with
 * errors the hub does not know for its own.
 */
export const offerKit = once(() => {
  const data = pathToFileURL(join(packageRoot, "package.json")).href;
  register(`data:text/javascript,${encodeURIComponent(hooks)}`, { data });
});
