import assert from 'node:assert/strict'
import { test } from 'node:test'
import { codeOf, joinPath, pathFromText, silentLog } from '#base'
import { inlineWorkers } from '#base/sim'
import { fetchPack } from './fetch.ts'
import { FakeOwner, HOSTING, type Town, town } from './test-town.ts'

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

test('a disk that was rolled back is told so by its hosts', async () => {
  const place = await town('rolled', 4)
  const owner = new FakeOwner(place, 0)
  owner.addPack(1000)
  await owner.disperse()
  const back = new FakeOwner(place, 0, pathFromText('/data/restored-heads'))
  const error = await back.disperse().then(
    () => null,
    (thrown: unknown) => thrown,
  )
  assert.equal(codeOf(error), 'HEAD_ROLLED_BACK')
})

test('no head is signed before enough hosts have said what they know', async () => {
  const place = await town('silent', 6)
  const owner = new FakeOwner(place, 0)
  owner.addPack(1000)
  for (const index of [1, 2, 3]) place.net.cut('box-0', `box-${index}`)
  const report = await owner.disperse()
  assert.equal(report.head, 0)
  assert.equal(report.state, 'stored')
})
