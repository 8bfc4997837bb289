/** A question that many ask at the same time, put once for all of them. */
export class Joined<Answer> {
  readonly #ask: () => Promise<Answer>;
  #underWay: Promise<Answer> | undefined;

  constructor(ask: () => Promise<Answer>) {
    this.#ask = ask;
  }

  /** What is being answered, or asked now. */
  join(): Promise<Answer> {
    this.#underWay ??= this.#ask().finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  /** The answer to a question that is put after this call: what is under way is waited for, and the next one joined. */
  async afresh(): Promise<Answer> {
    await this.#underWay?.catch(() => undefined);
    return await this.join();
  }
}
