import { asked, floorsOf, median, number, wiringsOf, type Measured, type Outcome, type Row } from './row.js';

/** The table as it is printed and as it stands in `docs/benchmarks.md`. */
export function table(measured: readonly Measured[], quick: boolean): string {
  const lines = [
    '| what | bar | embedded | its floor | share of the floor | production | Nomad 2.0.5 | runs | |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  for (const { row, outcomes } of measured) {
    const judged = outcomes[wiringsOf(row)[0] ?? 'embedded'];
    const cells = [
      row.what,
      asked(row, quick),
      cell(outcomes.embedded),
      floorCell(row, outcomes.embedded),
      outcomes.embedded?.share?.toFixed(2) ?? '',
      cell(outcomes.production),
      row.nomad === undefined ? '' : number(row.nomad),
      judged?.figure.runs.map(number).join(', ') ?? '',
      verdict(row, judged, quick),
    ];
    lines.push(`| ${cells.join(' | ')} |`);
  }
  return lines.join('\n');
}

function cell(outcome: Outcome | undefined): string {
  return outcome === undefined ? '' : `**${number(outcome.median)}**`;
}

function floorCell({ floor }: Row, outcome: Outcome | undefined): string {
  return floor === undefined || outcome?.figure.floors === undefined
    ? ''
    : `${number(median(outcome.figure.floors))} (${floor})`;
}

function verdict(row: Row, outcome: Outcome | undefined, quick: boolean): string {
  if (outcome === undefined) return 'not measured';
  const { passed, share, median: middle, figure } = outcome;
  const missed = quick
    ? missedBy(row.sense, middle, row.quickBar)
    : missedBy(row.sense, row.floor === undefined ? middle : (share ?? Number.NaN), row.bar);
  return `${passed ? 'pass' : `**miss**${missed}`}${figure.broken === undefined ? '' : ` (${figure.broken})`}`;
}

function missedBy(sense: 'least' | 'most', value: number, bar: number): string {
  const share = sense === 'least' ? 1 - value / bar : value / bar - 1;
  return share > 0 ? ` by ${(share * 100).toFixed(0)} %` : '';
}

/** `docs/benchmarks.md`: the part between the marks is written anew, what people wrote around it stays. */
export function document(
  existing: string | undefined,
  machine: readonly string[],
  date: string,
  production: string,
  measured: readonly Measured[],
): string {
  const body = [
    BEGIN,
    '',
    `Measured ${date} on: ${machine.join('; ')}.`,
    '',
    `Production: ${production}.`,
    '',
    table(measured, false),
    '',
    `Floors: ${floorsOf(measured.map(({ row }) => row)).join('; ')}.`,
    '',
    ...measured.flatMap(({ row, outcomes }) => [
      `**${row.name}**`,
      '',
      ...(outcomes.embedded?.figure.notes ?? []).map((note) => `- ${note}`),
      ...(outcomes.production?.figure.notes ?? []).map((note) => `- production: ${note}`),
      '',
    ]),
    END,
  ].join('\n');
  const text = existing ?? FRAME;
  const begin = text.indexOf(BEGIN);
  const end = text.indexOf(END);
  return begin < 0 || end < 0
    ? `${FRAME.slice(0, FRAME.indexOf(BEGIN))}${body}${FRAME.slice(FRAME.indexOf(END) + END.length)}`
    : text.slice(0, begin) + body + text.slice(end + END.length);
}

const BEGIN = '<!-- measured: begin -->';
const END = '<!-- measured: end -->';

const FRAME = `# Benchmarks

\`\`\`sh
npm run bench                            # measure every row below, and update the table in this file
npm run bench -- --only commands         # measure one row
npm run bench -- --runs 5                # number of runs; the median counts
npm run bench -- --wiring embedded       # measure one column; or --wiring production
npm run bench -- --quick                 # a smoke test with small sizes and very low bars; writes nothing
\`\`\`

- The whole product runs, embedded and durable (\`synchronous=FULL\`, a response only after the fsync), on two cores.
- The load generator shares these cores. It is a process of its own with keep-alive connections, and one request at a time on each.
- Nodes are simulated: they register over HTTP and are then silent.

**Floors.** Absolute figures differ by more than a factor of two between machines. Many rows therefore have a *floor*:
what the same machine reaches with the least program that does the same work. The bar is then a share of that floor.
The floor is measured right after the row, in a process of its own, with the same load generator, connections, requests and warm-up.

**The column *production*** is the same server with the stores and the messaging of production, each in a process of its own on the same two cores.
The line above the table names them. This column has a bar only if the embedded column cannot measure the row: rows that name another store, and the lag of reads.
A test counts that a command needs one or two round trips to EventStoreDB (\`test/src/engine/commands/command-executor.round-trips.test.ts\`).

${BEGIN}
${END}
`;
