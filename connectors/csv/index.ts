import type { Connector, OpenConnection } from "journey-hub/connector";
import { checkFiles } from "./check.ts";
import { type CsvConfig, csvConfig, streamName } from "./config.ts";
import { readPage } from "./page.ts";

/** CSV files of a folder. Its streams are the files a connection names, so they are bound when it opens, not declared once for all. */
const csv: Connector = {
  id: "csv",
  title: "CSV files",
  config: csvConfig,
  fields: csvConfig.shape,
  secrets: [],
  streamNames: [],
  limits: () => ({ concurrency: 1 }), // no calls go out
  open: (config) => openFolder(csvConfig.parse(config)),
};
export default csv;

function openFolder(config: CsvConfig): OpenConnection {
  const streams = config.files.map((settings) => {
    const { object } = settings;
    const pages: OpenConnection["streams"][string]["pages"] = (request) => readPage(config.folder, settings, request);
    return [streamName(settings), { object, pages }] as const;
  });
  return { check: () => checkFiles(config), streams: Object.fromEntries(streams) };
}
