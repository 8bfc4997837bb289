import { isLacking } from '../feasibility/fit.js';
import type { Ledger } from '../capacity/ledger.js';
import type { NodeFacts } from '../capacity/node-facts.js';
import { ruledOutBy, type Shape } from '../feasibility/shape.js';

interface Marks {
  suited: Uint32Array;
  ruledOut: Uint32Array;
  full: Uint32Array;
}

interface Search {
  readonly most: number;
  readonly found: Int32Array;
  readonly already: number;
  readonly isExcluded: ((node: number) => boolean) | undefined;
}

const CACHED_SHAPES = 256;

export interface NodeView {
  isOpen(node: number): boolean;
  facts(node: number): NodeFacts | undefined;
}

/**
 * Finds the nodes on which a shape fits. The caches only save work: the result is the same as if every node were checked in turn. {@link freed} and
 * {@link changed} must be called when nodes change.
 */
export class Candidates {
  readonly #ledger: Ledger;
  readonly #nodes: NodeView;
  readonly #marks = new Map<Shape, Marks>();

  constructor(ledger: Ledger, nodes: NodeView) {
    this.#ledger = ledger;
    this.#nodes = nodes;
  }

  find(
    shape: Shape,
    offset: number,
    most: number,
    found: Int32Array,
    isExcluded?: (node: number) => boolean,
  ): number {
    const size = this.#ledger.size;
    if (size === 0) return 0;
    const home = this.#homeOf(shape);
    if (home !== undefined) {
      if (!this.fits(shape, home) || isExcluded?.(home) === true) return 0;
      found[0] = home;
      return 1;
    }
    const marks = this.#marksOf(shape);
    const start = offset % size;
    const count = this.#scan(shape, marks, start, size, { most, found, already: 0, isExcluded });
    return count === most
      ? count
      : this.#scan(shape, marks, 0, start, { most, found, already: count, isExcluded });
  }

  fits(shape: Shape, node: number): boolean {
    if (!this.#nodes.isOpen(node)) return false;
    const facts = this.#nodes.facts(node);
    return (
      facts !== undefined &&
      !isLacking(this.#ledger, node, shape.demand) &&
      ruledOutBy(shape, facts) === undefined
    );
  }

  suits(shape: Shape, node: number): boolean {
    const { suited, ruledOut } = this.#marksOf(shape);
    const [word, bit] = [node >>> 5, 1 << (node & 31)];
    if ((suited[word]! & bit) !== 0) return true;
    if ((ruledOut[word]! & bit) !== 0) return false;
    const facts = this.#nodes.isOpen(node) ? this.#nodes.facts(node) : undefined;
    const marks = facts !== undefined && ruledOutBy(shape, facts) === undefined ? suited : ruledOut;
    marks[word]! |= bit;
    return marks === suited;
  }

  freed(node: number): void {
    const word = node >>> 5;
    const keep = ~(1 << (node & 31));
    for (const marks of this.#marks.values()) if (word < marks.full.length) marks.full[word]! &= keep;
  }

  changed(node: number): void {
    const word = node >>> 5;
    const keep = ~(1 << (node & 31));
    for (const marks of this.#marks.values()) {
      if (word >= marks.full.length) continue;
      marks.full[word]! &= keep;
      marks.suited[word]! &= keep;
      marks.ruledOut[word]! &= keep;
    }
  }

  #homeOf(shape: Shape): number | undefined {
    for (const { name } of shape.demand.volumes) {
      const home = this.#ledger.volumes.nodeOf(name);
      if (home !== undefined) return home;
    }
    return undefined;
  }

  #scan(
    shape: Shape,
    marks: Marks,
    from: number,
    to: number,
    { most, found, already, isExcluded }: Search,
  ): number {
    const { suited, ruledOut, full } = marks;
    const ledger = this.#ledger;
    let count = already;
    let node = from;
    while (node < to) {
      const word = node >>> 5;
      const open = ~(ruledOut[word]! | full[word]!) >>> (node & 31);
      if (open === 0) {
        node = (word + 1) << 5;
        continue;
      }
      node += 31 - Math.clz32(open & -open);
      if (node >= to) break;
      const bit = 1 << (node & 31);
      if ((suited[word]! & bit) === 0) {
        const facts = this.#nodes.isOpen(node) ? this.#nodes.facts(node) : undefined;
        if (facts === undefined || ruledOutBy(shape, facts) !== undefined) {
          ruledOut[word]! |= bit;
          node += 1;
          continue;
        }
        suited[word]! |= bit;
      }
      if (isLacking(ledger, node, shape.demand)) full[word]! |= bit;
      else if (isExcluded?.(node) !== true) {
        found[count] = node;
        count += 1;
        if (count === most) return count;
      }
      node += 1;
    }
    return count;
  }

  #marksOf(shape: Shape): Marks {
    const words = this.#ledger.reserved >>> 5;
    const known = this.#marks.get(shape);
    if (known !== undefined && known.full.length >= words) return known;
    const marks: Marks = known === undefined ? blank(words) : widen(known, words);
    if (known === undefined && this.#marks.size >= CACHED_SHAPES) {
      for (const oldest of this.#marks.keys()) {
        this.#marks.delete(oldest);
        break;
      }
    }
    this.#marks.set(shape, marks);
    return marks;
  }
}

function blank(words: number): Marks {
  return { suited: new Uint32Array(words), ruledOut: new Uint32Array(words), full: new Uint32Array(words) };
}

function widen(marks: Marks, words: number): Marks {
  const wider = blank(words);
  wider.suited.set(marks.suited);
  wider.ruledOut.set(marks.ruledOut);
  wider.full.set(marks.full);
  return wider;
}
