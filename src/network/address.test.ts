import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatAddress, parseAddress } from '#network'

test('addresses are read and written the same', () => {
  for (const text of [
    'box.example.org:4600',
    '192.0.2.7:1',
    '[2001:db8::7]:65535',
    'localhost:4600',
    '[::ffff:1.2.3.4]:9',
  ]) {
    assert.equal(formatAddress(parseAddress(text)), text)
  }
  assert.deepEqual(parseAddress('[::1]:4600'), { host: '::1', port: 4600 })
})

test('what is no address is refused', () => {
  const wrong = [
    '',
    'box',
    'box:',
    ':1',
    'box:0',
    'box:65536',
    'box:1x',
    'a b:1',
    '::1:4600',
    '[::1]',
    '[x]:1',
    '[::g]:1',
    '-a:1',
    'a:1\n',
  ]
  for (const text of [...wrong, `${'a'.repeat(254)}:1`]) {
    assert.throws(() => parseAddress(text), { code: 'ADDRESS_INVALID' }, text)
  }
})
