import type { System } from "./model.ts";
import type { Populace } from "./populace.ts";
import type { Presence } from "./presence.ts";
import type { Trade } from "./trade.ts";
import type { Protagonist } from "./world.ts";

/** The keys under which the demo follows its main figure through all three systems. */
export function protagonistOf(
  { protagonist, protagonistCompany }: Populace,
  { open }: Trade,
  presence: Presence,
): Protagonist {
  const { customerId, firstName, lastName, email } = protagonist;
  const seat = (of: string, system: System): string => required(presence.main(of, system)?.id);
  return {
    customerId,
    companyCustomerId: protagonistCompany.customerId,
    firstName,
    lastName,
    email,
    companyName: protagonistCompany.name,
    hubspotContactId: seat(customerId, "hubspot"),
    hubspotCompanyId: seat(protagonistCompany.customerId, "hubspot"),
    hubspotTicketId: required(open.ticket.ids.hubspot),
    salesforceContactId: seat(customerId, "salesforce"),
    salesforceAccountId: seat(protagonistCompany.customerId, "salesforce"),
    salesforceOpportunityId: required(open.deal.ids.salesforce),
    netsuiteCustomerId: seat(protagonistCompany.customerId, "netsuite"),
    netsuiteContactId: seat(customerId, "netsuite"),
    netsuiteInvoiceId: open.invoice.id,
  };
}

function required(id: string | undefined): string {
  if (id === undefined) throw new Error("The protagonist is missing from one of the systems.");
  return id;
}
