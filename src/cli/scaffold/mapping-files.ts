/** The mappings of the connector's objects, with their examples; `%ID%` is to be filled in. */
export const mappingFiles: Readonly<Record<string, string>> = {
  "mappings/%ID%/companies.yaml": `# yaml-language-server: $schema=../../node_modules/journey-hub/mappings/mapping.schema.json
apiVersion: journey-hub/v1
kind: Mapping
metadata: { connector: %ID%, object: companies }
to: company
record: { id: id, created_at: created_at, updated_at: updated_at }
fields:
  name: name
  domains:
    - { from: domain, do: domain }
  number_of_employees: employees
identifiers:
  - { type: domain, value: { from: domain, do: domain } }
examples:
  - name: a company
    in:
      id: "7"
      name: Adler Cycles
      domain: WWW.adler-cycles.example
      employees: 45
      created_at: "2026-01-05T08:00:00.000Z"
      updated_at: "2026-03-01T10:15:00.000Z"
    out:
      remote_id: "7"
      remote_updated_at: "2026-03-01T10:15:00.000Z"
      fields: { name: Adler Cycles, domains: [adler-cycles.example], number_of_employees: 45 }
      identifiers: [{ type: domain, value: adler-cycles.example }]
`,
  "mappings/%ID%/contacts.yaml": `# yaml-language-server: $schema=../../node_modules/journey-hub/mappings/mapping.schema.json
apiVersion: journey-hub/v1
kind: Mapping
metadata: { connector: %ID%, object: contacts }
to: contact
record: { id: id, created_at: created_at, updated_at: updated_at }
fields:
  first_name: first_name
  last_name: last_name
  emails:
    - { email: { from: email, do: email }, type: primary, is_primary: true }
  phone_numbers:
    - { number: { from: phone, do: phone }, type: work }
  company_ref: { ref: companies, from: company_id }
  lifecycle_stage:
    from: lifecycle
    map: { lead: lead, customer: customer }
    else: other # what the vendor adds later is told of as drift
identifiers:
  - { type: email, value: { from: email, do: email } }
  - { type: phone, value: { from: phone, do: phone } }
associations:
  - { to: companies, id: company_id, role: { const: primary } }
examples:
  - name: a customer of a company
    in:
      id: "51"
      first_name: Ada
      last_name: Adler
      email: " Ada.Adler@adler-cycles.example"
      phone: "+49 30 1234567"
      lifecycle: customer
      company_id: "7"
      created_at: "2026-01-05T08:00:00.000Z"
      updated_at: "2026-03-01T10:15:00.000Z"
    out:
      remote_id: "51"
      fields: { first_name: Ada, last_name: Adler, lifecycle_stage: customer, company_ref: companies:7 }
      identifiers: [{ type: email, value: ada.adler@adler-cycles.example }, { type: phone, value: "+49301234567" }]
      associations: [{ to: companies:7, role: primary }]
  - name: a stage the mapping does not know
    in: { id: "52", first_name: Ben, lifecycle: evangelist }
    out: { fields: { first_name: Ben, lifecycle_stage: other } }
`,
};
