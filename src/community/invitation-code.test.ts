import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { toHex } from '#base'
import { decodeInvitation, encodeInvitation } from '#community'
import { codeIs } from '../../test/conformance/transport.ts'

const code = {
  community: '0123456789abcdef0123456789abcdef',
  charter: 'fedcba9876543210fedcba9876543210',
  secret: new Uint8Array(16).map((_, at) => at * 3),
  contacts: ['backup.example.org:4600', '[2001:db8::7]:4600'],
}
const mistyped = codeIs('INVITATION_MISTYPED')

test('a code comes back as it was, in groups of five, however people write it', () => {
  const text = encodeInvitation(code)
  assert.match(text, /^(?:[0-9A-HJKMNP-TV-Z]{5}-)+[0-9A-HJKMNP-TV-Z]{1,5}$/)
  const readings = [
    text,
    text.toLowerCase(),
    text.replaceAll('-', ' '),
    ` ${text.replaceAll('-', '\n')} `,
    text.replaceAll('0', 'o').replaceAll('1', 'l'),
    text.replaceAll('0', 'O').replaceAll('1', 'I'),
  ]
  for (const one of readings) assert.deepEqual(decodeInvitation(one), code)
})

test('one wrong character, two that changed places, a missing or a further one: mistyped', () => {
  const text = encodeInvitation(code).replaceAll('-', '')
  for (let at = 0; at < text.length; at++) {
    const other = text[at] === '7' ? '8' : '7'
    assert.throws(() => decodeInvitation(text.slice(0, at) + other + text.slice(at + 1)), mistyped)
    assert.throws(() => decodeInvitation(text.slice(0, at) + text.slice(at + 1)), mistyped)
    assert.throws(() => decodeInvitation(`${text.slice(0, at)}7${text.slice(at)}`), mistyped)
    if (at === 0 || text[at] === text[at - 1]) continue
    const swapped = text.slice(0, at - 1) + text[at] + text[at - 1] + text.slice(at + 1)
    assert.throws(() => decodeInvitation(swapped), mistyped)
  }
  for (const no of ['', 'U', '-----', 'datis', `${text}!`, 'Z'.repeat(5000)]) {
    assert.throws(() => decodeInvitation(no), mistyped)
  }
})

test('any code survives', () => {
  const id = fc.uint8Array({ minLength: 16, maxLength: 16 })
  const contact = fc.tuple(fc.domain(), fc.integer({ min: 1, max: 65_535 })).map(([host, port]) => `${host}:${port}`)
  const contacts = fc.array(
    contact.filter((one) => one.length < 200),
    { maxLength: 4 },
  )
  fc.assert(
    fc.property(id, id, id, contacts, (community, charter, secret, list) => {
      const one = { community: toHex(community), charter: toHex(charter), secret, contacts: list }
      assert.deepEqual(decodeInvitation(encodeInvitation(one)), one)
    }),
    { numRuns: 100 },
  )
})
