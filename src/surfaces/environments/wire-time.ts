export class WireTimes {
  readonly #parts: Intl.DateTimeFormat;

  constructor(timezone: string) {
    this.#parts = new Intl.DateTimeFormat('sv-SE', {
      timeZone: timezone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
  }

  time(at: number): string {
    return this.#parts.format(at);
  }

  date(at: number): string {
    return this.time(at).slice(0, 10);
  }
}
