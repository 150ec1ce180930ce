/*
 * One mapping twice: 30 properties of a HubSpot contact to 15 fields, as our YAML and as a JSONata expression with the same result.
 * JSONata has no phone or e-mail knowledge, so the mapping keeps to what both can do: trim, lower case, digits, tables, numbers, instants.
 * HubSpot sends null for what is empty and people type blanks: the expression guards and trims where the mapping does so by itself.
 */

export const mapping15 = `
apiVersion: journey-hub/v1
kind: Mapping
metadata: { connector: bench, object: contacts }
to: contact
record: { id: id }
fields:
  first_name: { from: properties.firstname, do: trim }
  last_name: { from: [properties.lastname, properties.firstname], do: trim }
  full_name: { all: [properties.firstname, properties.lastname], do: { join: " " } }
  title: properties.jobtitle
  emails: [{ email: { from: properties.email, do: lower }, type: primary, is_primary: true }]
  phone_numbers: [{ number: { from: properties.phone, do: digits }, type: work }]
  addresses: [{ line1: properties.address, city: properties.city, state: properties.state, postal_code: properties.zip }]
  company_name: properties.company
  owner_ref: { ref: owners, from: properties.hubspot_owner_id }
  lifecycle_stage:
    from: properties.lifecyclestage
    map: { subscriber: subscriber, lead: lead, marketingqualifiedlead: marketing_qualified_lead, salesqualifiedlead: sales_qualified_lead, opportunity: opportunity, customer: customer }
    else: other
  lead_status:
    from: properties.hs_lead_status
    map: { NEW: open, OPEN: open, IN_PROGRESS: working, OPEN_DEAL: qualified, UNQUALIFIED: unqualified }
  lead_source: { from: properties.hs_analytics_source, do: lower }
  last_activity_at: properties.notes_last_updated
  last_conversion: { count: properties.num_conversion_events }
  opted_out: properties.hs_email_optout
`;

export const jsonataExpression = `(
  $stages := { "subscriber": "subscriber", "lead": "lead", "marketingqualifiedlead": "marketing_qualified_lead",
    "salesqualifiedlead": "sales_qualified_lead", "opportunity": "opportunity", "customer": "customer" };
  $statuses := { "NEW": "open", "OPEN": "open", "IN_PROGRESS": "working", "OPEN_DEAL": "qualified", "UNQUALIFIED": "unqualified" };
  $stage := $lookup($stages, properties.lifecyclestage);
  {
    "first_name": properties.firstname ? $trim(properties.firstname),
    "last_name": properties.lastname ? $trim(properties.lastname) : properties.firstname ? $trim(properties.firstname),
    "full_name": $join([properties.firstname ? $trim(properties.firstname), properties.lastname ? $trim(properties.lastname)], " "),
    "title": properties.jobtitle ? $trim(properties.jobtitle),
    "emails": [{ "email": $lowercase($trim(properties.email)), "type": "primary", "is_primary": true }],
    "phone_numbers": [{ "number": $replace(properties.phone, /[^0-9]/, ""), "type": "work" }],
    "addresses": [{
      "line1": properties.address ? $trim(properties.address),
      "city": properties.city ? $trim(properties.city),
      "state": properties.state ? $trim(properties.state),
      "postal_code": properties.zip ? $trim(properties.zip)
    }],
    "company_name": properties.company ? $trim(properties.company),
    "owner_ref": properties.hubspot_owner_id ? "owners:" & properties.hubspot_owner_id,
    "lifecycle_stage": $exists($stage) ? $stage : "other",
    "lead_status": properties.hs_lead_status ? $lookup($statuses, properties.hs_lead_status),
    "lead_source": properties.hs_analytics_source ? $lowercase($trim(properties.hs_analytics_source)),
    "last_activity_at": properties.notes_last_updated ? $fromMillis($toMillis(properties.notes_last_updated)),
    "last_conversion": { "count": $number(properties.num_conversion_events) },
    "opted_out": properties.hs_email_optout = "true"
  }
)`;
