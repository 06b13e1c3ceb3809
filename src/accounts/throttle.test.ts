import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOUR_MS, MINUTE_MS, SECOND_MS } from '#base'
import { Throttle } from './throttle.ts'

for (const addresses of [1, 20, 200, 5000]) {
  test(`few of ten thousand guesses an hour are looked at, from ${addresses} addresses`, () => {
    let now = 0
    const throttle = new Throttle({ monotonic: () => now })
    let hour = 0
    for (let guess = 0; guess < 20_000; guess++) {
      if (guess === 10_000) hour = 0
      const address = `10.0.${Math.floor((guess % addresses) / 250)}.${guess % 250}`
      if (throttle.take({ account: 'anne', address, device: null }) === 0) hour++
      now += HOUR_MS / 10_000
      if (guess === 9999 || guess === 19_999) assert.ok(hour > 0 && hour < 200, `${hour}`)
    }
  })
}

test('a device that the account knows waits for no stranger, and a stranger not for long', () => {
  const throttle = new Throttle({ monotonic: () => 0 })
  const guess = (address: string) => throttle.take({ account: 'anne', address, device: null })
  for (let place = 0; place < 300; place++) guess(`10.1.${place % 3}.${place}`)
  assert.equal(throttle.take({ account: 'anne', address: '10.9.9.9', device: 'hers' }), 0)
  const waitMs = guess('10.9.9.10')
  assert.ok(waitMs > 0 && waitMs <= 60 * SECOND_MS, `${waitMs}`)
  assert.equal(throttle.take({ account: 'bob', address: '10.9.9.11', device: null }), 0)
})

test('a device that was hers once guesses no faster than others', () => {
  let now = 0
  let looked = 0
  const throttle = new Throttle({ monotonic: () => now })
  for (; now < HOUR_MS; now += SECOND_MS) {
    if (throttle.take({ account: 'anne', address: '10.9.9.9', device: 'hers' }) === 0) looked++
  }
  assert.ok(looked > 3 && looked < 10, `${looked}`)
})

/** Two guesses a second, and one who knows the password: how long it takes her, and how many guesses the first hour. */
function wayIn(addressOf: (step: number) => string, comesAt: number): { waitMs: number; looked: number } {
  let now = 0
  let looked = 0
  const throttle = new Throttle({ monotonic: () => now })
  const take = (address: string) => throttle.take({ account: 'anne', address, device: null })
  let next = comesAt
  for (let step = 0; ; step++, now += SECOND_MS / 2) {
    if (take(addressOf(step)) === 0 && now < HOUR_MS) looked++
    if (now < next) continue
    const waitMs = take('10.9.9.9')
    if (waitMs === 0) return { waitMs: now - comesAt, looked }
    // People come a little later than they were told.
    next = now + waitMs + 5 * SECOND_MS
  }
}

for (const addresses of [20, 40, 100, 250, 400]) {
  test(`who comes anew is in within a minute while ${addresses} addresses guess twice a second`, () => {
    for (const comesAt of [0, 7, 30, 59, 90].map((minutes) => minutes * MINUTE_MS)) {
      const { waitMs, looked } = wayIn((step) => `10.1.${step % addresses}.1`, comesAt)
      assert.ok(waitMs < MINUTE_MS, `${waitMs} ms, who came at ${comesAt}`)
      assert.ok(looked < 200, `${looked} guesses`)
    }
  })
}

test('who has ever new addresses is in the way as long as it has one each half minute, and not longer', () => {
  const addressOf = (step: number) => `10.1.${Math.min(Math.floor(step / 50), 250)}.1`
  const { waitMs } = wayIn(addressOf, 30 * MINUTE_MS)
  assert.ok(waitMs < 2 * HOUR_MS, `${waitMs} ms`)
})
