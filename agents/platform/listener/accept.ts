export const OCTET_STREAM = 'application/octet-stream';

/** Returns the quality from 0 to 1 that an Accept header gives to a media range by name. Undefined if it does not name the range. */
export function qualityOf(accept: string, range: string): number | undefined {
  const qualities = accept.split(',').flatMap((each) => {
    const [name = '', ...parameters] = each.split(';').map((part) => part.trim().toLowerCase());
    if (name !== range) return [];
    const quality = parameters.find((parameter) => parameter.startsWith('q='));
    const value = quality === undefined ? 1 : Number(quality.slice('q='.length));
    return [Number.isNaN(value) ? 1 : value];
  });
  return qualities.length === 0 ? undefined : Math.max(...qualities);
}

/**
 * Whether an Accept header prefers raw bytes to a content type such as `text/plain; charset=utf-8`. With equal qualities the content type remains,
 * because it says more.
 */
export function prefersOctets(accept: string, contentType: string): boolean {
  const octets = qualityOf(accept, OCTET_STREAM);
  if (octets === undefined) return false;
  const [type = ''] = contentType.split(';');
  const [family = ''] = type.split('/');
  return (
    octets >
    (qualityOf(accept, type.trim()) ?? qualityOf(accept, `${family}/*`) ?? qualityOf(accept, '*/*') ?? 0)
  );
}
