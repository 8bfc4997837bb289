export class SharedQuery<Answer> {
  readonly #ask: () => Promise<Answer>;
  #underWay: Promise<Answer> | undefined;

  constructor(ask: () => Promise<Answer>) {
    this.#ask = ask;
  }

  join(): Promise<Answer> {
    this.#underWay ??= this.#ask().finally(() => (this.#underWay = undefined));
    return this.#underWay;
  }

  async fresh(): Promise<Answer> {
    await this.#underWay?.catch(() => undefined);
    return await this.join();
  }
}
