import assert from 'node:assert/strict'
import { symlinkSync, writeFileSync } from 'node:fs'
import { test } from 'node:test'
import { savedConsole } from './test-real-box.ts'

test('what is on the disk of the box is for who may add sources', async (t) => {
  const town = await savedConsole(t, 'disk')
  for (const role of ['operator', 'reader'] as const) await town.person(role)
  const operation = async (role: string, name: string, body: unknown) => {
    const cookie = cookies.get(role) ?? assert.fail(role)
    const { status, json } = await town.ask({ method: 'POST', url: `/api/operations/${name}`, cookie, body })
    return status === 200 ? json : json.error.code
  }
  const cookies = new Map<string, string>()
  for (const [n, role] of ['operator', 'reader', 'user'].entries())
    cookies.set(role, await town.signedIn(`a ${role}`, `192.168.1.${60 + n}`))
  const paths = [town.place('hers')]
  for (const role of ['reader', 'user']) {
    assert.equal(await operation(role, 'folder.list', { path: '/' }), 'RIGHT_MISSING', role)
    assert.equal(await operation(role, 'source.preview', { paths }), 'RIGHT_MISSING', role)
    assert.equal(await operation(role, 'source.preview', { name: 'hers' }), 'RIGHT_MISSING', role)
  }
  const list = async (path: string) => await operation('operator', 'folder.list', { path })
  const here = await list(town.place())
  assert.deepEqual(
    here.items.map(({ path, state }: { path: string; state: string }) => [path, state]),
    [
      [town.place('box'), 'own'],
      [town.place('hers'), 'open'],
      [town.place('others'), 'open'],
    ],
  )
  assert.deepEqual((await list(town.place('hers', 'letters'))).items, [], 'no file is ever listed')
  symlinkSync(town.place('box'), town.place('way'))
  for (const path of [town.place('box'), town.place('box', 'vault'), town.place('way', 'vault'), '/proc/self/cwd/..'])
    assert.match(await list(path), /^(OWN_FOLDER|REQUEST_INVALID)$/, path)
  assert.equal(await list(town.place('none')), 'ENOENT')
  assert.equal(await list(town.place('hers', 'letters', 'hers.txt')), 'ENOTDIR')
  assert.equal(await list('hers'), 'REQUEST_INVALID')
})

test('a preview says what exclusions leave out of real folders, links and the own folder too', async (t) => {
  const town = await savedConsole(t, 'preview')
  await town.person('operator')
  const cookie = await town.signedIn('a operator')
  const preview = async (body: unknown) =>
    (await town.ask({ method: 'POST', url: '/api/operations/source.preview', cookie, body })).json
  symlinkSync(town.place('hers'), town.place('hers', 'loop'))
  writeFileSync(town.place('hers', 'draft.tmp'), 'four')
  const found = await preview({ paths: [town.place()], excludes: ['*.tmp', 'none/'] })
  assert.deepEqual(found.saved, { files: 2, bytes: 24, folders: 5, isAll: true })
  assert.deepEqual(
    found.items.map(({ path, rule, files }: { path: string; rule: string | null; files: number }) => [
      path,
      rule,
      files,
    ]),
    [
      [town.place('box'), null, 0],
      [town.place('hers', 'draft.tmp'), '*.tmp', 1],
    ],
  )
  assert.deepEqual(found.rules[1], { rule: 'none/', paths: 0, files: 0, bytes: 0 })
  assert.equal((await preview({ name: 'hers' })).saved.files, 2)
  assert.equal((await preview({ name: 'hers', paths: [] })).error.code, 'REQUEST_INVALID')
  assert.equal((await preview({})).error.code, 'REQUEST_INVALID')
  assert.equal((await preview({ name: 'none' })).error.code, 'SOURCE_UNKNOWN')
})

test('whose all sources are is one answer', async (t) => {
  const town = await savedConsole(t, 'whose')
  await town.person('administrator')
  const cookie = await town.signedIn('a administrator')
  const { json } = await town.ask({ url: '/api/sources/people', cookie })
  assert.deepEqual(json, { items: [{ source: 'hers', people: [town.user.id] }] })
})
