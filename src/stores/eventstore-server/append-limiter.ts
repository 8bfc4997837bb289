/** Limits the number and total size of concurrent appends. Additional appends wait. */
export class AppendLimiter {
  readonly #waiting: { readonly size: number; readonly enter: () => void }[] = [];
  #count = 0;
  #size = 0;

  constructor(
    private readonly mostCount: number,
    private readonly mostSize: number,
  ) {}

  async pass<Result>(size: number, work: () => Promise<Result>): Promise<Result> {
    if (this.#waiting.length > 0 || !this.#fits(size)) {
      await new Promise<void>((enter) => {
        this.#waiting.push({ size, enter });
      });
    } else this.#take(size);
    try {
      return await work();
    } finally {
      this.#count -= 1;
      this.#size -= size;
      this.#letIn();
    }
  }

  #letIn(): void {
    for (let next = this.#waiting[0]; next !== undefined && this.#fits(next.size); next = this.#waiting[0]) {
      this.#waiting.shift();
      this.#take(next.size);
      next.enter();
    }
  }

  #fits(size: number): boolean {
    return this.#count === 0 || (this.#count < this.mostCount && this.#size + size <= this.mostSize);
  }

  #take(size: number): void {
    this.#count += 1;
    this.#size += size;
  }
}
