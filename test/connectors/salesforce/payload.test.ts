import { describe, expect, test } from "vitest";
import { cellReader, joinedRow, payloadOf, shapeOf } from "../../../connectors/salesforce/payload.ts";

const shape = shapeOf(["Id", "Owner.Email", "Name", "Account.Owner.Name", "Owner.Name", "Amount"]);

describe("a payload", () => {
  test("has its own columns, then its parents, in the order they were asked for, whatever order they came in", () => {
    const owner = { attributes: { type: "User" }, Name: "Ann", Email: "ann@acme.example" };
    const row = { attributes: { type: "Deal" }, Owner: owner, Amount: 0, Name: "Bikes", Id: "1", Account: null };
    expect(JSON.stringify(payloadOf(row, shape))).toBe(
      '{"Id":"1","Name":"Bikes","Amount":0,"Owner":{"Email":"ann@acme.example","Name":"Ann"},"Account":null}',
    );
  });

  test("is the same out of cells, where a parent without an id is none", () => {
    const columns = [
      "Id",
      "Owner.Email",
      "Name",
      "Account.Owner.Name",
      "Owner.Name",
      "Amount",
      "Owner.Id",
      "Account.Id",
    ];
    const all = [...columns, "Account.Owner.Id"];
    const read = cellReader(shape, {
      placeOf: (column) => all.indexOf(column),
      typeOf: (column) => (column === "Amount" ? "currency" : "string"),
    });
    expect(JSON.stringify(read(["1", "ann@acme.example", "Bikes", "", "Ann", "0", "005", "", ""]))).toBe(
      '{"Id":"1","Name":"Bikes","Amount":0,"Owner":{"Email":"ann@acme.example","Name":"Ann"},"Account":null}',
    );
    expect(read(["1", "", "", "", "", "", "", "001", ""])).toMatchObject({ Owner: null, Account: { Owner: null } });
  });

  test("read in parts has all of a parent whose columns came in two", () => {
    expect(joinedRow({ Id: "1", Owner: { Email: "a" } }, { Id: "1", Owner: { Name: "Ann" }, Phone: "2" })).toEqual({
      Id: "1",
      Owner: { Email: "a", Name: "Ann" },
      Phone: "2",
    });
  });
});
