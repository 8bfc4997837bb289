import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
export type Range = readonly [Address, number];

/** IANA's allocated IPv6 unicast space. It includes the whole Internet, but also other ranges. */
const GIVEN_OUT = ipaddr.IPv6.parseCIDR('2000::/3');
/** Ranges that the library treats as public or does not recognize: Azure's metadata, documentation (RFC 9637), benchmarks (RFC 2544). */
const FURTHER: readonly (readonly [Range, string])[] = [
  [parseRange('168.63.129.16/32'), 'a metadata service'],
  [parseRange('3fff::/20'), 'reserved'],
  [parseRange('198.18.0.0/15'), 'for benchmarks'],
];

const NAMES: Readonly<Record<string, string>> = {
  unspecified: 'this machine',
  loopback: 'loopback',
  private: 'private',
  uniqueLocal: 'private',
  linkLocal: 'link-local',
  carrierGradeNat: 'private (carrier-grade NAT)',
  multicast: 'multicast',
  broadcast: 'broadcast',
  benchmarking: 'for benchmarks',
  ipv4Mapped: 'IPv4 inside IPv6',
  rfc6145: 'IPv4 inside IPv6',
  rfc6052: 'IPv4 inside IPv6 (NAT64)',
  '6to4': 'IPv4 inside IPv6 (6to4)',
  teredo: 'IPv4 inside IPv6 (Teredo)',
};

export function kindOfAddress(text: string): string | undefined {
  const address = parse(text);
  if (address === undefined) return 'reserved';
  const further = FURTHER.find(([range]) => matches(address, range));
  if (further !== undefined) return further[1];
  const range = address.range();
  if (range !== 'unicast') return NAMES[range] ?? 'reserved';
  return address instanceof ipaddr.IPv6 && !address.match(GIVEN_OUT) ? 'reserved' : undefined;
}

/** Returns the address that a connection actually reaches: the IPv4 address that is embedded in an IPv6 address in any form, or else the address. */
export function carriedAddress(text: string): string {
  const address = parse(text);
  if (!(address instanceof ipaddr.IPv6)) return address?.toString() ?? text;
  const { parts } = address;
  const [first, second, third, fourth, , , high = 0, low = 0] = parts;
  if (
    parts.slice(0, 4).every((part) => part === 0) &&
    (parts[4] === 0 || parts[4] === 0xffff) &&
    (parts[5] === 0 || parts[5] === 0xffff) &&
    (high > 0 || low > 1)
  )
    return dotted(high, low);
  if (first === 0x64 && second === 0xff9b) return dotted(high, low);
  if (first === 0x2002) return dotted(second ?? 0, third ?? 0);
  // Teredo: the client's address, with all bits inverted, follows the server's address.
  if (first === 0x2001 && second === 0)
    return third === undefined || fourth === undefined
      ? address.toString()
      : dotted(high ^ 0xffff, low ^ 0xffff);
  return address.toString();
}

export function parseRange(text: string): Range {
  return ipaddr.parseCIDR(text);
}

export function isWithin(text: string, range: Range): boolean {
  const address = parse(text);
  return address !== undefined && matches(address, range);
}

function matches(address: Address, [network, bits]: Range): boolean {
  return address.kind() === network.kind() && address.match(network, bits);
}

function parse(text: string): Address | undefined {
  const bare = text.replace(/^\[|\]$/g, '').replace(/%.*$/, '');
  return ipaddr.isValid(bare) ? ipaddr.parse(bare) : undefined;
}

function dotted(high: number, low: number): string {
  return [high >> 8, high & 255, low >> 8, low & 255].join('.');
}
