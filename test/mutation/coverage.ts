import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';

const report = z.object({
  result: z.array(
    z.object({
      url: z.string(),
      functions: z.array(
        z.object({
          ranges: z.array(z.object({ startOffset: z.number(), endOffset: z.number(), count: z.number() })),
        }),
      ),
    }),
  ),
});

type Range = z.infer<typeof report>['result'][number]['functions'][number]['ranges'][number];

/** Code that one test file ran, including processes that it started and that exited by themselves. */
export class Coverage {
  /** Ranges that each process reported, by module. */
  readonly #processes: ReadonlyMap<string, readonly (readonly Range[])[]>;

  private constructor(processes: ReadonlyMap<string, readonly (readonly Range[])[]>) {
    this.#processes = processes;
  }

  /** Runs a function with an environment that makes V8 write coverage reports, and reads those of modules below `dist`. */
  static async of(
    root: string,
    run: (env: Readonly<Record<string, string>>) => Promise<void>,
  ): Promise<Coverage> {
    const folder = join(root, 'coverage');
    mkdirSync(folder, { recursive: true });
    await run({ NODE_V8_COVERAGE: folder });
    const dist = pathToFileURL(root).href;
    const processes = new Map<string, Range[][]>();
    for (const name of readdirSync(folder)) {
      for (const { url, functions } of parsed(join(folder, name))) {
        if (!url.startsWith(dist)) continue;
        const module = url.slice(dist.length + 1);
        processes.set(module, [...(processes.get(module) ?? []), functions.flatMap(({ ranges }) => ranges)]);
      }
    }
    rmSync(folder, { recursive: true, force: true });
    return new Coverage(processes);
  }

  /** Whether the innermost range around a place was run. */
  ran(module: string, place: number): boolean {
    return (this.#processes.get(module) ?? []).some((ranges) => {
      let inner: Range | undefined;
      for (const range of ranges) {
        if (
          range.startOffset <= place &&
          place < range.endOffset &&
          (inner === undefined || range.endOffset - range.startOffset < inner.endOffset - inner.startOffset)
        )
          inner = range;
      }
      return inner !== undefined && inner.count > 0;
    });
  }
}

/** Returns nothing for an incomplete report, which a process leaves if it is killed while writing. */
function parsed(file: string): z.infer<typeof report>['result'] {
  try {
    return report.parse(JSON.parse(readFileSync(file, 'utf8'))).result;
  } catch {
    return [];
  }
}
