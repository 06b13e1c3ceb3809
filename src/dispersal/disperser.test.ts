import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatisError, HOUR_MS, joinPath, pathFromText, silentLog } from '#base'
import { inlineWorkers } from '#base/sim'
import type { Charter } from '#community'
import { checkFrames, decodePlacement, framesIn, type LogEnd } from '#crypto'
import { findForgotten } from './catch-up.ts'
import { fetchPack } from './fetch.ts'
import { HistorySource } from './history.ts'
import type { HostClient } from './host-client.ts'
import { codesFor, placementFor } from './placement.ts'
import { type PlacedStripe, signHead, type VerifiedHead } from './statements.ts'
import { clientOf, FakeOwner, HOSTING, type Town, town } from './test-town.ts'

const signal = new AbortController().signal

function fetchFrom(place: Town, owner: FakeOwner, id: string, damaged: unknown[] = []): Promise<Uint8Array> {
  const workers = inlineWorkers({ disk: owner.box.disk, clock: place.clock, random: place.random })
  const deps = { clock: place.clock, log: silentLog, workers, hosts: owner.hosts, latencies: owner.latencies }
  const request = {
    owner: owner.signer,
    stripe: id,
    placed: owner.placed.get(id) ?? null,
    candidates: place.boxes.map(({ signer }) => signer.box).filter((box) => box !== owner.signer.box),
    onDamaged: (one: unknown) => damaged.push(one),
  }
  return place.clock.run(fetchPack(deps, request, signal), 3_600_000)
}

for (const boxes of [2, 3, 4, 6, 8]) {
  test(`packs of a box among ${boxes} become whole, and come back from peers alone`, async () => {
    const place = await town(boxes, boxes)
    const owner = new FakeOwner(place, 0)
    const ids = [owner.addPack(300_000), owner.addPack(70_001), owner.addPack(5000, 'metadata')]
    const report = await owner.disperse()
    assert.equal(report.state, 'whole', JSON.stringify(report.trouble))
    assert.ok(report.receipts >= report.needed)
    for (const id of ids) {
      assert.deepEqual(await fetchFrom(place, owner, id), owner.packs.get(id)?.bytes)
    }
    const again = await owner.disperse()
    assert.equal(again.head, report.head, 'nothing changed: no new head')
    owner.placed.clear()
    for (const id of ids) assert.deepEqual(await fetchFrom(place, owner, id), owner.packs.get(id)?.bytes)
  })
}

test('a host that is down is named, and the rest still protects; once it is back the stripes become whole', async () => {
  const place = await town('down', 6)
  const owner = new FakeOwner(place, 0)
  owner.addPack(100_000)
  await owner.disperse()
  place.net.cut('box-0', 'box-3')
  owner.hosts = new FakeOwner(place, 0, pathFromText('/elsewhere')).hosts
  owner.addPack(100_000)
  const report = await owner.disperse()
  assert.notEqual(report.state, 'stored', JSON.stringify(report))
  assert.deepEqual(
    report.trouble.map(({ host }) => host),
    [place.box(3).signer.box],
  )
  place.net.heal('box-0', 'box-3')
  const later = await owner.disperse()
  assert.equal(later.state, 'whole', JSON.stringify(later.trouble))
})

test('fragments that a host lost or damaged are found and put back', async () => {
  const place = await town('lost', 5)
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(90_000)
  await owner.disperse()
  const row = owner.placed.get(id)?.rows[0]
  const host = place.boxes.find(({ signer }) => signer.box === row?.host)
  assert.ok(host && row)
  const path = joinPath(HOSTING, owner.signer.box, 'fragments', id.slice(0, 2), `${id}.${row.row}`)
  host.disk.damage(path, (bytes) => {
    bytes[bytes.length - 1] = (bytes[bytes.length - 1] ?? 0) ^ 1
  })
  const damaged: unknown[] = []
  const others = owner.placed.get(id)?.rows.filter((one) => one.row !== row.row) ?? []
  for (const one of others) owner.latencies.note(one.host, 10_000)
  assert.deepEqual(await fetchFrom(place, owner, id, damaged), owner.packs.get(id)?.bytes)
  assert.deepEqual(damaged, [{ host: row.host, fragment: `${id}.${row.row}` }])
  const session = await place.clock.run(owner.hosts.session(row.host, signal))
  const { HostClient } = await import('./host-client.ts')
  const client = new HostClient(place.clock, session, owner.signer.box)
  const verified = await place.clock.run(client.verify(null, null, signal))
  assert.deepEqual(verified.missing, [{ stripe: id, row: row.row }])
  const report = await owner.disperse()
  assert.equal(report.state, 'whole')
  assert.equal((await place.clock.run(client.verify(null, null, signal))).missing.length, 0)
  const kept = host.disk.list(joinPath(HOSTING, owner.signer.box, 'fragments', id.slice(0, 2)))
  assert.deepEqual([...kept].sort(), [`${id}.${row.row}`, `${id}.${row.row}.damaged-1`])
})

test('rows of a member that left go to a spare host, and the stripe is whole without it', async () => {
  const place = await town('left', 6)
  const owner = new FakeOwner(place, 0)
  const ids = [owner.addPack(90_000), owner.addPack(3000, 'metadata')]
  assert.equal((await owner.disperse()).state, 'whole')
  const [gone] = owner.placed.get(ids[0] ?? '')?.rows ?? []
  assert.ok(gone)
  const charter = without(place.charter, gone.host)
  for (const _again of [1, 2]) {
    const report = await owner.disperse({ charter })
    assert.deepEqual([report.state, report.stripes.whole], ['whole', 2])
  }
  const [id = ''] = ids
  const data = owner.placed.get(id)
  const { hosts, number } = decodePlacement(data?.placement.body ?? new Uint8Array(0))
  assert.equal(number, 2)
  assert.equal(hosts.includes(gone.host), false)
  assert.deepEqual(
    data?.rows.map(({ row, host }) => hosts[row] === host),
    [true, true, true, true],
  )
  // As many others lost as the code stands for.
  for (const { host } of data?.rows.slice(0, 2) ?? []) place.net.cut('box-0', nameOf(place, host))
  place.net.cut('box-0', nameOf(place, gone.host))
  owner.hosts = new FakeOwner(place, 0, pathFromText('/elsewhere')).hosts
  assert.deepEqual(await fetchFrom(place, owner, id), owner.packs.get(id)?.bytes)
})

test('a new fragment waits two days for its host, then a spare host takes it', async () => {
  const place = await town('away', 6)
  const owner = new FakeOwner(place, 0)
  const before = owner.addPack(50_000)
  assert.equal((await owner.disperse()).state, 'whole')
  const [away] = owner.placed.get(before)?.rows ?? []
  assert.ok(away)
  place.net.cut('box-0', nameOf(place, away.host))
  owner.hosts = new FakeOwner(place, 0, pathFromText('/elsewhere')).hosts
  const id = owner.addPack(60_000)
  const numberOf = (stripe: string) =>
    decodePlacement(owner.placed.get(stripe)?.placement.body ?? new Uint8Array(0)).number
  for (const hours of [0, 47]) {
    await place.clock.runFor(hours * HOUR_MS)
    const report = await owner.disperse()
    assert.deepEqual([report.stripes.protected, report.stripes.whole], [2, 0], `after ${hours} h`)
    assert.equal(owner.placed.get(id)?.rows.length, 3)
  }
  await place.clock.runFor(2 * HOUR_MS)
  const report = await owner.disperse()
  // What the absent one holds already is not sent elsewhere.
  assert.deepEqual([report.stripes.protected, report.stripes.whole], [2, 1])
  assert.deepEqual([numberOf(before), numberOf(id)], [1, 2])
  const later = owner.addPack(10_000)
  assert.equal((await owner.disperse()).stripes.whole, 2)
  assert.equal(numberOf(later), 1)
  place.net.heal('box-0', nameOf(place, away.host))
  await place.clock.runFor(2 * HOUR_MS)
  assert.equal((await owner.disperse()).state, 'whole')
  assert.equal(owner.knownHosts.isAbsent(away.host), false)
})

test('without a spare host the rows of a member that left are missing, and said to be', async () => {
  const place = await town('no spare', 5)
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(90_000)
  assert.equal((await owner.disperse()).state, 'whole')
  const [gone] = owner.placed.get(id)?.rows ?? []
  assert.ok(gone)
  const report = await owner.disperse({ charter: without(place.charter, gone.host) })
  assert.equal(report.state, 'protected')
  assert.equal(decodePlacement(owner.placed.get(id)?.placement.body ?? new Uint8Array(0)).number, 1)
})

function without(charter: Charter, host: string): Charter {
  return { ...charter, members: charter.members.filter(({ boxes }) => boxes.every(({ box }) => box !== host)) }
}

function nameOf(place: Town, host: string): string {
  return place.boxes.find(({ signer }) => signer.box === host)?.name ?? ''
}

test('a stripe that was sent, not logged, and would be coded otherwise today, is named as taken', async () => {
  const place = await town('taken', 7)
  const owner = new FakeOwner(place, 0)
  const ids = Array.from({ length: 6 }, () => owner.addPack(5000))
  const smaller = without(place.charter, place.boxes.at(-1)?.signer.box ?? '')
  // The kill comes before any of it is in the log.
  const sent = new Map<string, PlacedStripe>()
  await owner.disperse({ charter: smaller, onPlaced: (placed) => void sent.set(placed.stripe, placed) })
  const report = await owner.disperse()
  const taken = ids.filter((id) => {
    const { hosts } = decodePlacement(owner.placed.get(id)?.placement.body ?? new Uint8Array(0))
    return sent.get(id)?.rows.some(({ row, host }) => hosts[row] === host)
  })
  assert.ok(taken.length > 0 && taken.length < ids.length, `${taken.length}`)
  assert.deepEqual([[...report.stuck].sort(), report.trouble], [taken.sort(), []])
  assert.equal(report.stripes.whole, ids.length - taken.length)
})

test('a host that says so without showing it is in trouble, and nothing is packed anew', async () => {
  const place = await town('not taken', 4)
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(50_000)
  const { hosts } = placementFor({
    charter: place.charter,
    owner: owner.signer.box,
    code: codesFor(place.charter, owner.signer.box).data,
    stripe: id,
  })
  const liar = place.boxes.find(({ signer }) => signer.box === hosts[0])
  assert.ok(liar)
  liar.meddle = async ({ method, path }, answer) => {
    if (method === 'PUT' && path.includes('/fragments/')) throw new DatisError('FRAGMENT_CONFLICT', 'no')
    return await answer()
  }
  const report = await owner.disperse()
  assert.equal(report.stuck.size, 0)
  assert.deepEqual(
    report.trouble.map(({ host }) => host),
    [liar.signer.box],
  )
})

test('too few fragments are said to be too few, with numbers', async () => {
  const place = await town('few', 4)
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(1000)
  await owner.disperse()
  for (const index of [1, 2, 3]) place.net.cut('box-0', `box-${index}`)
  owner.hosts = new FakeOwner(place, 0, pathFromText('/elsewhere')).hosts
  await assert.rejects(fetchFrom(place, owner, id), { code: 'STRIPE_UNREACHABLE' })
})

test('hedging passes over a slow host', async () => {
  const place = await town('slow', 6)
  const owner = new FakeOwner(place, 0)
  const id = owner.addPack(100_000)
  await owner.disperse()
  const slow = owner.placed.get(id)?.rows[0]?.host
  const host = place.boxes.find(({ signer }) => signer.box === slow)
  assert.ok(host)
  host.meddle = async (_request, answer) => {
    await place.clock.sleep(60_000)
    return await answer()
  }
  const before = place.clock.monotonic()
  assert.deepEqual(await fetchFrom(place, owner, id), owner.packs.get(id)?.bytes)
  assert.ok(place.clock.monotonic() - before < 5000, `took ${place.clock.monotonic() - before} ms`)
})

test('a host whose receipts are not its own gets no credit', async () => {
  const place = await town('liar', 4)
  const owner = new FakeOwner(place, 0)
  owner.addPack(1000)
  const liar = place.box(1)
  const other = place.box(2)
  liar.meddle = async (request, answer) => {
    // Signs with another box's key: as good as no signature.
    const mine = liar.signer
    Object.assign(liar, { signer: { ...mine, key: other.signer.key } })
    try {
      return await answer()
    } finally {
      Object.assign(liar, { signer: mine })
      void request
    }
  }
  const report = await owner.disperse()
  assert.deepEqual(report.trouble, [{ host: liar.signer.box, code: 'SIGNATURE_INVALID' }])
  const rows = [...owner.placed.values()].flatMap((placed) => placed.rows)
  assert.ok(rows.every(({ host }) => host !== liar.signer.box))
})

test('a box whose twin started later stops', async () => {
  const place = await town('twin', 4)
  const owner = new FakeOwner(place, 0)
  owner.addPack(1000)
  await owner.disperse()
  const twin = new FakeOwner(place, 0)
  twin.packs.set(...([...owner.packs][0] as [string, never]))
  twin.log = owner.log.copy()
  for (const [id, placed] of owner.placed) twin.placed.set(id, placed)
  await twin.disperse()
  owner.addPack(1000)
  await assert.rejects(owner.disperse(), { code: 'BOX_REFUSED' })
  await assert.rejects(owner.disperse(), { code: 'BOX_REFUSED' })
})

for (const [dispensable, state] of [
  [true, 'whole'],
  [false, 'stored'],
] as const) {
  test(`a pack that burnt before it was placed ${dispensable ? 'is named and counts no more' : 'counts where it is needed'}`, async () => {
    const place = await town(`lost ${dispensable}`, 4)
    const owner = new FakeOwner(place, 0)
    const lost = owner.addPack(1000)
    owner.addPack(1000)
    const unreachable = new DatisError('STRIPE_UNREACHABLE', 'Too few fragments of a stripe can be had.')
    const report = await owner.disperse({
      dispensable: async (ids) => dispensable && ids.has(lost),
      prepare: async (pack, code) => {
        if (pack.id === lost) throw unreachable
        return owner.prepare(pack, code)
      },
    })
    assert.equal(report.state, state)
    assert.equal(report.stripes.lost, dispensable ? 1 : 0)
    assert.deepEqual(report.failed, [{ stripe: lost, code: 'STRIPE_UNREACHABLE' }])
  })
}

/** An owner, its heads and log as they were after one round, and two more rounds that its hosts know. */
async function rolledBack(seed: string): Promise<{ place: Town; owner: FakeOwner; back: FakeOwner }> {
  const place = await town(seed, 4)
  const owner = new FakeOwner(place, 0)
  owner.addPack(1000)
  await owner.disperse()
  const back = new FakeOwner(place, 0, pathFromText('/data/restored-heads'))
  back.log = owner.log.copy()
  back.heads.adopt(owner.heads.run(0, 1, 10))
  for (let round = 0; round < 2; round++) {
    owner.addPack(1000)
    await owner.disperse()
  }
  return { place, owner, back }
}

async function forgotten({ place, back }: { place: Town; back: FakeOwner }, hosts: readonly number[]) {
  const clients: HostClient[] = []
  for (const host of hosts) clients.push(await clientOf(place, 0, host))
  const own = { signer: back.signer, newest: back.heads.newest, log: back.log }
  return await place.clock.run(
    findForgotten(
      { clock: place.clock, log: silentLog, source: new HistorySource({ log: silentLog }, clients) },
      own,
      signal,
    ),
  )
}

test('a disk that was put back is told so by its hosts, and learns from any of them what it has forgotten', async () => {
  const { place, owner, back } = await rolledBack('rolled')
  await assert.rejects(back.disperse(), { code: 'HEAD_ROLLED_BACK' })
  const found = await forgotten({ place, back }, [2])
  assert.deepEqual(
    found?.heads.map(({ body }) => body),
    owner.heads.run(1, 3, 10).map(({ body }) => body),
  )
  const end = checkFrames(Buffer.concat(found?.pages.slice(-1) ?? []), pageStart(found?.pages.at(-1)))
  assert.deepEqual(end, owner.log.end())
  assert.equal(await forgotten({ place, back: owner }, [1, 2, 3]), null)
})

test('a host that holds the newest head and hides what leads to it stops nothing while another gives it', async () => {
  const { place, back } = await rolledBack('hidden')
  place.box(1).meddle = async (request, answer) =>
    /log|from=/.test(request.path) ? { status: 200, body: new Uint8Array(0) } : await answer()
  assert.equal((await forgotten({ place, back }, [1, 3]))?.heads.length, 2)
  await assert.rejects(forgotten({ place, back }, [1]), { code: 'RECOVERY_LOG_UNREACHABLE' })
})

test('what is forgotten is put together from a host that joined later and those that missed the newest head', async () => {
  const place = await town('later', 4)
  const owner = new FakeOwner(place, 0)
  const back = new FakeOwner(place, 0, pathFromText('/data/restored-heads'))
  back.log = owner.log.copy()
  for (const _head of [1, 2]) {
    owner.addPack(1000)
    await owner.disperse({ charter: without(place.charter, place.box(1).signer.box) })
  }
  for (const host of [2, 3]) {
    place.box(host).meddle = async ({ method, path }, answer) => {
      if (method !== 'GET' && path.endsWith('/heads')) throw new DatisError('HOST_BUSY', 'no')
      return await answer()
    }
  }
  owner.addPack(1000)
  assert.equal((await owner.disperse()).receipts, 1)
  const found = await forgotten({ place, back }, [1, 2, 3])
  assert.deepEqual(
    found?.heads.map(({ body }) => body),
    owner.heads.run(0, 3, 10).map(({ body }) => body),
  )
  await assert.rejects(forgotten({ place, back }, [1]), { code: 'RECOVERY_LOG_UNREACHABLE' })
})

test('a damaged own head is set aside, and comes back from hosts as after a disk was put back', async () => {
  const { place, owner } = await rolledBack('own head')
  const folder = pathFromText('/data/heads')
  for (const name of ['0000000003.cbor', '0000000002.receipts', 'incarnation.cbor']) {
    owner.box.disk.damage(joinPath(folder, name), (bytes) => bytes.fill(7, 0, 4))
  }
  const again = new FakeOwner(place, 0, folder)
  again.log = owner.log
  assert.equal(again.heads.newest?.head.number, 2)
  assert.deepEqual(again.heads.receipts(2), [])
  assert.ok(owner.box.disk.list(folder).includes('0000000003.cbor.damaged' as never))
  const found = await forgotten({ place, back: again }, [1, 2, 3])
  assert.deepEqual([found?.heads.length, found?.pages.length], [1, 0])
  again.heads.adopt(found?.heads ?? [])
  for (const [id, placed] of owner.placed) again.placed.set(id, placed)
  for (const [id, pack] of owner.packs) again.packs.set(id, pack)
  assert.equal((await again.disperse()).state, 'whole')
})

test('another branch of heads is for root to settle', async () => {
  const { place, owner, back } = await rolledBack('branches')
  const fork = new FakeOwner(place, 0, pathFromText('/data/forked-heads'))
  const first = signHead(owner.signer, {
    ...(owner.heads.head(1) as VerifiedHead).head,
    keyring: '11'.repeat(32),
  })
  fork.heads.adopt([first.signed])
  fork.log = back.log
  await assert.rejects(forgotten({ place, back: fork }, [1, 2]), { code: 'HEAD_FORK' })
})

function pageStart(page: Uint8Array | undefined): LogEnd {
  for (const { number, previous } of framesIn(page ?? new Uint8Array(0))) return { frames: number, hash: previous }
  throw new Error('a page has frames')
}

test('no head is signed before enough hosts have said what they know', async () => {
  const place = await town('silent', 6)
  const owner = new FakeOwner(place, 0)
  owner.addPack(1000)
  for (const index of [1, 2, 3]) place.net.cut('box-0', `box-${index}`)
  const report = await owner.disperse()
  assert.equal(report.head, 0)
  assert.equal(report.state, 'stored')
})
