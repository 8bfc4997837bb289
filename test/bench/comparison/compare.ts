import { median, number } from '../row.js';
import { MUSTER } from '../../fixtures/program.js';
import { describeMachine } from '../machine.js';
import { builtRevision, type Revision } from './revision.js';
import { COMPARED_ROWS, sampled, type ComparedRow, type Sample } from './sample.js';

/** A figure that is worse by this share is worth a warning. */
const WARNED_SHARE = 0.1;

interface Compared {
  readonly figure: string;
  readonly other: number;
  readonly today: number;
  /** Whether more is better. */
  readonly rises: boolean;
  /** Only explains another figure, so it is no reason for a warning. */
  readonly explains?: boolean;
}

/** Measures another revision and this one in turn, and prints the medians of both and their ratios. Returns false if something is worse by 10 % or more. */
export async function measureRevisions(
  revision: string,
  { quick, rounds }: { readonly quick: boolean; readonly rounds: number },
): Promise<boolean> {
  const other = builtRevision(revision);
  const today: Revision = { name: 'this tree', main: MUSTER };
  const samples = new Map<string, Map<ComparedRow, Sample>[]>();
  for (let round = 0; round < rounds; round += 1)
    // The first of a round has the quieter machine, so they take turns.
    for (const each of round % 2 === 0 ? [other, today] : [today, other]) {
      console.log(`round ${round + 1} of ${rounds}: ${each.name} …`);
      const { rows, missing } = await sampled(each, quick);
      samples.set(each.name, [...(samples.get(each.name) ?? []), rows]);
      for (const [name, reason] of missing) console.log(`  ${name} of ${each.name} is left out: ${reason}`);
    }
  console.log(`\n${describeMachine().join('\n')}\n`);
  console.log(`| row | figure | ${other.name} | ${today.name} | ratio |\n| --- | --- | ---: | ---: | ---: |`);
  let sound = true;
  for (const name of COMPARED_ROWS) {
    const of = (each: Revision): Sample[] =>
      (samples.get(each.name) ?? []).flatMap((rows) => rows.get(name) ?? []);
    for (const { figure, other: before, today: after, rises, explains } of compared(of(other), of(today))) {
      const ratio = after / before;
      const isWorse = explains !== true && (rises ? ratio < 1 - WARNED_SHARE : ratio > 1 + WARNED_SHARE);
      if (isWorse) sound = false;
      const mark = isWorse ? ' **worse**' : '';
      const times = before === 0 ? '–' : ratio.toFixed(2);
      console.log(`| ${name} | ${figure} | ${number(before)} | ${number(after)} | ${times}${mark} |`);
    }
  }
  if (!sound) console.log(`\nwarning: figures that are marked are worse by ${WARNED_SHARE * 100} % or more`);
  return sound;
}

function compared(other: readonly Sample[], today: readonly Sample[]): Compared[] {
  if (other.length === 0 || today.length === 0) return [];
  const compare = (
    figure: string,
    of: (sample: Sample) => number | undefined,
    rises = false,
    explains = false,
  ): Compared[] => {
    const [before, after] = [other, today].map((samples) =>
      median(samples.flatMap((each) => of(each) ?? [])),
    );
    if (before === undefined || after === undefined || Number.isNaN(before) || Number.isNaN(after)) return [];
    return [{ figure, other: before, today: after, rises, explains }];
  };
  const threads = new Set([...other, ...today].flatMap(({ micros }) => [...(micros?.keys() ?? [])]));
  const total = ({ micros }: Sample): number | undefined =>
    micros === undefined ? undefined : [...micros.values()].reduce((sum, each) => sum + each, 0);
  return [
    ...compare('a second', ({ rate }) => rate, true),
    ...compare('p50, ms', ({ p50 }) => p50),
    ...compare('p99, ms', ({ p99 }) => p99),
    ...compare('processor time, µs', total),
    ...[...threads].flatMap((thread) =>
      compare(`of it ${thread}, µs`, ({ micros }) => micros && (micros.get(thread) ?? 0), false, true),
    ),
    ...compare('allocated by main, KiB', ({ allocatedKiB }) => allocatedKiB),
    ...compare('memory at its highest, MiB', ({ peakMiB }) => peakMiB),
  ];
}
