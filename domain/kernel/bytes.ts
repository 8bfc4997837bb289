const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

/** Formats an amount of bytes in the largest unit in which it is a whole number below 10,000, else rounded: `50 MiB`, `1.5 GiB`. */
export function bytesText(bytes: number): string {
  let power = 0;
  while (power < UNITS.length - 1 && bytes >= 1024 ** (power + 1)) power += 1;
  const below = power === 0 ? NaN : bytes / 1024 ** (power - 1);
  const isExactBelow = Number.isInteger(below) && below < 10_000 && bytes % 1024 ** power !== 0;
  if (isExactBelow) power -= 1;
  const amount = (bytes / 1024 ** power).toLocaleString('en', { maximumFractionDigits: 1 });
  return `${amount} ${UNITS[power] ?? ''}`;
}
