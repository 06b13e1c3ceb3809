/** A box that goes over to another community while its power fails. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, joinPath, pathFromText, readWhole, utf8, writeDurably } from '#base'
import { MemoryDisk, PowerCut, simRandom } from '#base/sim'
import { CharterStore, foundingCharter } from '#community'
import { finishSuccession, prepareSuccession } from '../../src/box/succession.ts'
import { founded, founding, memberOf, START_MS } from '../../src/community/test-community.ts'
import { testBox } from '../conformance/transport-people.ts'

const FOLDER = pathFromText('/data/box')
const CHARTERS = joinPath(FOLDER, 'charters')
const COMMUNITY = joinPath(FOLDER, 'community')
const people = ['alice', 'bob'].map((name) => testBox(name))
const old = founding(people)
const next = foundingCharter({
  community: new Uint8Array(16).fill(9),
  members: people.map((one) => memberOf(one)),
  at: START_MS,
  parent: { community: old.community, number: 1, hash: '11'.repeat(32) },
})

function before(): MemoryDisk {
  const disk = new MemoryDisk({ clock: { wall: () => START_MS } })
  disk.makeFolder(pathFromText('/data'))
  disk.syncFolder(pathFromText('/'))
  for (const folder of [FOLDER, COMMUNITY]) disk.makeFolder(folder)
  disk.syncFolder(pathFromText('/data'))
  disk.syncFolder(FOLDER)
  new CharterStore(disk, CHARTERS).append(founded(old, people))
  writeDurably(disk, COMMUNITY, 'acceptor.cbor', utf8('promised to the old one'))
  return disk
}

function memory(disk: MemoryDisk, name: string): string | undefined {
  try {
    return Buffer.from(readWhole(disk, joinPath(FOLDER, name, 'acceptor.cbor'), 100)).toString()
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

test('whenever the power fails the box is in the old community or in the new one, never with promises of the other', () => {
  const seen = new Set<string>()
  for (let call = 1, cut = true; cut; call++) {
    for (let luck = 0; luck < 3; luck++) {
      const disk = before()
      disk.resetCalls()
      disk.cutPowerAt(call)
      cut = false
      try {
        prepareSuccession(disk, FOLDER, founded(next, people))
        finishSuccession(disk, FOLDER)
      } catch (error) {
        if (!(error instanceof PowerCut) && codeOf(error) !== 'POWER_CUT') throw error
        cut = true
        disk.powerCut(simRandom(`${call} ${luck}`))
      }
      disk.resetCalls()
      finishSuccession(disk, FOLDER)
      const { current } = new CharterStore(disk, CHARTERS)
      const aside = `${old.community}-1`
      assert.ok(current !== undefined, `call ${call}`)
      seen.add(current.community)
      if (current.community === old.community) {
        assert.equal(memory(disk, 'community'), 'promised to the old one')
      } else {
        assert.equal(memory(disk, 'community'), undefined, `call ${call}`)
        assert.equal(memory(disk, `community-${aside}`), 'promised to the old one')
        assert.equal(new CharterStore(disk, joinPath(FOLDER, `charters-${aside}`)).current?.community, old.community)
      }
    }
  }
  assert.equal(seen.size, 2)
})

test('a charter that does not verify changes nothing', () => {
  const disk = before()
  const { body } = founded(next, people)
  assert.throws(() => prepareSuccession(disk, FOLDER, { body, signatures: [] }), { code: 'CHARTER_SIGNATURES_MISSING' })
  finishSuccession(disk, FOLDER)
  assert.equal(new CharterStore(disk, CHARTERS).current?.community, old.community)
})
