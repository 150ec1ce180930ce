/** `journey-hub/mapping`: mapping files read, linted and compiled. */
export type { HeldMapping } from "./held.ts";
export {
  lintMappings,
  loadMappings,
  type Mappings,
  openMappings,
  readMappingFolders,
  shippedMappings,
  type UsedMappings,
} from "./load.ts";
export {
  type CompiledMapping,
  type Drift,
  type LookupTable,
  lookupTables,
  type MapContext,
  type MappingFailure,
  type MappingOutcome,
} from "./outcome.ts";
export { type Finding, parseYaml, type YamlPath, type YamlSource } from "./positions.ts";
export type { MappingText } from "./read.ts";
export { mappingJsonSchema } from "./schema.ts";
export { isCountry } from "./transforms/contact-points.ts";
export { type PathUse, usesOf } from "./uses.ts";
