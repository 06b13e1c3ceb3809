import assert from 'node:assert/strict'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { DatisError } from '#base'
import type { Operations } from '#box'
import { type Answers, datis, type Ran, WORDS, withFolder } from './command-line-fixture.ts'
import type { BoxDoor } from './door.ts'

const MISTAKES: readonly [readonly string[], RegExp, RegExp][] = [
  [[], /Which command/, /Quelle commande/],
  [['snapshot'], /Which command/, /Quelle commande/],
  [['destroy'], /no command “destroy”/, /« destroy » n’existe pas/],
  [['disperse'], /--data <DIR> is required/, /--data <DOSSIER> est obligatoire/],
  [['disperse', '--data', 'd', '--wait', '10 minutes'], /“10 minutes” is not a duration/, /n’est pas une durée/],
  [['source', 'add', '--data', 'd', 'name'], /argument PATH is missing/, /manque l’argument CHEMIN/],
  [['snapshot', 'list', '--data', 'd', '--frobnicate'], /no option --frobnicate/, /--frobnicate n’existe pas/],
  [['snapshot', 'list', '--data', 'd', 'surplus'], /more arguments/, /plus d’arguments/],
  [
    ['restore', 'latest', 't', '--data', 'd', '--over', '--beside'],
    /cannot be given together/,
    /ne peuvent pas être donnés/,
  ],
  [['recover', '--words', 'w', '--peer', 'nowhere', '--data', 'd'], /not an address/, /n’est pas une adresse/],
  [['box', 'contacts', '--data', 'd', 'a@b, c@d'], /not a plain mail address/, /n’est pas une adresse de courriel/],
  [['box', 'contacts', '--data', 'd', 'a@b', '--none'], /cannot be given together/, /ne peuvent pas être donnés/],
  [['box', 'contacts', '--data', 'd', 'a@b', 'a@b'], /at most 4 different/, /au plus 4 adresses différentes/],
  [['box', 'mail', '--data', 'd', '--from', 'a@b'], /--smtp is required/, /--smtp est obligatoire/],
  [
    ['box', 'mail', '--data', 'd', '--smtp', 'smtps://u@h', '--from', 'a@b'],
    /--password-file is required/,
    /--password-file est obligatoire/,
  ],
  [['demo', '--boxes', '1'], /whole number from 2 to 33/, /nombre entier de 2 à 33/],
]

for (const [args, english, french] of MISTAKES) {
  test(`wrong usage ends with 2 and says why: datis ${args.join(' ')}`, async () => {
    const en = await datis(args)
    assert.equal(en.exit, 2)
    assert.match(en.err, english)
    const fr = await datis([...args, '--json', '--lang', 'fr'])
    assert.equal(fr.exit, 2)
    const { error } = fr.json() as { error: { code: string; message: string } }
    assert.equal(error.code, 'USAGE')
    assert.match(error.message, french)
  })
}

test('help is in the language of the environment, and is no mistake', async () => {
  const fr = await datis(['snapshot', 'take', '--help'], { lang: 'fr_FR.UTF-8' })
  assert.equal(fr.exit, 0)
  assert.match(fr.out, /Utilisation : datis snapshot take/)
  assert.match(fr.out, /dossier de données du Datis/)
  assert.equal((await datis(['--version'])).out, '1.2.3\n')
})

test('the words of a new box are shown once to a person, never in JSON', async () => {
  const shown = await datis(['box', 'create', '--data', 'd'])
  assert.equal(shown.exit, 0)
  assert.match(shown.out, /24\. word24/)
  const json = await datis(['box', 'create', '--data', 'd', '--json'])
  assert.deepEqual(json.json(), { box: 'b0', root: 'r0' })
  assert.doesNotMatch(json.out + json.err, /word1/)
  assert.match(json.err, /neither shown nor written/)
})

withFolder('words go to a new file that only its owner reads, and never over a file', async (folder) => {
  const file = join(folder, 'words')
  const made = await datis(['box', 'create', '--data', 'd', '--json', '--words-to', file])
  assert.equal(made.exit, 0)
  assert.equal(readFileSync(file, 'utf8'), `${WORDS.join(' ')}\n`)
  assert.equal(statSync(file).mode & 0o777, 0o600)
  const createBox = (): never => assert.fail('the box must not be made when its words have nowhere to go')
  const again = await datis(['box', 'create', '--data', 'd', '--json', '--words-to', file], { door: { createBox } })
  assert.equal(again.exit, 1)
  assert.match(JSON.stringify(again.json()), /WORDS_FILE_EXISTS/)
})

withFolder('a box that could not be made leaves no file of words', async (folder) => {
  const file = join(folder, 'words')
  const createBox = (): never => {
    throw new DatisError('FOLDER_NOT_EMPTY', 'x', { folder: '/d' })
  }
  assert.equal((await datis(['box', 'create', '--data', 'd', '--words-to', file], { door: { createBox } })).exit, 1)
  assert.throws(() => statSync(file), { code: 'ENOENT' })
})

const KEPT = { startedAt: '2026-11-24T00:43:40Z', local: true, remote: true, hold: null, fall: null }
const SNAPSHOT = { id: 'abc', source: 'work', at: '2026-11-24T00:43:41Z', files: 12, bytes: 3_400_000, ...KEPT }
const MISSED = { path: 'secret\u001b', pathBytes: '', cause: 'EACCES' }

test('an incomplete snapshot ends with 4 and names each item with its cause', async () => {
  const snapshot = { ...SNAPSHOT, state: 'incomplete' as const, incomplete: [MISSED] }
  const answers: Answers = { 'snapshot.take': () => ({ snapshots: [snapshot], failed: [] }) }
  const shown = await datis(['snapshot', 'take', '--data', 'd'], { answers })
  assert.equal(shown.exit, 4)
  assert.match(shown.out, /EACCES\s+secret\\x1b/)
  const json = await datis(['snapshot', 'take', '--data', 'd', '--json'], { answers })
  assert.deepEqual(json.json(), { snapshots: [snapshot], failed: [] })
})

test('lists are tables for people and items in JSON', async () => {
  const items = [{ ...SNAPSHOT, state: 'complete' as const, incomplete: [] }]
  const answers: Answers = { 'snapshot.list': () => ({ items, more: null }) }
  const shown = await datis(['snapshot', 'list', '--data', 'd', '--lang', 'fr'], { answers })
  assert.match(shown.out, /^Identifiant\s+Source\s+Pris le\s+État/)
  assert.match(shown.out, /abc\s+work\s+24 nov. 2026.*complet\s+12\s+3,4.Mo\s+ici et chez les hôtes$/m)
  const held = items.map((one) => ({ ...one, remote: false, hold: 'audit' }))
  const other = await datis(['snapshot', 'list', '--data', 'd'], {
    answers: { 'snapshot.list': () => ({ items: held, more: null }) },
  })
  assert.match(other.out, /here \(held: audit\)$/m)
  const fell = [
    { ...SNAPSHOT, state: 'complete' as const, incomplete: [], fall: { filesBefore: 900, bytesBefore: 7e9 } },
  ]
  const less = {
    'snapshot.list': () => ({ items: fell, more: null }),
    'snapshot.take': () => ({ snapshots: fell, failed: [] }),
  }
  assert.match(
    (await datis(['snapshot', 'list', '--data', 'd'], { answers: less })).out,
    /complete, far less than before/,
  )
  const taken = await datis(['snapshot', 'take', '--data', 'd'], { answers: less })
  assert.match(taken.out, /Attention: “work” .* 12 files instead of 900, 3.4 MB instead of 7 GB/)
  assert.deepEqual((await datis(['snapshot', 'list', '--data', 'd', '--json'], { answers })).json(), { items })
})

const DISPERSED = {
  head: 3,
  receipts: 4,
  needed: 4,
  stripes: { total: 9, protected: 9, whole: 7, lost: 0 },
  trouble: [],
}

for (const [state, exit] of [
  ['whole', 0],
  ['protected', 4],
  ['stored', 1],
] as const) {
  test(`a dispersal that ends ${state} exits with ${exit}`, async () => {
    const answers: Answers = { disperse: () => ({ ...DISPERSED, state }) }
    const ran = await datis(['disperse', '--data', 'd', '--json'], { answers })
    assert.equal(ran.exit, exit)
    assert.equal(ran.json().state, state)
    assert.equal('error' in ran.json(), exit === 1)
  })
}

test('a host that did not answer is named once, with the cause', async () => {
  const trouble = [
    { host: '0a'.repeat(16), name: 'cellar', code: 'PEER_UNREACHABLE' },
    { host: '0b'.repeat(16), name: 'attic', code: 'NO_SPACE' },
  ]
  const answers: Answers = { disperse: () => ({ ...DISPERSED, state: 'protected', trouble }) }
  const { out } = await datis(['disperse', '--data', 'd'], { answers })
  assert.match(out, /\nThe box cellar answers at none of its addresses. \(code PEER_UNREACHABLE\)\nattic: .*NO_SPACE/)
  assert.doesNotMatch(out, /0a0a|0b0b/)
})

test('arguments reach the box as they were meant', async () => {
  const seen: unknown[] = []
  const answers: Answers = {
    disperse: (args) => {
      seen.push(args)
      return { ...DISPERSED, state: 'whole' }
    },
    restore: (args) => {
      seen.push(args)
      return { files: 1, bytes: 1, failed: [], notSet: [], damaged: [] }
    },
    'source.add': (args) => {
      seen.push(args)
      return { name: args.name }
    },
    'files.return': (args) => {
      seen.push(args)
      return { files: 1, bytes: 1, failed: [], notSet: [], damaged: [] }
    },
  }
  await datis(['disperse', '--data', 'd', '--wait', '90s'], { answers })
  await datis(['restore', 'latest:a/b:c', '/t', '--missing', '--dry-run', '--data', 'd'], { answers })
  await datis(['source', 'add', 'n', '/p', '/q', '--exclude', 'x', '--exclude', 'y', '--data', 'd'], { answers })
  await datis(['put-back', 'latest', 'a/b', 'c', '--data', 'd'], { answers })
  await datis(['put-back', 'latest', '--over', '--data', 'd'], { answers })
  assert.deepEqual(seen, [
    { waitMs: 90_000 },
    { id: 'latest', path: 'a/b:c', target: '/t', mode: 'missing', dryRun: true },
    { name: 'n', paths: ['/p', '/q'], excludes: ['x', 'y'], oneFileSystem: false },
    { id: 'latest', paths: [{ path: 'a/b' }, { path: 'c' }], mode: 'beside' },
    { id: 'latest', paths: [{ path: '' }], mode: 'over' },
  ])
})

test('damage fails a check and hosts out of reach leave it incomplete', async () => {
  const ok = { ok: true, packs: 2, bytes: 10, damaged: [], unreached: [] }
  const check = (result: Operations['vault.check'][1]): Promise<Ran> =>
    datis(['vault', 'check', '--data', 'd', '--json'], { answers: { 'vault.check': () => result } })
  assert.equal((await check(ok)).exit, 0)
  assert.equal((await check({ ...ok, unreached: ['h'] })).exit, 4)
  const damaged = await check({ ...ok, ok: false, damaged: [{ host: 'h', fragment: 'f.1' }] })
  assert.equal(damaged.exit, 1)
  assert.equal(damaged.json().ok, false)
})

test('a failure says what happened, what follows and what to do, with its code', async () => {
  const answers: Answers = {
    'snapshot.list': () => {
      throw Object.assign(new Error('EACCES: permission denied'), { code: 'EACCES', path: '/d' })
    },
  }
  const ran = await datis(['snapshot', 'list', '--data', 'd', '--lang', 'fr'], { answers })
  assert.equal(ran.exit, 1)
  assert.match(ran.err, /refuse à ce compte l’accès à \/d\.\n.*\n.*\n\(code EACCES\)/)
})

test('too few fragments end with 3', async () => {
  const answers: Answers = {
    restore: () => {
      throw new DatisError('NOT_RECOVERABLE', 'x', { needed: 4, have: 3, missing: 1, stripes: 1 })
    },
  }
  const ran = await datis(['restore', 'latest', 't', '--data', 'd', '--json'], { answers })
  assert.equal(ran.exit, 3)
  assert.match(JSON.stringify(ran.json()), /1 missing of 4 needed/)
})

withFolder('signing with the root key says in words what it signs', async (folder) => {
  const [request, words, out] = [join(folder, 'request'), join(folder, 'words'), join(folder, 'signed')]
  writeFileSync(request, 'r')
  writeFileSync(words, WORDS.join(' '))
  const door: Partial<BoxDoor> = {
    describeRootRequest: () => ({ kind: 'epoch', fields: { box: 'b0', number: 12 } }),
    signRootRequest: () => Buffer.from('signed'),
  }
  const ran = await datis(['root', 'sign', request, '--words', words, '--out', out], { door })
  assert.equal(ran.exit, 0)
  assert.match(ran.err, /end a fork[\s\S]*head\s+12/)
  assert.equal(readFileSync(out, 'utf8'), 'signed')
})

const THIEF = {
  condemn: { kind: 'condemn', fields: { box: 'b0', number: 12, hash: 'abcd' } },
  budget: { kind: 'brake-budget', fields: { box: 'b0', class: 'data', bytes: 5e9, budget: 'lasting' } },
} as const

withFolder(
  'what is asked of the root key against a thief is said in both languages, and kept in a new file',
  async (folder) => {
    const out = join(folder, 'request')
    const seen: unknown[] = []
    const trouble = [{ host: 'h1', name: '', code: 'PEER_UNREACHABLE' }]
    const answers: Answers = {
      'root.request': (args) => {
        seen.push(args)
        return { request: Buffer.from('asked').toString('base64'), trouble: seen.length === 1 ? [] : trouble }
      },
    }
    const ask = (what: keyof typeof THIEF | 'undo', more: readonly string[]) =>
      datis(['root', 'request', what, '--data', 'd', ...more], {
        answers,
        door: { describeRootRequest: () => (what === 'budget' ? THIEF.budget : THIEF.condemn) },
      })
    const owner = '0a'.repeat(16)
    const ran = await ask('condemn', ['--out', out, '--head', '12', '--owner', owner])
    assert.equal(ran.exit, 0)
    assert.match(ran.out, /AT ONCE[\s\S]*head\s+12[\s\S]*datis root sign/)
    assert.equal(readFileSync(out, 'utf8'), 'asked')
    const budget = ['--class', 'data', '--bytes', '5GB', '--lasting', '--lang', 'fr']
    const french = await ask('budget', ['--out', `${out} 2`, ...budget])
    assert.equal(french.exit, 4, 'a host was not asked')
    assert.match(french.out, /données[\s\S]*5\sGo[\s\S]*chaque semaine[\s\S]*h1/)
    assert.deepEqual(seen, [
      { kind: 'condemn', owner, head: 12 },
      { kind: 'brake-budget', owner: null, class: 'data', bytes: 5e9, lasting: true },
    ])
    assert.equal((await ask('undo', ['--out', out])).exit, 1, 'nothing is written over')
    for (const wrong of [
      ['undo'],
      ['condemn', '--out', 'x'],
      ['condemn', '--out', 'x', '--head', '0'],
      ['budget', '--out', 'x'],
    ]) {
      assert.equal((await datis(['root', 'request', ...wrong, '--data', 'd'])).exit, 2, wrong.join(' '))
    }
    assert.equal((await datis(['root', 'request', 'undo', '--out', 'x', '--data', 'd', '--owner', 'b0'])).exit, 2)
  },
)

withFolder('a word of the root that did not reach each host is not done', async (folder) => {
  const file = join(folder, 'signed')
  writeFileSync(file, 's')
  const told = { owner: 'b0', ownerName: 'attic', fragments: 3, bytes: 3e6, hosts: ['h1', 'h2'], trouble: [] }
  const apply = (result: Operations['root.apply'][1], more: readonly string[] = []) =>
    datis(['root', 'apply', file, '--data', 'd', ...more], { answers: { 'root.apply': () => result } })
  const undone = await apply({ applied: 'undo', ...told })
  assert.equal(undone.exit, 0)
  assert.match(undone.out, /2 hosts: 3 fragments/)
  const trouble = [{ host: 'h3', name: 'cellar', code: 'HEAD_UNKNOWN' }]
  const condemned = await apply({ applied: 'condemn', ...told, trouble })
  assert.equal(condemned.exit, 4)
  assert.match(condemned.out, /cellar: .*HEAD_UNKNOWN[\s\S]*again/)
  const budget = { class: 'data', bytes: 5e9, lasting: true } as const
  const allowed = await apply({ applied: 'brake-budget', ...told, budget }, ['--lang', 'fr'])
  assert.equal(allowed.exit, 0)
  assert.match(allowed.out, /attic peut libérer 5\sGo par semaine/)
  assert.equal((await apply({ applied: 'undo', ...told, hosts: [] })).exit, 4, 'nobody keeps anything of that box')
  assert.deepEqual((await apply({ applied: 'condemn', ...told, trouble }, ['--json'])).json(), {
    applied: 'condemn',
    ...told,
    trouble,
  })
  assert.equal((await apply({ applied: 'epoch' })).exit, 0)
})

test('the heads of a box are listed, newest first', async () => {
  const heads = [12, 11].map((number) => ({ number, at: '2026-11-26T00:43:41Z', hash: 'ab'.repeat(32) }))
  const answers: Answers = { 'root.heads': ({ owner }) => ({ owner: owner ?? 'b0', heads }) }
  const ran = await datis(['root', 'heads', '--data', 'd'], { answers })
  assert.equal(ran.exit, 0)
  assert.match(ran.out, /12\s[\s\S]*\n11\s/)
})

withFolder('a mail server reaches the box with its password, which is shown nowhere', async (folder) => {
  const file = join(folder, 'password')
  writeFileSync(file, 'open sesame\n')
  const seen: unknown[] = []
  const answers: Answers = {
    'mail.set': ({ server }) => {
      seen.push(server)
      return { smtp: 'smtps://me%40x.org@mail.x.org:465', from: 'box@x.org', password: true }
    },
    'mail.test': ({ to }) => ({ sent: to }),
  }
  const args = ['box', 'mail', '--data', 'd', '--smtp', 'smtps://me@x.org@mail.x.org', '--from', 'box@x.org']
  const ran = await datis([...args, '--password-file', file, '--test', 'you@x.org', '--json'], { answers })
  assert.equal(ran.exit, 0, ran.err)
  const login = { user: 'me@x.org', password: 'open sesame' }
  assert.deepEqual(seen, [{ host: 'mail.x.org', port: 465, implicitTls: true, ...login, from: 'box@x.org' }])
  const wrong = await datis(['box', 'mail', '--data', 'd', '--smtp', 'smtp://me:open sesame@h', '--from', 'a@b'])
  assert.equal(wrong.exit, 2)
  assert.ok(![ran.out, ran.err, wrong.out, wrong.err].join('').includes('sesame'))
})
