import { FORMS, measurePlacement } from '../placement.js';
import { number, type Figure, type Row } from '../row.js';

const MEASURED = ['1,000 jobs of 100 in 10 constraint shapes', '100,000 jobs of one'] as const;

/** Planning and folding alone, on this thread; the slower of the two forms counts. */
export const purePlacement: Row = {
  name: 'pure-placement',
  what: 'pure placement, in memory, 5,000 nodes, one core',
  sense: 'least',
  bar: 50_000,
  quickBar: 600,
  unit: 'a second',
  measure({ quick, runs }) {
    const figures: number[] = [];
    const notes: string[] = [];
    for (let run = 0; run < runs; run += 1) {
      const rates = MEASURED.map((name) => {
        const form = FORMS[name];
        if (form === undefined) throw new Error(`no such form: ${name}`);
        const { rate, cpuRate, lastToFirst } = measurePlacement(
          quick ? { ...form, nodes: form.nodes / 10, jobs: form.jobs / 10 } : form,
        );
        notes.push(
          `run ${run + 1}, ${name}: ${number(rate)} a second (${number(cpuRate)} by processor time), last fifth at ${(lastToFirst * 100).toFixed(0)} % of the first`,
        );
        return rate;
      });
      figures.push(Math.min(...rates));
    }
    return Promise.resolve({ runs: figures, notes } satisfies Figure);
  },
};
