import { BlockList, isIPv4 } from 'node:net'

/**
 * Whether a shared access signature's `sip` admits an address. The signature covers `sip`, so it
 * cannot be taken away; but the server behind does not look at it. A text that is no address or
 * range admits nobody.
 */
export function admitsAddress(sip: string, address: string): boolean {
  const [first = '', last = first, ...more] = sip.split('-')
  const asked = plainAddress(address)
  if (more.length > 0 || !isIPv4(first) || !isIPv4(last) || !isIPv4(asked)) return false
  const range = new BlockList()
  try {
    range.addRange(first, last, 'ipv4')
  } catch {
    return false
  }
  return range.check(asked, 'ipv4')
}

/** An IPv4 client of a socket that listens on both families shows as `::ffff:1.2.3.4`. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
