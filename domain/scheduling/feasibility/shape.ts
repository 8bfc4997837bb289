import { compileConstraint, type CompiledConstraint } from './constraint.js';
import type { ConstraintSet, GroupData, ShapeData } from './group-specification.js';
import type { Demand, Ledger } from '../capacity/ledger.js';
import type { NodeFacts } from '../capacity/node-facts.js';
import { hasCapability } from '../../kernel/resources.js';

/** A group's requirements, compiled and shared by all groups with equal requirements. */
export interface Shape {
  readonly data: ShapeData;
  readonly demand: Demand;
  readonly jobConstraints: readonly CompiledConstraint[];
  readonly constraints: readonly CompiledConstraint[];
  readonly wantsDevices: boolean;
}

export interface GroupSpecification extends GroupData {
  readonly shape: Shape;
}

const NONE: readonly string[] = [];

/** Returns the first requirement that this node can never meet, in the form used in reasons. */
export function ruledOutBy(shape: Shape, node: NodeFacts): string | undefined {
  for (const driver of shape.data.drivers) if (!node.drivers.includes(driver)) return `driver ${driver}`;
  for (const capability of shape.data.capabilities ?? NONE)
    if (!hasCapability(node.attributes, capability)) return `attribute ${capability}`;
  for (const constraint of shape.jobConstraints)
    if (!constraint.holds(node)) return constraint.labelFor?.(node) ?? constraint.label;
  for (const constraint of shape.constraints)
    if (!constraint.holds(node)) return constraint.labelFor?.(node) ?? constraint.label;
  return undefined;
}

export function fulfils(node: NodeFacts, { jobConstraints, constraints }: Shape): boolean {
  return [...jobConstraints, ...constraints].every((constraint) => constraint.holds(node));
}

interface Counted<Value> {
  readonly value: Value;
  uses: number;
}

export class ShapeTable {
  readonly #shapes = new Map<string, Counted<Shape>>();
  readonly #groups = new Map<string, Counted<GroupSpecification>>();
  readonly #ledger: Ledger;

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
  }

  /** Adds one use of the group's specification. `data` and `shape` are called only if it is unknown. */
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
    const shape = this.#shapes.get(specification.shape.data.key);
    if (shape !== undefined && (shape.uses -= 1) === 0) this.#shapes.delete(specification.shape.data.key);
  }

  #takeShape(data: ShapeData): Shape {
    let counted = this.#shapes.get(data.key);
    if (counted === undefined) {
      counted = { value: makeShape(data, this.#ledger), uses: 0 };
      this.#shapes.set(data.key, counted);
    }
    counted.uses += 1;
    return counted.value;
  }
}

const compiledSets = new WeakMap<ConstraintSet, readonly CompiledConstraint[]>();

function compiledSet(set: ConstraintSet): readonly CompiledConstraint[] {
  let compiled = compiledSets.get(set);
  if (compiled === undefined) compiledSets.set(set, (compiled = set.list.map(compileConstraint)));
  return compiled;
}

function makeShape(data: ShapeData, ledger: Ledger): Shape {
  const { ports, dynamicPorts = 0, volumes = [] } = data;
  return {
    data,
    demand: ledger.demand(data.resources, { ports, dynamicPorts, volumes }),
    jobConstraints: compiledSet(data.jobConstraints),
    constraints: data.constraints.map(compileConstraint),
    wantsDevices: Object.keys(data.gpus).length > 0,
  };
}
