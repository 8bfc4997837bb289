import type { Log } from '../output/log.js';

export class Closing {
  readonly #steps: { readonly name: string; readonly close: () => void | Promise<void> }[] = [];

  constructor(private readonly log: Log) {}

  add(name: string, close: () => void | Promise<void>): void {
    this.#steps.push({ name, close });
  }

  async run(): Promise<void> {
    for (let step = this.#steps.pop(); step !== undefined; step = this.#steps.pop()) {
      try {
        await step.close();
      } catch (error) {
        this.log.error({ code: 'close-failed', what: step.name, err: error });
      }
    }
  }
}
