import { Hono } from "hono";
import { describeBasic, describeGlobal, describeObject } from "../schema/describe.ts";
import type { Service } from "../service.ts";
import { objectInPath, refuseOtherMethods, versionPath } from "./requests.ts";

/** API versions this org serves: older ones were retired in Summer '25. */
const versions = { first: 31, last: 68 };

/** True for the `v62.0` of a path when this org serves it. */
export function isServedVersion(version: string): boolean {
  const [, major = ""] = /^v(\d+)\.0$/.exec(version) ?? [];
  return major !== "" && Number(major) >= versions.first && Number(major) <= versions.last;
}

/** The list at `/services/data`, which needs no session. */
export function versionList() {
  const count = versions.last - versions.first + 1;
  return Array.from({ length: count }, (_, i) => {
    const version = versions.first + i;
    return { label: releaseName(version), url: `/services/data/v${version}.0`, version: `${version}.0` };
  });
}

/** The resources of a version, the objects and their describes, and the limits. */
export function discoveryRoutes({ org, settings, usage, bulk }: Service): Hono {
  const app = new Hono();
  app.get("/", (c) => {
    const path = versionPath(c);
    const host = settings.instanceUrl ?? new URL(c.req.url).origin;
    const resources = ["sobjects", "query", "queryAll", "jobs", "limits", "composite"];
    return c.json({
      ...Object.fromEntries(resources.map((resource) => [resource, `${path}/${resource}`])),
      identity: `${host}/id/${org.id}/${org.runAsUserId}`,
    });
  });
  app.get("/sobjects", (c) => c.json(describeGlobal(org.visible, versionPath(c))));
  refuseOtherMethods(app, "/sobjects", "HEAD,GET");
  app.get("/sobjects/:type", (c) => c.json(describeBasic(objectInPath(org.visible, c), versionPath(c))));
  app.get("/sobjects/:type/describe", (c) => c.json(describeObject(objectInPath(org.visible, c), versionPath(c))));
  refuseOtherMethods(app, "/sobjects/:type/describe", "HEAD,GET");
  app.get("/limits", (c) => {
    const remaining = Math.max(0, settings.dailyRequestsMax - usage.used);
    const { jobs, mb } = bulk.spent();
    const { bulkQueryJobsMax, bulkStorageMbMax } = settings;
    return c.json({
      ...unusedLimits,
      DailyApiRequests: { Max: settings.dailyRequestsMax, Remaining: remaining },
      DailyBulkV2QueryFileStorageMB: { Max: bulkStorageMbMax, Remaining: Math.floor(bulkStorageMbMax - mb) },
      DailyBulkV2QueryJobs: { Max: bulkQueryJobsMax, Remaining: bulkQueryJobsMax - jobs },
    });
  });
  refuseOtherMethods(app, "/limits", "HEAD,GET");
  return app;
}

const untouched = (max: number) => ({ Max: max, Remaining: max });
const unusedLimits = {
  ConcurrentAsyncGetReportInstances: untouched(200),
  DailyAsyncApexExecutions: untouched(250_000),
  DailyBulkApiBatches: untouched(15_000),
  DataStorageMB: untouched(5),
  HourlyTimeBasedWorkflow: untouched(50),
};

/** 59 was Winter '24; three releases a year. */
function releaseName(version: number): string {
  const sinceWinter24 = version - 59;
  const season = ["Winter", "Spring", "Summer"][((sinceWinter24 % 3) + 3) % 3];
  return `${season} '${24 + Math.floor(sinceWinter24 / 3)}`;
}
