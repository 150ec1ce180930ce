import type { Connector } from "journey-hub/connector";
import csv from "./csv/index.ts";
import hubspot from "./hubspot/index.ts";
import netsuite from "./netsuite/index.ts";
import salesforce from "./salesforce/index.ts";
import webhook from "./webhook/index.ts";

/** Every connector that is shipped, in the order they are shown. */
export const connectors: readonly Connector[] = [salesforce, hubspot, netsuite, webhook, csv];
