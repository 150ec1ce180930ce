import { type AssociationType, definedType } from "./association-types.ts";
import { factsOf, type ObjectType } from "./object-types.ts";

export interface Associated {
  toId: string;
  types: AssociationType[];
}

/** Which record is tied to which, both ways. */
export class AssociationStore {
  /** `fromType/fromId/toType` → other id → types. */
  #ties = new Map<string, Map<string, AssociationType[]>>();

  /** Ties two records in both directions; true when that is news. */
  tie(from: RecordRef, to: RecordRef, type: AssociationType): boolean {
    const inverse = inverseOf(from.type, to.type, type);
    this.#put(to, from, inverse);
    return this.#put(from, to, type);
  }

  /** Unties two records altogether, or of one type only; the types that went. */
  untie(from: RecordRef, to: RecordRef, typeId?: number): AssociationType[] {
    const gone = this.#take(from, to, typeId);
    for (const type of gone) this.#take(to, from, type.inverse);
    return gone;
  }

  /** The associated records of one object type, by id. */
  of(from: RecordRef, toType: ObjectType): Associated[] {
    const ties = this.#ties.get(tieKey(from, toType));
    if (!ties) return [];
    return [...ties].map(([toId, types]) => ({ toId, types })).sort((a, b) => Number(a.toId) - Number(b.toId));
  }

  /** Hands all ties of a merged record to the winner. */
  move(loser: RecordRef, winner: RecordRef, toTypes: readonly ObjectType[]): void {
    for (const toType of toTypes) {
      for (const { toId, types } of this.of(loser, toType)) {
        const other = { type: toType, id: toId };
        this.untie(loser, other);
        if (toType === winner.type && toId === winner.id) continue;
        for (const type of types) this.tie(winner, other, type);
      }
    }
  }

  #put(from: RecordRef, to: RecordRef, type: AssociationType): boolean {
    const key = tieKey(from, to.type);
    const ties = this.#ties.get(key) ?? new Map<string, AssociationType[]>();
    const types = ties.get(to.id) ?? [];
    if (types.some(({ typeId }) => typeId === type.typeId)) return false;
    this.#ties.set(key, ties.set(to.id, [...types, type]));
    return true;
  }

  #take(from: RecordRef, to: RecordRef, typeId?: number): AssociationType[] {
    const ties = this.#ties.get(tieKey(from, to.type));
    const types = ties?.get(to.id) ?? [];
    const kept = typeId === undefined ? [] : types.filter((type) => type.typeId !== typeId);
    if (kept.length > 0) ties?.set(to.id, kept);
    else ties?.delete(to.id);
    return types.filter((type) => !kept.includes(type));
  }
}

export interface RecordRef {
  type: ObjectType;
  id: string;
}

/** The type as given, or the portal's own labelled type under that id. */
export function typeOf(from: ObjectType, to: ObjectType, typeId: number, label: string | null = null): AssociationType {
  const known = definedType(from, to, typeId);
  if (known) return known;
  const name = `${factsOf(from).singular}_to_${factsOf(to).singular}_${typeId}`;
  return { typeId, label, category: "USER_DEFINED", name, inverse: typeId };
}

function inverseOf(from: ObjectType, to: ObjectType, type: AssociationType): AssociationType {
  return typeOf(to, from, type.inverse, type.label);
}

const tieKey = (from: RecordRef, toType: ObjectType): string => `${from.type}/${from.id}/${toType}`;
