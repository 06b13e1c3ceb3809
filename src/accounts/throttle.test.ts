import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HOUR_MS, SECOND_MS } from '#base'
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
