export const organizationId = "00DHs0000000007MAA";

/** A message as Salesforce writes it, about the contact with this number. */
export function outboundMessage(contact: string, more: { organization?: string; name?: string } = {}): string {
  const { organization = organizationId, name = "Ann" } = more;
  return `<?xml version="1.0" encoding="UTF-8"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
 <soapenv:Body>
  <notifications xmlns="http://soap.sforce.com/2005/09/outbound">
   <OrganizationId>${organization}</OrganizationId>
   <ActionId>04kHs0000000001AAA</ActionId>
   <SessionId>00DHs0000000007!a-session-nobody-may-keep</SessionId>
   <EnterpriseUrl>https://acme.my.salesforce.com/services/Soap/c/62.0</EnterpriseUrl>
   <PartnerUrl>https://acme.my.salesforce.com/services/Soap/u/62.0</PartnerUrl>
   <Notification>
    <Id>04l${contact.slice(3)}</Id>
    <sObject xsi:type="sf:Contact" xmlns:sf="urn:sobject.enterprise.soap.sforce.com">
     <sf:Id>${contact}</sf:Id>
     <sf:FirstName>${name} &amp; Co</sf:FirstName>
    </sObject>
   </Notification>
  </notifications>
 </soapenv:Body>
</soapenv:Envelope>`;
}

export const outboundToken = "a-token-of-the-test-0123456789";
