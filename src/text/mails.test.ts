import assert from 'node:assert/strict'
import { test } from 'node:test'
import { testMail, unusualMail } from './mails.ts'

const OWNER = { name: 'Mairie', box: '00112233445566778899aabbccddeeff' }
const FACTS = {
  owner: OWNER,
  host: { name: 'École', box: 'ffeeddccbbaa99887766554433221100' },
  zone: 'Europe/Paris',
  days: 44,
  notices: [
    {
      at: '2026-11-24T00:43:41Z',
      class: 'data' as const,
      bytes: 12_000_000_000,
      refused: 3_000_000_000,
      reason: 'brake' as const,
      purgedFrom: '2027-01-07T00:43:41Z',
    },
  ],
  more: 2,
}

/** The spaces that French puts inside numbers and before units, as plain ones. */
function plain(text: string): string {
  return text.replace(/[\u00a0\u202f]/g, ' ')
}

test('a warning says which box, which host, what, why, until when, and what to do, in both languages', () => {
  const { subject, text } = unusualMail(FACTS)
  assert.equal(subject, 'Datis : libérations inhabituelles / unusual releases: Mairie')
  const [french = '', english = ''] = plain(text).split('\n---\n')
  assert.match(
    french,
    /24 nov. 2026, 01:43 \(Europe\/Paris\) : données, 12 Go libérés.*le frein ; 3 Go retenus ; oubli au plus tôt le 7 janv. 2027/,
  )
  assert.match(
    english,
    /Nov 24, 2026, 1:43 AM \(Europe\/Paris\): data, 12 GB released.*brake.*; 3 GB held back; purged on Jan 7, 2027/,
  )
  for (const part of [french, english]) {
    assert.match(part, /Mairie.*00112233445566778899aabbccddeeff[\s\S]*École.*ffeeddccbbaa99887766554433221100/)
    assert.match(part, /datis release undo 00112233445566778899aabbccddeeff --data/)
    assert.match(part, /24 [\s\S]*datis recover[\s\S]*44 /)
  }
  assert.match(english, /2 earlier notices/)
})

test('a name is nothing but visible characters on one line', () => {
  const evil = `x\r\nBcc: a@example.net\r\n\u202e${'y'.repeat(300)}`
  for (const letter of [
    unusualMail({ ...FACTS, owner: { ...OWNER, name: evil }, host: { ...OWNER, name: evil } }),
    testMail({ ...OWNER, name: evil }),
  ]) {
    assert.doesNotMatch(letter.subject, /[\p{Cc}\u202e]/u)
    assert.ok(letter.subject.length <= 200)
    assert.doesNotMatch(letter.text, /(?!\n)\p{Cc}|\u202e|^Bcc/mu)
  }
})
