import { isAbsolute, normalize, sep } from "node:path";
import { z } from "zod";

const columnName = z.string().trim().min(1, "name a column of the header");

const csvFile = z.strictObject({
  file: z.string().refine(isBelow, "file is a path below folder, such as contacts.csv or lists/contacts.csv").meta({
    description: "The file, below folder.",
  }),
  object: z
    .string()
    .regex(/^[A-Za-z][A-Za-z0-9_]{0,39}$/, "letters, digits and underscores")
    .meta({ description: "What its rows are; the mapping of the same object reads them." }),
  key: columnName.meta({ description: "The column whose value names a row; the same value is the same record." }),
  modified: columnName.optional().meta({
    description: "The column that says when a row was changed, in ISO 8601; an older row never replaces a newer one.",
  }),
  delimiter: z.enum(["auto", ",", ";", "|", "tab"]).default("auto").meta({ description: "What stands between cells." }),
});

/** The `config:` block of a CSV connection: a folder, and the files in it that are read. */
export const csvConfig = z.strictObject({
  folder: z
    .string()
    .refine(isAbsolute, "give the folder's full path, such as /srv/import")
    .meta({ description: "The folder the files lie in; nothing outside it is ever read." }),
  files: z
    .array(csvFile)
    .min(1, "name at least one file")
    .max(100)
    .refine(
      (files) => new Set(files.map(streamName)).size === files.length,
      "the same file is named twice for an object",
    )
    .meta({ description: "One stream each." }),
});

export type CsvConfig = z.output<typeof csvConfig>;
export type CsvFile = z.output<typeof csvFile>;

/** A file may be read for two objects: a row that tells of a contact and of a company. */
export function streamName({ object, file }: Pick<CsvFile, "object" | "file">): string {
  return `${object}:${file}`;
}

function isBelow(file: string): boolean {
  if (file === "" || file.includes("\0") || isAbsolute(file) || file.endsWith(sep)) return false;
  const [first] = normalize(file).split(sep);
  return first !== ".." && first !== ".";
}
