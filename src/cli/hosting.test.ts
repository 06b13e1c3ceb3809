import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Answers, datis } from './command-line-fixture.ts'

test('hosting show says of what nobody was told, and why', async () => {
  const contacts = { known: false, people: 0, former: 0, untold: 2, toldAt: null, failing: 0 }
  const owner = { box: 'b1', name: 'Town hall', organisation: 'o1', bytes: 1, heldBytes: 1, releasedBytes: 0 }
  const rest = { former: null, nextPurgeMs: null, lastPurgeMs: null, rotten: 0, classes: [] }
  const disk = { usedBytes: 1, totalBytes: 2, limitBytes: 2 }
  const show = (more: object, mail: boolean) => {
    const owners = [{ ...owner, ...rest, contacts: { ...contacts, ...more } }]
    const result = { store: 's', livedMs: 0, frozen: false, disk, quotaBytes: null, owners, mail, damaged: [], own: [] }
    return datis(['hosting', 'show', '--data', 'd'], { answers: { 'hosting.show': () => result } })
  }
  assert.match((await show({}, true)).out, /WARNING: 2 notices .* Town hall.*its owner has named no contacts/)
  assert.match((await show({ known: true, people: 1 }, false)).out, /WARNING: .*no mail server/)
  assert.match((await show({ known: true, people: 1, failing: 1 }, true)).out, /WARNING: .*datis box mail --test/)
  const told = await show({ known: true, people: 1, untold: 0, toldAt: '2026-11-24T00:43:41Z' }, true)
  assert.doesNotMatch(told.out, /WARNING/)
  assert.match(told.out, /Contacts +Last told/)
})

const CONTACTS = { known: true, people: 1, former: 0, untold: 0, toldAt: null, failing: 0 }

function kept(bytes: number, releasedBytes: number) {
  const data = { class: 'data' as const, fragments: 3, bytes, releasedFragments: 1, releasedBytes }
  return [data, { ...data, class: 'metadata' as const, fragments: 0, bytes: 0, releasedFragments: 0, releasedBytes: 0 }]
}

test('hosting show prints fragments alike on both sides of a pair, and what lies beside them apart', async () => {
  const gone = { how: 'expelled' as const, until: '2026-11-24T00:43:41Z' }
  const shared = { organisation: 'o1', heldBytes: 4900, nextPurgeMs: null, lastPurgeMs: null, rotten: 0 }
  const owner = { ...shared, box: 'b1', name: 'attic', former: null, bytes: 44_800, releasedBytes: 2100 }
  const none = { ...owner, box: 'b3', name: 'shed', former: gone, bytes: 700, contacts: CONTACTS, classes: kept(0, 0) }
  const hosted = { ...owner, contacts: CONTACTS, classes: kept(4100, 2000) }
  const place = { fragments: 3, bytes: 4100, releasedFragments: 1, classes: kept(4100, 2000) }
  const result = {
    ...{ store: 's', livedMs: 0, frozen: false, quotaBytes: null, mail: true, damaged: [] },
    disk: { usedBytes: 1, totalBytes: 2, limitBytes: 2 },
    owners: [hosted, none],
    own: [
      { host: 'b2', name: 'cellar', former: null, ...place },
      { host: 'b3', name: 'shed', former: gone, ...place },
    ],
  }
  const { out } = await datis(['hosting', 'show', '--data', 'd'], { answers: { 'hosting.show': () => result } })
  const figures = /data +3 +4.1 kB +2 kB\n/
  assert.match(out, new RegExp(`attic +${figures.source}`))
  assert.match(out, new RegExp(`cellar +${figures.source}`))
  assert.match(out, /Lent to others: 4.1 kB of fragments, and 2 kB that are released/)
  assert.match(out, /Used at others: 8.2 kB of fragments, and 4 kB that are released/)
  assert.match(out, /Log and heads.*\nattic +38.7 kB/)
  assert.match(out, /shed \(put out, readable until Nov 24, 2026/)
  assert.match(out, /shed \(put out\) +data/)
})

test('brake show says why a host could not be asked, and that nobody keeps anything', async () => {
  const show = (result: ReturnType<NonNullable<Answers['brake.show']>>, lang = 'en') =>
    datis(['brake', 'show', '--data', 'd', '--lang', lang], { answers: { 'brake.show': () => result } })
  const trouble = [{ host: '0a'.repeat(16), name: 'cellar', code: 'PEER_UNREACHABLE' }]
  const asked = await show({ hosts: [], trouble })
  assert.equal(asked.exit, 4)
  assert.match(asked.out, /The box cellar answers at none of its addresses.*\nTry again when they answer/)
  assert.doesNotMatch(asked.out, /0a0a|Held/)
  const alone = await show({ hosts: [], trouble: [] }, 'fr')
  assert.equal(alone.exit, 0)
  assert.match(alone.out, /^Aucun autre Datis ne garde/)
})

test('a word about another box names it, and its hosts that did not hear', async () => {
  const seen: unknown[] = []
  const trouble = [{ host: '0a'.repeat(16), name: 'cellar', code: 'PEER_UNREACHABLE' }]
  const told = { owner: '0b'.repeat(16), ownerName: 'attic', fragments: 2, bytes: 2000, hosts: ['h1'], trouble }
  const answers: Answers = {
    'release.undo': (args) => {
      seen.push(args)
      return told
    },
    'release.approve': (args) => {
      seen.push(args)
      return { ...told, at: '2026-11-24T00:43:41Z', repeated: args.again !== true }
    },
  }
  const undone = await datis(['release', 'undo', 'attic', '--data', 'd'], { answers })
  assert.equal(undone.exit, 4)
  assert.match(
    undone.out,
    /Releases of attic are taken back on 1 host[\s\S]*The box cellar answers at none[\s\S]*Try again/,
  )
  const approve = ['release', 'approve', '0b0b', '--bytes', '5GB', '--data', 'd']
  const approved = await datis(approve, { answers })
  assert.match(approved.out, /attic may once release 5 GB[\s\S]*was sent again: it counts once/)
  assert.doesNotMatch((await datis([...approve, '--again'], { answers })).out, /sent again/)
  const budget = { owner: '0b0b', class: 'data', bytes: 5e9, lasting: false }
  assert.deepEqual(seen, [{ owner: 'attic' }, { ...budget, again: false }, { ...budget, again: true }])
  const nobody = await datis(['release', 'undo', 'attic', '--data', 'd'], {
    answers: { 'release.undo': () => ({ ...told, hosts: [], trouble: [] }) },
  })
  assert.equal(nobody.exit, 4)
  assert.match(nobody.out, /^No host keeps anything of attic/)
})

test('releases are listed by the names of the hosts', async () => {
  const item = { pack: 'ab'.repeat(32), host: '0a'.repeat(16), state: 'released' as const, until: null }
  const answers: Answers = { 'release.list': () => ({ items: [{ ...item, name: 'cellar' }] }) }
  assert.match((await datis(['release', 'list', '--data', 'd'], { answers })).out, /abababababababab +cellar +released/)
})
