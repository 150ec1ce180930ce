import { objectReader, type Path, type Properties } from "./paths.ts";

/**
 * The values of a payload that a mapping's short paths end in, each in a slot of its own. One walk over the properties of an object
 * finds all its slots: it costs half of asking the object for each, because the engine knows that what it walks over is there.
 */
export interface Slots {
  /** The slot of a path of one or two names; undefined for any other path, which is to be followed by itself. */
  of(path: Path): number | undefined;
  /** The values in every slot; undefined where there is nothing, or null. */
  read(payload: unknown): readonly unknown[];
}

/** Makes the slots of one mapping: asked for while it is compiled, read once a record. */
export function createSlots(): Slots {
  const objects = new Map<string, { find: (payload: unknown) => Properties | undefined; slots: Map<string, number> }>();
  const blank: undefined[] = [];
  return {
    of(path) {
      const name = path.at(-1);
      const parent = path.slice(0, -1);
      if (typeof name !== "string" || path.length > 2 || typeof parent[0] === "number") return undefined;
      const key = parent.join();
      const { slots } = objects.get(key) ?? { slots: new Map<string, number>() };
      if (!objects.has(key)) objects.set(key, { find: objectReader(parent), slots });
      const slot = slots.get(name) ?? blank.push(undefined) - 1;
      slots.set(name, slot);
      return slot;
    },
    read(payload) {
      const values: unknown[] = blank.slice();
      for (const { find, slots } of objects.values()) {
        const object = find(payload);
        if (object) fill(values, slots, object);
      }
      return values;
    },
  };
}

const isOwn = Object.prototype.hasOwnProperty;

function fill(values: unknown[], slots: ReadonlyMap<string, number>, object: Properties): void {
  for (const name in object) {
    const slot = slots.get(name);
    if (slot !== undefined && isOwn.call(object, name)) values[slot] = object[name] ?? undefined;
  }
}
