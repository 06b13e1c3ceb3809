import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DAY_MS, ensureFolder, HOUR_MS, joinPath, MINUTE_MS, pathFromText, silentLog } from '#base'
import { MemoryDisk, PowerCut, simClock, simRandom } from '#base/sim'
import { FAST_GRACES } from '../graces.ts'
import { LivedTime } from './lived-time.ts'

const FOLDER = pathFromText('/hosting')
const TEN_YEARS_MS = 3652 * DAY_MS

function fixture() {
  const clock = simClock({ startWallMs: 1_780_000_000_000 })
  const disk = new MemoryDisk({ clock })
  ensureFolder(disk, FOLDER)
  const events: string[] = []
  const note = (event: string) => void events.push(event)
  const random = simRandom('lived')
  const open = (rate?: number) =>
    new LivedTime({ disk, clock, random, log: { ...silentLog, error: note, warn: note } }, FOLDER, rate)
  /** As the box does: a tick every five minutes. */
  const live = async (lived: LivedTime, ms: number) => {
    for (let passed = 0; passed < ms; passed += 5 * MINUTE_MS) {
      await clock.runFor(5 * MINUTE_MS)
      lived.tick()
    }
  }
  return { clock, disk, events, open, live }
}

test('lived time follows the slower of both clocks, and never goes back', async () => {
  const { clock, open } = fixture()
  const lived = open()
  await clock.runFor(HOUR_MS)
  assert.equal(lived.now(), HOUR_MS)
  clock.setWallOffset(TEN_YEARS_MS)
  assert.equal(lived.now(), HOUR_MS)
  await clock.runFor(HOUR_MS)
  assert.equal(lived.now(), 2 * HOUR_MS)
  clock.setWallOffset(-TEN_YEARS_MS)
  assert.equal(lived.now(), 2 * HOUR_MS)
  await clock.runFor(1)
  assert.equal(lived.now(), 2 * HOUR_MS + 1)
})

test('in a practice community a day is lived in ten seconds, still by the slower of both clocks', async () => {
  const { clock, open } = fixture()
  const { livedRate } = FAST_GRACES
  const lived = open(livedRate)
  await clock.runFor(10_000)
  assert.equal(lived.now(), DAY_MS)
  clock.setWallOffset(TEN_YEARS_MS)
  assert.equal(lived.now(), DAY_MS)
  lived.tick()
  assert.equal(open(livedRate).now(), DAY_MS)
})

test('time off is not lived, and a crash loses what was not kept', async () => {
  const { clock, open } = fixture()
  const lived = open()
  await clock.runFor(HOUR_MS)
  lived.tick()
  await clock.runFor(4 * MINUTE_MS)
  assert.equal(lived.now(), HOUR_MS + 4 * MINUTE_MS)
  await clock.runFor(30 * DAY_MS)
  clock.setWallOffset(TEN_YEARS_MS)
  const again = open()
  assert.equal(again.now(), HOUR_MS)
  assert.equal(again.counter, lived.counter)
})

test('power may fail at any disk call while lived time is kept: it never gains, and its counter stays', async () => {
  for (let call = 1; ; call++) {
    const { clock, disk, open } = fixture()
    const lived = open()
    await clock.runFor(HOUR_MS)
    disk.resetCalls()
    disk.cutPowerAt(call)
    let kept = false
    try {
      lived.tick()
      kept = true
    } catch (error) {
      assert.ok(error instanceof PowerCut)
    }
    disk.powerCut(simRandom(call))
    const again = open()
    assert.equal(again.counter, lived.counter)
    assert.ok(again.now() === HOUR_MS || (!kept && again.now() === 0), `call ${call}`)
    if (kept) return
  }
})

test('a counter that is lost or damaged is another one', () => {
  const { disk, events, open } = fixture()
  const path = joinPath(FOLDER, 'lived.cbor')
  const first = open().counter
  disk.damage(path, (bytes) => {
    bytes[30] = (bytes[30] ?? 0) ^ 1
  })
  const second = open().counter
  assert.notEqual(second, first)
  assert.deepEqual(events, ['hosting.lived.damaged'])
  disk.removeFile(path)
  assert.notEqual(open().counter, second)
})

test('more than 24 hours of shift freeze, added up over jumps in both directions; 24 lived hours of agreement end it', async () => {
  const { clock, events, open, live } = fixture()
  const lived = open()
  for (const offset of [13 * HOUR_MS, 2 * HOUR_MS]) {
    assert.equal(lived.frozen, false)
    clock.setWallOffset(offset)
    await live(lived, 10 * MINUTE_MS)
  }
  assert.equal(lived.frozen, false, '24 hours are not more than 24 hours')
  clock.setWallOffset(2 * HOUR_MS + MINUTE_MS)
  await live(lived, 10 * MINUTE_MS)
  assert.equal(lived.frozen, true)
  assert.equal(open().frozen, true)
  await live(lived, 23 * HOUR_MS)
  clock.setWallOffset(3 * HOUR_MS)
  await live(lived, 23 * HOUR_MS)
  assert.equal(lived.frozen, true, 'a jump in between starts the wait again')
  await live(lived, HOUR_MS + 5 * MINUTE_MS)
  assert.equal(lived.frozen, false)
  assert.deepEqual(events, ['hosting.clock.frozen', 'hosting.clock.agrees'])
})

test('members whose median clock is more than 24 hours away freeze; a minority does not', async () => {
  const { open, live } = fixture()
  const lived = open()
  lived.notePeers([0, -400 * DAY_MS, 1000, 500 * DAY_MS, 30])
  assert.equal(lived.frozen, false)
  lived.notePeers([25 * HOUR_MS, 26 * HOUR_MS, 0])
  assert.equal(lived.frozen, true)
  await live(lived, 48 * HOUR_MS)
  assert.equal(open().frozen, true, 'they still disagree')
  lived.notePeers([0, 0, 0])
  await live(lived, 24 * HOUR_MS)
  assert.equal(lived.frozen, false)
})

test('a clock that is slewed a little does not add up', async () => {
  const { clock, open, live } = fixture()
  const lived = open()
  for (let index = 0; index < 400; index++) {
    clock.setWallOffset(index * 900)
    await live(lived, 5 * MINUTE_MS)
  }
  assert.equal(lived.frozen, false)
})

test('a disk that has nothing else to do is woken once in half an hour, and at once when clocks disagree', async () => {
  const { clock, disk, open } = fixture()
  const lived = open()
  const kept = async (minutes: number) => {
    await clock.runFor(minutes * MINUTE_MS)
    disk.resetCalls()
    lived.tick()
    return disk.calls > 0
  }
  assert.equal(await kept(9), false)
  assert.equal(await kept(9), false)
  assert.equal(await kept(9), true)
  assert.equal(await kept(9), false)
  clock.setWallOffset(HOUR_MS)
  assert.equal(await kept(9), true)
  clock.setWallOffset(2 * DAY_MS)
  assert.equal(await kept(9), true)
  assert.equal(await kept(9), false)
  clock.setWallOffset(0)
  assert.equal(await kept(9), true, 'the wait has begun again')
})
