import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { fromHex, toHex } from '#base'
import {
  type Act,
  decodeInvitation,
  decodeSignedCharter,
  encodeInvitation,
  encodeSignedCharter,
  hashOfAct,
  type SignedCharter,
  verifyChain,
} from '#community'
import { invitationKeysFromSecret } from '#crypto'
import { testBox } from '../../test/conformance/transport-people.ts'
import { actOf, admitOf, countActsAnew, founded, founding, inviteOf, START_MS, voted } from './test-community.ts'

const FILE = new URL('../../test/vectors/community/chain-1.json', import.meta.url)

interface Vector {
  readonly about: string
  readonly invitation: { readonly secret: string; readonly key: string; readonly code: string }
  /** Signed charters in order, hex, and the hash of each. */
  readonly chain: readonly { readonly signed: string; readonly hash: string; readonly act: string | null }[]
}

/** `WRITE_VECTORS=1` writes them anew: only with a new format. */
function makeVector(): Vector {
  countActsAnew()
  const [alice, bob] = [testBox('alice'), testBox('bob')]
  const first = founded(founding([alice]), [alice])
  const chain: SignedCharter[] = [first]
  const step = (act: Act, voters: readonly ReturnType<typeof testBox>[]): void => {
    const parent = verifyChain(chain).current?.charter
    if (parent !== undefined) chain.push(voted(parent, act, voters))
  }
  step(inviteOf(alice, 'golden', [alice]), [alice])
  step(admitOf(bob, 'golden'), [alice])
  step(actOf(bob, { kind: 'leave' }, [bob]), [alice, bob])
  const kept = verifyChain(chain).kept
  const secret = Uint8Array.from(Buffer.from('golden'.padEnd(16, '.')))
  const { community } = kept[0]?.charter ?? { community: '' }
  const charter = (kept[1]?.hash ?? '').slice(0, 32)
  const contacts = ['backup.example.org:4600', '[2001:db8::7]:4600']
  return {
    about: `alice founds alone at ${START_MS}, invites and admits bob, who leaves; bytes are lower-case hex`,
    invitation: {
      secret: toHex(secret),
      key: invitationKeysFromSecret(secret).key,
      code: encodeInvitation({ community, charter, secret, contacts }),
    },
    chain: kept.map(({ signed, hash, charter: { act } }) => ({
      signed: toHex(encodeSignedCharter(signed)),
      hash,
      act: act === undefined ? null : hashOfAct(act.body),
    })),
  }
}

test('charters, acts and invitations have the bytes that they had', () => {
  const made = makeVector()
  if (process.env.WRITE_VECTORS === '1') writeFileSync(FILE, `${JSON.stringify(made, null, 2)}\n`)
  const golden = JSON.parse(readFileSync(FILE, 'utf8')) as Vector
  assert.deepEqual(made, golden)
  const { kept, departures } = verifyChain(golden.chain.map(({ signed }) => decodeSignedCharter(fromHex(signed))))
  assert.deepEqual(
    kept.map(({ hash }) => hash),
    golden.chain.map(({ hash }) => hash),
  )
  assert.deepEqual(
    [...departures.values()].map(({ how, number }) => [how, number]),
    [['left', 4]],
  )
  const { charter, contacts } = decodeInvitation(golden.invitation.code)
  assert.ok(kept[1]?.hash.startsWith(charter))
  assert.equal(contacts.length, 2)
})
