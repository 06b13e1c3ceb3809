import assert from 'node:assert/strict'
import { test } from 'node:test'
import { isCarrierShared, scopeOf } from './ip.ts'

test('addresses are told apart by from where they can be reached', () => {
  for (const ip of ['10.0.0.1', '172.31.255.255', '192.168.1.2', '169.254.0.1', '100.64.0.1', 'fd00::1', 'fe80::1']) {
    assert.equal(scopeOf(ip), 'private', ip)
  }
  for (const ip of ['127.0.0.2', '::1']) assert.equal(scopeOf(ip), 'loopback', ip)
  for (const ip of ['172.32.0.1', '203.0.113.9', '100.128.0.1', '2001:db8::1', 'box.example.org']) {
    assert.equal(scopeOf(ip), 'public', ip)
  }
  assert.ok(isCarrierShared('100.127.255.1'))
  assert.ok(!isCarrierShared('100.63.255.1'))
})
