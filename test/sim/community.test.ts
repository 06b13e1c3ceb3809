/** A community over its life, with whole boxes on virtual time: what stays of it when boxes go. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, HOUR_MS, pathFromText, pathToText } from '#base'
import { MemoryNet, type SimClock, type SimRandom, simClock, simRandom } from '#base/sim'
import { createBoxIn, foundWith, OpenedBox, type OperationName, type Operations, recoverBoxIn } from '#box'
import { wordsFromEntropy } from '#crypto'
import { PEOPLE } from '../../src/sim/mounted-disk.ts'
import { Trace } from '../../src/sim/trace.ts'
import { BOX_FOLDER, Machine, type Program } from '../../src/sim/world.ts'
import { codeIs } from '../conformance/transport.ts'

const NEVER = { signal: new AbortController().signal, onProgress: () => undefined }

class Place {
  readonly clock: SimClock = simClock({ startWallMs: 1_780_000_000_000 })
  readonly random: SimRandom
  readonly net: MemoryNet
  readonly trace: Trace

  constructor(seed: string) {
    this.random = simRandom(seed)
    this.net = new MemoryNet(this.clock, this.random.fork('net'))
    this.trace = new Trace(() => this.clock.monotonic(), undefined)
  }

  run<Result>(work: Promise<Result>): Promise<Result> {
    return this.clock.run(work, 10 * DAY_MS)
  }

  /** `words`: of an organisation that exists. */
  async box(name: string, words?: string): Promise<One> {
    const machine = new Machine(this, name)
    const program = machine.start()
    const address = `${name}:4600`
    const made = createBoxIn(program.world, BOX_FOLDER, {
      ...{ name, zone: 'UTC', listen: '0.0.0.0:4600', address },
      ...(words !== undefined && { words }),
    })
    const own = made.entropy === null ? (words ?? '') : wordsFromEntropy(made.entropy, 'en').join(' ')
    const box = await this.run(OpenedBox.open(program.world, BOX_FOLDER))
    await this.run(box.serve())
    return new One(this, { name, words: own, machine, program, box })
  }

  async rounds(boxes: readonly One[]): Promise<void> {
    for (const { box } of boxes) await this.run(box.keeper.round(NEVER.signal))
  }
}

class One {
  readonly place: Place
  readonly name: string
  readonly words: string
  readonly machine: Machine
  readonly program: Program
  readonly box: OpenedBox

  constructor(place: Place, made: { name: string; words: string; machine: Machine; program: Program; box: OpenedBox }) {
    this.place = place
    this.name = made.name
    this.words = made.words
    this.machine = made.machine
    this.program = made.program
    this.box = made.box
  }

  call<Name extends OperationName>(name: Name, args: Operations[Name][0]): Promise<Operations[Name][1]> {
    return this.place.run(this.box.call(name, args, NEVER))
  }

  /** Saves a file of its people, and has the others keep it. */
  async save(text: string): Promise<void> {
    const path = pathFromText(`${PEOPLE}/note`)
    {
      using file = this.machine.people.open(path, 'create')
      file.write(Buffer.from(text), 0)
      file.sync()
    }
    await this.call('source.add', { name: 'notes', paths: [PEOPLE], excludes: [], oneFileSystem: false })
    await this.call('snapshot.take', { sources: [] })
    const { state } = await this.call('disperse', { waitMs: 0 })
    assert.equal(state, 'whole')
  }
}

async function grown(place: Place, ...names: string[]): Promise<One[]> {
  const boxes: One[] = []
  for (const name of names) {
    const box = await place.box(name)
    const [first] = boxes
    if (first === undefined) {
      await place.run(foundWith([box.box], box.program.world, NEVER))
    } else {
      const { code, act, state } = await first.call('community.invite', { contacts: [] })
      await place.clock.runFor(1000)
      for (const other of state === 'open' ? [] : boxes.slice(1)) {
        const { items } = await other.call('community.pending', {})
        if (items.some((one) => one.act === act)) await other.call('community.approve', { act })
        await place.clock.runFor(1000)
      }
      await box.call('community.join', { code })
    }
    boxes.push(box)
    await place.clock.runFor(1000)
  }
  return boxes
}

test('a box of a community that grew burns: it comes back with the whole chain, and votes again once it has asked', async () => {
  const place = new Place('burnt')
  const [anna, bruno, carla] = (await grown(place, 'anna', 'bruno', 'carla')) as [One, One, One]
  await carla.save('of carla')
  carla.machine.die('power')
  const machine = new Machine(place, 'carla', 'carla again')
  const program = machine.start()
  const request = { words: carla.words, peers: ['anna:4600'] }
  const found = await place.run(recoverBoxIn(program.world, BOX_FOLDER, request, NEVER))
  assert.equal(found.box, carla.box.settings.box)
  const box = await place.run(OpenedBox.open(program.world, BOX_FOLDER))
  await place.run(box.serve())
  assert.equal(box.charters.current?.number, anna.box.charters.current?.number)
  assert.ok(box.keeper.acceptor.forgot)
  await place.run(box.keeper.round(NEVER.signal))
  assert.equal(box.keeper.acceptor.forgot, false)

  // Two of three are enough, and it is one of them.
  bruno.machine.die('power')
  const { act } = await anna.call('community.invite', { contacts: [] })
  await place.clock.runFor(20_000)
  const approved = await place.run(box.call('community.approve', { act }, NEVER))
  assert.equal(approved.state, 'done')
  await place.clock.runFor(20_000)
  assert.equal(anna.box.charters.current?.number, box.charters.current?.number)
  const target = pathFromText(`${PEOPLE}/back`)
  const restored = await place.run(
    box.call('restore', { id: 'latest', path: '', target: pathToText(target), mode: 'refuse', dryRun: false }, NEVER),
  )
  assert.equal(restored.files, 1)
})

/** On an empty machine, from its words and whoever is left; its one file is restored. */
async function comesBack(place: Place, burnt: One, boxes: readonly One[]): Promise<void> {
  const program = new Machine(place, burnt.name, `${burnt.name} again`).start()
  const peers = boxes.filter(({ machine }) => machine.isOn).map(({ name }) => `${name}:4600`)
  await place.run(recoverBoxIn(program.world, BOX_FOLDER, { words: burnt.words, peers }, NEVER))
  const box = await place.run(OpenedBox.open(program.world, BOX_FOLDER))
  const request = { id: 'latest', path: '', target: `${PEOPLE}/back`, mode: 'refuse', dryRun: false } as const
  const restored = await place.run(box.call('restore', request, NEVER))
  assert.deepEqual([restored.files, restored.failed], [1, []])
}

test('a host leaves: what it kept goes to a spare host, and survives the loss of two more', async () => {
  const place = new Place('leaver')
  const boxes = await grown(place, 'anna', 'bruno', 'carla', 'dario', 'elena', 'fabio')
  const [anna] = boxes as [One]
  await anna.save('of anna')
  const data = [...anna.box.vault.packs()].find((pack) => pack.class === 'data')
  const holders = anna.box.vault.placement(data?.id ?? '')?.rows.map(({ host }) => host) ?? []
  const [leaver, ...holding] = boxes.filter(({ box }) => holders.includes(box.settings.box)) as [One, ...One[]]
  assert.equal(holding.length, 3)
  assert.equal((await leaver.call('community.leave', {})).state, 'done')
  await place.clock.runFor(20_000)
  leaver.machine.die('power')
  assert.equal((await anna.call('disperse', { waitMs: 0 })).state, 'whole')

  for (const one of [anna, ...holding.slice(0, 2)]) one.machine.die('power')
  await comesBack(place, anna, boxes)
})

test('so many leave that old stripes can never be whole again: they are packed anew, and survive what is left to lose', async () => {
  const place = new Place('shrinking')
  const boxes = await grown(place, 'anna', 'bruno', 'carla', 'dario', 'elena')
  const [anna, bruno, carla, dario, elena] = boxes as [One, One, One, One, One]
  await anna.save('of anna')
  const live = () => [...anna.box.vault.packs()].filter(({ released }) => !released)
  const codes = () => live().map(({ id, class: packClass }) => `${packClass} ${anna.box.vault.placement(id)?.code.n}`)
  const before = live().map(({ id }) => id)
  assert.deepEqual(codes().sort(), ['data 4', 'metadata 4'])
  for (const leaver of [elena, dario]) {
    assert.equal((await leaver.call('community.leave', {})).state, 'done')
    await place.clock.runFor(20_000)
    leaver.machine.die('power')
  }
  const report = await anna.call('disperse', { waitMs: 0 })
  assert.deepEqual([report.state, report.stripes.total], ['whole', 3])
  assert.deepEqual(codes().sort(), ['data 2', 'metadata 2', 'metadata 4'])
  const { items } = await anna.call('release.list', {})
  const data = before.filter((id) => anna.box.vault.pack(id)?.class === 'data')
  assert.deepEqual([...new Set(items.map(({ pack }) => pack))], data)
  const remaining = [bruno, carla].map((one) => one.box.settings.box)
  assert.deepEqual(items.map(({ host }) => host).sort(), remaining.sort())
  assert.equal((await anna.call('disperse', { waitMs: 0 })).head, report.head, 'nothing more to do')

  for (const one of [anna, bruno]) one.machine.die('power')
  await comesBack(place, anna, boxes)
})

test('who was put out fetches what is its own for 90 days, and adds nothing', async () => {
  const place = new Place('former')
  const [anna, bruno, carla] = (await grown(place, 'anna', 'bruno', 'carla')) as [One, One, One]
  await carla.save('of carla')
  const { act } = await anna.call('community.expel', { organisation: carla.box.settings.organisation })
  await place.clock.runFor(1000)
  assert.equal((await bruno.call('community.approve', { act })).state, 'done')
  await place.clock.runFor(20_000)
  assert.equal((await carla.call('community.show', {})).membership, 'expelled')
  await assert.rejects(carla.call('disperse', { waitMs: 0 }), codeIs('COMMUNITY_LEFT'))

  const id = carla.box.settings.box
  const session = (world = carla.box.world) =>
    place.run(
      world.transport.dial(
        { host: 'anna', port: 4600 },
        {
          identity: carla.box.identity,
          admission: { roots: () => 'any', admit: () => true },
          signal: NEVER.signal,
        },
      ),
    )
  {
    await using peer = await session()
    const get = (path: string) => place.run(peer.request({ method: 'GET', path }, NEVER.signal))
    assert.equal((await get(`/v1/owners/${id}/log`)).status, 200)
    await assert.rejects(get(`/v1/owners/${anna.box.settings.box}/log`), codeIs('OWNER_REFUSED'))
    await assert.rejects(get('/v1/community'), codeIs('MEMBER_REFUSED'))
    const put = { method: 'POST', path: `/v1/owners/${id}/verify`, body: new Uint8Array(1) } as const
    await assert.rejects(place.run(peer.request(put, NEVER.signal)), codeIs('OWNER_REFUSED'))
  }
  carla.machine.die('power')
  const machine = new Machine(place, 'carla', 'carla again')
  const program = machine.start()
  const request = { words: carla.words, peers: ['anna:4600'] }
  const found = await place.run(recoverBoxIn(program.world, BOX_FOLDER, request, NEVER))
  assert.equal(found.head.number >= 1, true)
  const box = await place.run(OpenedBox.open(program.world, BOX_FOLDER))
  const target = pathToText(pathFromText(`${PEOPLE}/back`))
  const restore = { id: 'latest', path: '', target, mode: 'refuse', dryRun: false } as const
  assert.equal((await place.run(box.call('restore', restore, NEVER))).files, 1)

  await place.clock.runFor(91 * DAY_MS)
  await assert.rejects(session(program.world), codeIs(['PEER_REFUSED', 'HANDSHAKE_FAILED']))
})

test('when a majority is gone for a week, those who are left found a community that names it', async () => {
  const place = new Place('successor')
  const boxes = await grown(place, 'anna', 'bruno', 'carla', 'dario')
  const [anna, bruno, carla, dario] = boxes as [One, One, One, One]
  await anna.save('of anna')
  await place.rounds(boxes)
  const before = anna.box.charter
  const clients = [anna.box, bruno.box]
  const found = () => place.run(foundWith(clients, anna.program.world, NEVER, { successor: true }))
  await place.clock.runFor(HOUR_MS)
  await assert.rejects(found(), codeIs('COMMUNITY_ALIVE'))
  for (const box of [carla, dario]) box.machine.die('power')
  await place.clock.runFor(6 * DAY_MS)
  await place.rounds([anna, bruno])
  await assert.rejects(found(), codeIs('COMMUNITY_ALIVE'))
  await place.clock.runFor(2 * DAY_MS)
  await place.rounds([anna, bruno])
  const shown = await found()
  assert.equal(shown.number, 1)
  assert.notEqual(shown.community, before.community)
  assert.deepEqual(
    shown.members.map(({ name }) => name),
    ['anna', 'bruno'],
  )
  assert.equal(shown.parent?.community, before.community)
  assert.equal(shown.parent?.number, before.number)

  // It lives: who is left signs for what is there, new members come.
  assert.equal((await anna.call('disperse', { waitMs: 0 })).receipts, 1)
  const emma = await place.box('emma')
  const { code, act } = await bruno.call('community.invite', { contacts: [] })
  await place.clock.runFor(1000)
  await anna.call('community.approve', { act })
  await emma.call('community.join', { code })
  await place.clock.runFor(1000)
  assert.equal((await anna.call('community.show', {})).members.length, 3)
  await assert.rejects(found(), codeIs('COMMUNITY_ALIVE'))
})

test('a further box of a member needs no code; a box says where it is reached from now on', async () => {
  const place = new Place('further')
  const [anna, bruno] = (await grown(place, 'anna', 'bruno')) as [One, One]
  const second = await place.box('anna-2', anna.words)
  const shown = await second.call('community.enter', { contacts: ['nowhere:1', 'bruno:4600'] })
  assert.deepEqual(
    shown.members.map(({ name }) => name),
    ['anna', 'anna-2', 'bruno'],
  )
  assert.equal(shown.members[0]?.organisation, shown.members[1]?.organisation)
  const emma = await place.box('emma')
  await assert.rejects(emma.call('community.enter', { contacts: ['bruno:4600'] }))
  await place.clock.runFor(1000)
  const { state } = await bruno.call('community.readdress', { addresses: ['bruno.example:9', 'bruno:4600'] })
  assert.equal(state, 'done')
  await place.clock.runFor(1000)
  const { members } = await anna.call('community.show', {})
  assert.equal(members.find(({ name }) => name === 'bruno')?.address, 'bruno.example:9')
  assert.equal((await bruno.call('community.show', {})).number, second.box.charter.number)
})
