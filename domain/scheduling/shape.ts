import { canonicalJson } from './canonical.js';
import { compileConstraint, type CompiledConstraint } from './constraint.js';
import type { GroupData, ShapeData } from './group-specification.js';
import type { Demand, Ledger } from './ledger.js';
import type { NodeFacts } from './node-facts.js';

/** A demand made ready for many nodes: what a group asks for, shared by all groups that ask alike. */
export interface Shape {
  readonly key: string;
  readonly data: ShapeData;
  readonly demand: Demand;
  readonly constraints: readonly CompiledConstraint[];
  /** Some task wants GPU devices. */
  readonly wantsDevices: boolean;
}

/** What the scheduler knows of a group, shared by all jobs whose groups are equal but for `count`. */
export interface GroupSpecification extends GroupData {
  readonly shape: Shape;
}

/** The first of the shape's demands that no change of what is held can meet on this node, as reasons name it; undefined: none. */
export function ruledOutBy(shape: Shape, node: NodeFacts): string | undefined {
  for (const driver of shape.data.drivers) if (!node.drivers.includes(driver)) return `driver ${driver}`;
  for (const constraint of shape.constraints) if (!constraint.holds(node)) return constraint.label;
  return undefined;
}

interface Counted<Value> {
  readonly value: Value;
  uses: number;
}

/** Keeps one copy of each shape and each group specification for as long as a job uses it. */
export class ShapeTable {
  readonly #shapes = new Map<string, Counted<Shape>>();
  readonly #groups = new Map<string, Counted<GroupSpecification>>();
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Takes one use of the group's specification; `data` and `shape` are asked for only where it is not known yet. */
  take(identity: string, data: () => GroupData, shape: () => ShapeData): GroupSpecification {
    let counted = this.#groups.get(identity);
    if (counted === undefined) {
      counted = { value: { ...data(), shape: this.#takeShape(shape()) }, uses: 0 };
      this.#groups.set(identity, counted);
    }
    counted.uses += 1;
    return counted.value;
  }

  drop(specification: GroupSpecification): void {
    const counted = this.#groups.get(specification.identity);
    if (counted === undefined || (counted.uses -= 1) > 0) return;
    this.#groups.delete(specification.identity);
    const shape = this.#shapes.get(specification.shape.key);
    if (shape !== undefined && (shape.uses -= 1) === 0) this.#shapes.delete(specification.shape.key);
  }

  groups(): IterableIterator<GroupSpecification> {
    return [...this.#groups.values()].map((counted) => counted.value).values();
  }

  #takeShape(data: ShapeData): Shape {
    const key = canonicalJson(data);
    let counted = this.#shapes.get(key);
    if (counted === undefined) {
      counted = { value: makeShape(key, data, this.#ledger), uses: 0 };
      this.#shapes.set(key, counted);
    }
    counted.uses += 1;
    return counted.value;
  }
}

function makeShape(key: string, data: ShapeData, ledger: Ledger): Shape {
  return {
    key,
    data,
    demand: ledger.demand(data.resources, data.ports),
    constraints: data.constraints.map(compileConstraint),
    wantsDevices: Object.keys(data.gpus).length > 0,
  };
}
