import { zoneOf } from '#domain/tasks/schedule/index.js';

/** Times as the contract writes them: `2026-11-29 14:05:00` in the time zone of the settings. */
export class WireTimes {
  constructor(private readonly timezone: string) {}

  time(at: number): string {
    const wall = zoneOf(this.timezone)?.wallAt(at) ?? at;
    return new Date(wall).toISOString().slice(0, 19).replace('T', ' ');
  }

  date(at: number): string {
    return this.time(at).slice(0, 10);
  }
}
