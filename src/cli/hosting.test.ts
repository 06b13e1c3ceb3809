import assert from 'node:assert/strict'
import { test } from 'node:test'
import { datis } from './run-fixture.ts'

test('hosting show says of what nobody was told, and why', async () => {
  const contacts = { known: false, people: 0, former: 0, untold: 2, toldAt: null, failing: 0 }
  const owner = { box: 'b1', name: 'Town hall', organisation: 'o1', bytes: 1, heldBytes: 1, releasedBytes: 0 }
  const rest = { nextPurgeMs: null, lastPurgeMs: null, rotten: 0, classes: [] }
  const disk = { usedBytes: 1, totalBytes: 2, limitBytes: 2 }
  const show = (more: object, mail: boolean) => {
    const owners = [{ ...owner, ...rest, contacts: { ...contacts, ...more } }]
    const result = { store: 's', livedMs: 0, frozen: false, disk, quotaBytes: null, owners, mail, damaged: [], own: [] }
    return datis(['hosting', 'show', '--data', 'd'], { answers: { 'hosting.show': () => result } })
  }
  assert.match((await show({}, true)).out, /WARNING: 2 notices .* Town hall.*its owner has named no contacts/)
  assert.match((await show({ known: true, people: 1 }, false)).out, /WARNING: .*no mail server/)
  assert.match((await show({ known: true, people: 1, failing: 1 }, true)).out, /WARNING: .*datis box mail --test/)
  const told = await show({ known: true, people: 1, untold: 0, toldAt: '2026-11-24T00:43:41Z' }, true)
  assert.doesNotMatch(told.out, /WARNING/)
  assert.match(told.out, /Contacts +Last told/)
})
