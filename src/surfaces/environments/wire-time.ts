export class WireTimes {
  readonly #parts: Intl.DateTimeFormat;

  constructor(timezone: string) {
    // The Swedish format equals the contract's.
    this.#parts = new Intl.DateTimeFormat('sv-SE', {
      timeZone: timezone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
  }

  /** `YYYY-MM-DD HH:MM:SS`. `at`: milliseconds since the epoch. */
  time(at: number): string {
    return this.#parts.format(at);
  }

  date(at: number): string {
    return this.time(at).slice(0, 10);
  }
}
