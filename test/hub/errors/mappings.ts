import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Lays mapping files into a data folder that fail some records: contacts without a job title or language, all companies. */
export function breakMappings(folder: string): void {
  const title = `{ value: "raw.properties.jobtitle + ''" }`;
  write(folder, "contacts", contacts(title, `{ value: "raw.properties.hs_language + ''" }`));
  write(folder, "companies", companies("raw.properties.name == 'a name that no company has'"));
}

/** The same files as somebody would leave them who has looked at the errors. */
export function mendMappings(folder: string): void {
  write(folder, "contacts", contacts("properties.jobtitle", "properties.hs_language"));
  write(folder, "companies", companies("raw.properties.name != null"));
}

/** The job title is mended, and every contact fails for its language. */
export function breakOtherwise(folder: string): void {
  write(folder, "contacts", contacts("properties.jobtitle", `{ value: "raw.properties.region + ''" }`));
}

/** Contacts fail whose job title is no number. */
export function countTitles(folder: string): void {
  write(folder, "contacts", contacts(`{ value: "string(int(raw.properties.jobtitle))" }`, "properties.hs_language"));
}

/** A file that no record can be mapped by, because it is none. */
export function spoilMapping(folder: string): void {
  write(folder, "contacts", contacts("{ from: properties.jobtitle, do: shout }", "properties.hs_language"));
}

function write(folder: string, object: string, text: string): void {
  mkdirSync(join(folder, "mappings", "hubspot"), { recursive: true });
  writeFileSync(join(folder, "mappings", "hubspot", `${object}.yaml`), text);
}

const contacts = (title: string, language: string) => `
apiVersion: journey-hub/v1
kind: Mapping
metadata: { connector: hubspot, object: contacts }
to: contact
record: { id: id, created_at: createdAt, updated_at: { from: [properties.lastmodifieddate, updatedAt] } }
fields:
  first_name: properties.firstname
  last_name: properties.lastname
  title: ${title}
  language: ${language}
  emails:
    - { email: { from: properties.email, do: email }, type: primary, is_primary: true }
identifiers:
  - { type: email, value: { from: properties.email, do: email } }
`;

const companies = (when: string) => `
apiVersion: journey-hub/v1
kind: Mapping
metadata: { connector: hubspot, object: companies }
when: "${when}"
to: company
record: { id: id, created_at: createdAt, updated_at: { from: [properties.hs_lastmodifieddate, updatedAt] } }
fields:
  name: properties.name
identifiers:
  - { type: domain, value: { from: properties.domain, do: domain } }
`;
