import { type Context, Hono } from "hono";
import { sfId } from "../ids.ts";
import { Refusal } from "../refusal.ts";
import { type CustomFieldDeclaration, customField } from "../schema/custom.ts";
import type { Service } from "../service.ts";
import { addToObject } from "../setup.ts";
import { readBody } from "./requests.ts";

/** What an administrator may do by API: custom fields, which nobody sees before a permission set shows them, and such sets. */
export function toolingRoutes({ org, settings }: Service): Hono {
  const app = new Hono();
  const unseen = new Map<string, CustomFieldDeclaration>();
  const granted = new Set<string>();
  let made = 0;
  const answer = (c: Context, prefix: string) => {
    made += 1;
    return c.json({ id: sfId(prefix, made), success: true, errors: [] }, 201);
  };
  const requireRight = () => {
    if (settings.mayCustomize) return;
    throw new Refusal(403, "INSUFFICIENT_ACCESS", "insufficient access rights on cross-reference id");
  };

  servePermissionSets(app, requireRight);
  app.post("/tooling/sobjects/CustomField", async (c) => {
    requireRight();
    const { FullName, Metadata } = await readBody(c);
    const [object = "", name = ""] = String(FullName).split(".");
    const schema = org.schema.get(object.toLowerCase());
    if (!schema) throw new Refusal(400, "INVALID_CROSS_REFERENCE_KEY", `no CustomObject named ${object} found`);
    if (schema.byName.has(name.toLowerCase()) || unseen.has(`${object}.${name}`)) {
      throw new Refusal(400, "DUPLICATE_DEVELOPER_NAME", `There is already a field named ${name} on ${object}.`);
    }
    unseen.set(`${object}.${name}`, declarationOf(name, Metadata));
    return answer(c, "00N");
  });
  app.post("/sobjects/PermissionSetAssignment", async (c) => {
    requireRight();
    const { AssigneeId, PermissionSetId } = await readBody(c);
    refuseTwice(granted, `${AssigneeId} ${PermissionSetId}`);
    return answer(c, "0Pa");
  });
  app.post("/sobjects/FieldPermissions", async (c) => {
    requireRight();
    const { ParentId, Field } = await readBody(c);
    refuseTwice(granted, `${ParentId} ${Field}`);
    const declaration = unseen.get(String(Field));
    const schema = org.schema.get(String(Field).split(".")[0]?.toLowerCase() ?? "");
    if (declaration && schema) addToObject(schema, customField(declaration));
    unseen.delete(String(Field));
    return answer(c, "01k");
  });
  return app;
}

function servePermissionSets(app: Hono, requireRight: () => void): void {
  const sets = new Map<string, string>();
  app.post("/sobjects/PermissionSet", async (c) => {
    requireRight();
    const { Name } = await readBody(c);
    if (sets.has(String(Name))) {
      throw new Refusal(400, "DUPLICATE_DEVELOPER_NAME", `The developer name ${Name} is already in use.`);
    }
    sets.set(String(Name), sfId("0PS", sets.size + 1));
    return c.json({ id: sets.get(String(Name)), success: true, errors: [] }, 201);
  });
  // The org's permission sets are no rows of its tables: only this question about them is answered.
  app.get("/queryAll", async (c, next) => {
    const [, name] = /FROM PermissionSet WHERE Name = '(\w+)'/.exec(c.req.query("q") ?? "") ?? [];
    if (name === undefined) return next();
    const id = sets.get(name);
    const records = id ? [{ attributes: { type: "PermissionSet" }, Id: id }] : [];
    return c.json({ totalSize: records.length, done: true, records });
  });
}

function refuseTwice(known: Set<string>, what: string): void {
  if (known.has(what)) throw new Refusal(400, "DUPLICATE_VALUE", "duplicate value found: <unknown> duplicates value");
  known.add(what);
}

const fieldTypes: Readonly<Record<string, CustomFieldDeclaration["type"]>> = {
  Text: "string",
  DateTime: "datetime",
  Number: "double",
};

/** What `Metadata` asks for. Its type must be one there is, and a text says how long it may be. */
function declarationOf(name: string, metadata: unknown): CustomFieldDeclaration {
  const given = new Map(typeof metadata === "object" && metadata !== null ? Object.entries(metadata) : []);
  const type = fieldTypes[String(given.get("type"))];
  const length = Number(given.get("length") ?? 0);
  if (!type || (type === "string" && !(length > 0 && length <= 255)) || !given.has("label")) {
    throw new Refusal(
      400,
      "FIELD_INTEGRITY_EXCEPTION",
      `Can not specify this for a CustomField of type ${given.get("type")}`,
    );
  }
  const named: CustomFieldDeclaration["name"] = `${name.replace(/__c$/, "")}__c`;
  return { name: named, type, label: String(given.get("label")), ...(length > 0 ? { length } : {}) };
}
