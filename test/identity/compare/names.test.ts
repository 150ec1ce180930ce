import { expect, test } from "vitest";
import { namesAgree, normaliseCompany, normaliseName } from "../../../src/identity/compare/names.ts";

const name = (text: string) => {
  const [first = "", last = ""] = text.split(" ");
  return { first: normaliseName(first), last: normaliseName(last) };
};

test.each([
  ["Ann Lee", "Ann Lee"],
  ["Ann Lee", " Lee"], // a missing part agrees with everything
  ["Ann Lee", " "],
  ["Bob Marsh", "Robert Marsh"],
  ["Liz Marsh", "Beth Marsh"], // both short for Elizabeth
  ["A Lee", "Ann Lee"], // an initial
  ["Jose Núñez", "José Nunez"],
  ["Maria Jonson", "Maria Johnson"], // one error in four letters or more
  ["Maria Johnosn", "Maria Johnson"], // swapped letters are one error
  ["Maria Sandersen", "Maria Anderson"],
])("“%s” and “%s” may be one person", (a, b) => {
  expect(namesAgree(name(a), name(b))).toBe(true);
  expect(namesAgree(name(b), name(a))).toBe(true);
});

test.each([
  ["Ann Lee", "Bob Lee"],
  ["Ann Lee", "Ann Marsh"],
  ["Ann Lee", "Ann Li"], // short names forgive nothing
  ["Maria Jones", "Maria Johnson"],
  ["Tim Marsh", "Tom Marsh"],
])("“%s” and “%s” are two persons", (a, b) => {
  expect(namesAgree(name(a), name(b))).toBe(false);
  expect(namesAgree(name(b), name(a))).toBe(false);
});

test.each([
  ["Acme, Inc.", "acme"],
  ["ACME Incorporated", "acme"],
  ["Müller GmbH", "muller"],
  ["Barnes & Sons Co.", "barnes and sons"],
  ["Barnes and Sons", "barnes and sons"],
  ["Limited", "limited"], // nothing but a legal form is a name after all
  [undefined, ""],
])("company %s is compared as “%s”", (written, compared) => {
  expect(normaliseCompany(written)).toBe(compared);
});
