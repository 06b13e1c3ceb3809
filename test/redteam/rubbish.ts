/** Requests that make no sense, or as little as they can. */
import { encodeCbor } from '#base'
import type { SimRandom } from '#base/sim'
import type { PeerMethod } from '#network'
import type { Thief } from './thief.ts'

const HASH = 'ab'.repeat(32)
const HUGE = '999999999999999'
const ROUTES: readonly (readonly [PeerMethod, string])[] = [
  ['PUT', `fragments/${HASH}.0`],
  ['PUT', `fragments/${HASH}.99`],
  ['GET', `fragments/${HASH}.47?header=1`],
  ['POST', 'verify'],
  ['GET', 'inventory'],
  ['GET', 'inventory/data/255'],
  ['GET', `inventory/metadata/0?after=${HASH}.3`],
  ['GET', 'log'],
  ['GET', `log?at=${HUGE}`],
  ['GET', `log?from=${HUGE}`],
  ['GET', `log?until=${HUGE}`],
  ['POST', `log?from=0&incarnation=1099511627776-${'ab'.repeat(16)}`],
  ['POST', `log?from=${HUGE}&incarnation=1-${'ab'.repeat(16)}&branch=1`],
  ['PUT', `keyrings/${HASH}`],
  ['GET', `keyrings/${HASH}`],
  ['POST', 'heads'],
  ['GET', 'heads/0'],
  ['GET', `heads/${HUGE}`],
  ['GET', `heads?list=1&before=0`],
  ['GET', `heads?from=${HUGE}`],
  ['POST', 'incarnation'],
  ['GET', 'state?counts=1'],
  ['PUT', 'epoch'],
  ['POST', 'releases'],
  ['POST', 'cancels'],
  ['GET', 'releases'],
  ['POST', 'undo'],
  ['POST', 'condemn'],
  ['POST', 'budget'],
  ['GET', 'unusual'],
  ['POST', 'nothing'],
]

/** Some of everything that a host may be sent, in forms that it should refuse. */
export async function sendRubbish(on: Thief, host: number, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    const [method, what] = on.random.pick(ROUTES)
    await on.ask(host, method, what, method === 'GET' ? undefined : bodyOf(on.random))
  }
}

function bodyOf(random: SimRandom): Uint8Array {
  const choices: readonly (() => Uint8Array)[] = [
    () => new Uint8Array(0),
    () => random.bytes(1 + random.below(300)),
    () => encodeCbor({ format: 1 }),
    () =>
      encodeCbor({
        format: 1,
        heads: [],
        fragments: null,
        after: null,
        incarnation: { count: 1, bytes: random.bytes(16) },
      }),
    () => encodeCbor({ body: random.bytes(40), signature: random.bytes(64), certificate: random.bytes(200) }),
    () => encodeCbor(Array.from({ length: 300 }, () => [])),
    // Longer than most routes take.
    () => new Uint8Array(200 * 1024),
    () => nested(500),
  ]
  return random.pick(choices)()
}

/** Lists in lists: a parser that calls itself must end before its stack does. */
function nested(depth: number): Uint8Array {
  const bytes = new Uint8Array(depth + 1).fill(0x81)
  bytes[depth] = 0x80
  return bytes
}
