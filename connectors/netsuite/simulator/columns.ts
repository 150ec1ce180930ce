import type { StandardTable, TableName } from "./seed.ts";

export type ColumnKind = "integer" | "number" | "text" | "boolean" | "date" | "datetime";

/** A table's columns by kind, space-separated, in the record API's spelling; SuiteQL's is the same in lower case. */
export type ColumnDeclarations = Partial<Record<ColumnKind, string>> & {
  references?: Partial<Record<TableName, string>>;
};

const contactDetails =
  "firstName middleName lastName salutation title email phone altPhone mobilePhone officePhone homePhone fax comments externalId";

const opportunityColumns: ColumnDeclarations = {
  integer: "id",
  number: "probability projectedTotal total foreignTotal exchangeRate",
  text: "tranId title type status memo winLossReason forecastType leadSource externalId recordType",
  date: "tranDate expectedCloseDate closeDate actualCloseDate",
  datetime: "createdDate lastModifiedDate",
  references: {
    customer: "entity",
    contact: "contact",
    entitystatus: "entityStatus",
    employee: "salesRep employee",
    currency: "currency",
    subsidiary: "subsidiary",
  },
};

/** What every record type of the account's own has, besides its fields. Its stamp has a name of its own. */
export const customRecordColumns: ColumnDeclarations = {
  integer: "id",
  text: "name externalId",
  boolean: "isInactive",
  datetime: "created lastModified",
  references: { employee: "owner lastModifiedBy" },
};

/** Every column the simulator knows. */
export const tableDeclarations: Record<StandardTable, ColumnDeclarations> = {
  customer: {
    integer: "id",
    number: "creditLimit",
    text: `entityId altName companyName ${contactDetails} url leadSource category terms billAddress1 billCity billState billZip billCountry defaultBillingAddress vatRegNumber globalSubscriptionStatus searchStage`,
    boolean: "isPerson isInactive unsubscribe",
    date: "firstSaleDate lastSaleDate firstOrderDate lastOrderDate",
    datetime: "dateCreated lastModifiedDate",
    references: {
      customer: "parent",
      entitystatus: "entityStatus",
      employee: "salesRep",
      currency: "currency",
      subsidiary: "subsidiary",
      contact: "primaryContact",
    },
  },
  contact: {
    integer: "id",
    text: `entityId altName ${contactDetails} altEmail contactSource globalSubscriptionStatus`,
    boolean: "isInactive isPrivate unsubscribe",
    datetime: "dateCreated lastModifiedDate",
    references: { customer: "company", contact: "supervisor", employee: "owner", subsidiary: "subsidiary" },
  },
  opportunity: opportunityColumns,
  transaction: {
    integer: `${opportunityColumns.integer} daysOpen daysOverdueSearch`,
    number: `${opportunityColumns.number} foreignAmountUnpaid foreignAmountPaid subTotal taxTotal`,
    text: `${opportunityColumns.text} tranDisplayName otherRefNum source paymentMethod email shipCountry`,
    boolean: "voided posting",
    date: `${opportunityColumns.date} dueDate shipDate actualShipDate`,
    datetime: opportunityColumns.datetime ?? "",
    references: { ...opportunityColumns.references, opportunity: "opportunity", transaction: "createdFrom" },
  },
  transactionline: {
    integer: "id uniqueKey lineSequenceNumber item",
    number: "quantity rate netAmount foreignAmount",
    text: "itemType memo",
    boolean: "mainLine taxLine isClosed",
    datetime: "lineLastModifiedDate",
    references: { transaction: "transaction createdFrom", customer: "entity", subsidiary: "subsidiary" },
  },
  nexttransactionlinelink: {
    integer: "previousLine nextLine",
    number: "foreignAmount",
    text: "previousType nextType linkType",
    date: "previousDate nextDate",
    datetime: "lastModifiedDate",
    references: { transaction: "previousDoc nextDoc" },
  },
  supportcase: {
    integer: "id",
    text: "caseNumber title email phone priority origin category profile incomingMessage outgoingMessage issue item product externalId",
    boolean: "isInactive",
    datetime:
      "startDate endDate createdDate lastModifiedDate lastMessageDate lastCustomerMessageDate lastReopenedDate firstResponseDate",
    references: {
      customer: "company",
      contact: "contact",
      supportcasestatus: "status",
      employee: "assigned escalateTo",
      subsidiary: "subsidiary",
    },
  },
  employee: {
    integer: "id department",
    text: `entityId altName ${contactDetails}`,
    boolean: "isInactive isSalesRep isSupportRep giveAccess",
    date: "hireDate releaseDate",
    datetime: "dateCreated lastModifiedDate",
    references: { employee: "supervisor", subsidiary: "subsidiary" },
  },
  systemnote: {
    integer: "id recordId recordTypeId lineId role type",
    text: "field oldValue newValue context record",
    datetime: "date",
    references: { employee: "name" },
  },
  subsidiary: {
    integer: "id",
    text: "name fullName country email url",
    boolean: "isElimination isInactive",
    datetime: "lastModifiedDate",
    references: { subsidiary: "parent", currency: "currency" },
  },
  currency: {
    integer: "id",
    number: "exchangeRate",
    text: "name symbol displaySymbol",
    boolean: "isBaseCurrency isInactive",
    datetime: "lastModifiedDate",
  },
  entitystatus: {
    integer: "id key",
    number: "probability",
    text: "name stage entityType",
    boolean: "isInactive inactive includeInLeadReports",
  },
  supportcasestatus: { integer: "id key", text: "name stage", boolean: "isInactive" },
  deletedrecord: {
    integer: "recordId recordTypeId",
    text: "type name context externalId",
    boolean: "isCustomRecord",
    datetime: "deletedDate",
    references: { employee: "deletedBy" },
  },
};
