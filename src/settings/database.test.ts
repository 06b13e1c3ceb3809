import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { copySettings } from './copy.ts'
import { openSettings } from './database.ts'

function folder(t: { after(act: () => void): void }): string {
  const path = mkdtempSync(join(tmpdir(), 'datis-settings-'))
  t.after(() => rmSync(path, { recursive: true }))
  return path
}

const USER = { id: 'ab', name: 'Anne', folded: 'anne', role: 'administrator' as const, created: 5 }

test('settings are made once and found again, and a role that there is not is refused', async (t) => {
  const path = join(folder(t), 'settings.sqlite')
  const settings = await openSettings(path)
  const rest = { password: null, totp: null, totp_step: 0, disabled: 0 }
  await settings
    .insertInto('users')
    .values({ ...USER, ...rest })
    .execute()
  await assert.rejects(
    settings
      .insertInto('users')
      .values({ ...USER, ...rest, id: 'cd' })
      .execute(),
    /UNIQUE/,
  )
  const god = { ...USER, ...rest, id: 'ef', folded: 'x', role: 'god' as 'user' }
  await assert.rejects(settings.insertInto('users').values(god).execute(), /CHECK/)
  await settings.destroy()
  const again = await openSettings(path)
  assert.deepEqual(
    (await again.selectFrom('users').select(['id', 'name', 'totp_step']).execute()).map((row) => ({ ...row })),
    [{ id: 'ab', name: 'Anne', totp_step: 0 }],
  )
  await again.destroy()
})

test('who goes takes sessions and codes along', async () => {
  const settings = await openSettings(':memory:')
  const rest = { password: null, totp: null, totp_step: 0, disabled: 0 }
  await settings
    .insertInto('users')
    .values({ ...USER, ...rest })
    .execute()
  await settings.insertInto('recovery_codes').values({ user: 'ab', hash: '00', used: null }).execute()
  await settings.deleteFrom('users').execute()
  assert.deepEqual(await settings.selectFrom('recovery_codes').selectAll().execute(), [])
  await settings.destroy()
})

test('a file of a later version, or that is no database, is left as it is', async (t) => {
  const place = folder(t)
  const later = join(place, 'later.sqlite')
  await (await openSettings(later)).destroy()
  const db = new DatabaseSync(later)
  db.exec("INSERT INTO kysely_migration VALUES ('9999-later', '2030-01-01T00:00:00Z')")
  db.close()
  await assert.rejects(openSettings(later), { code: 'SETTINGS_NEWER' })
  const torn = join(place, 'torn.sqlite')
  writeFileSync(torn, 'no database at all, but long enough to be taken for one'.repeat(100))
  await assert.rejects(openSettings(torn), { code: 'SETTINGS_DAMAGED' })
})

test('a copy that goes to hosts has people, and nothing of the words', async (t) => {
  const copy = join(folder(t), 'settings', 'settings.sqlite')
  const settings = await openSettings(':memory:')
  const rest = { password: null, totp: null, totp_step: 0, disabled: 0 }
  await settings
    .insertInto('users')
    .values({ ...USER, ...rest })
    .execute()
  await settings
    .insertInto('recovery_sheet')
    .values({ id: 1, positions: '[3,9,17]', hash: 'a hash of words', confirmed: null })
    .execute()
  await copySettings(settings, copy)
  await settings.destroy()
  const copied = await openSettings(copy)
  assert.equal((await copied.selectFrom('users').selectAll().execute()).length, 1)
  assert.deepEqual(await copied.selectFrom('recovery_sheet').selectAll().execute(), [])
  await copied.destroy()
  assert.ok(!readFileSync(copy).includes('a hash of words'))
})
