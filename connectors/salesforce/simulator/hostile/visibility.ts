import type { Org } from "../org.ts";
import type { Field } from "../schema/field.ts";
import type { ObjectSchema } from "../schema/schema.ts";
import type { SObjectName } from "../values.ts";

/**
 * Fields that field-level security hides from the user the API calls run as: to them such a field does not exist. People in the org
 * still see it, so it is shown again for as long as they work.
 */
export class Visibility {
  readonly #org: Org;
  readonly #hidden = new Map<SObjectName, Set<string>>();
  readonly #concealed: { object: ObjectSchema; field: Field; place: number }[] = [];

  constructor(org: Org) {
    this.#org = org;
  }

  /** How many fields are hidden. */
  get count(): number {
    return [...this.#hidden.values()].reduce((sum, names) => sum + names.size, 0);
  }

  /** Takes the access to a field away, from the next `conceal` on. */
  hide(object: SObjectName, field: string): void {
    this.#hidden.set(object, (this.#hidden.get(object) ?? new Set()).add(field));
  }

  /** Gives all access back. */
  showAll(): void {
    this.reveal();
    this.#hidden.clear();
  }

  /** People come to work: every field is there. */
  reveal(): void {
    for (const { object, field, place } of this.#concealed.splice(0).toReversed()) {
      object.fields.splice(place, 0, field);
      object.byName.set(field.name.toLowerCase(), field);
    }
  }

  /** The API comes to ask: hidden fields are not there. */
  conceal(): void {
    for (const [name, fields] of this.#hidden) {
      const object = this.#org.object(name);
      for (const fieldName of fields) {
        const field = object.byName.get(fieldName.toLowerCase());
        if (!field) continue;
        const place = object.fields.indexOf(field);
        object.fields.splice(place, 1);
        object.byName.delete(fieldName.toLowerCase());
        this.#concealed.push({ object, field, place });
      }
    }
  }
}
