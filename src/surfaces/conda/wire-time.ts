/** Moments as this contract has them. */
export class WireTimes {
  readonly #parts: Intl.DateTimeFormat;

  /** @param timezone IANA name. */
  constructor(timezone: string) {
    // Sweden writes dates as the contract does.
    this.#parts = new Intl.DateTimeFormat('sv-SE', { timeZone: timezone, dateStyle: 'short', timeStyle: 'medium' });
  }

  /** `YYYY-MM-DD HH:MM:SS`. `at`: milliseconds since 1970. */
  time(at: number): string {
    return this.#parts.format(at);
  }

  /** `YYYY-MM-DD` */
  date(at: number): string {
    return this.time(at).slice(0, 10);
  }
}
