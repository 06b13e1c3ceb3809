/**
 * The architecture, as a test. Each layer may import the layers listed for it, through their doors (`#layer`,
 * declared in package.json); inside a layer, relative imports are free. Time, chance, disk, network and threads come
 * in through the ports of `base`: whoever else touches the world is listed here, with the reason.
 */
import assert from 'node:assert/strict'
import { globSync, readFileSync } from 'node:fs'
import { dirname, join, matchesGlob, relative, resolve } from 'node:path'
import { test } from 'node:test'

const ROOM = [
  'base',
  'crypto',
  'coding',
  'chunking',
  'storage',
  'network',
  'community',
  'dispersal',
  'text',
  'retention',
] as const

/** Who may import whom. `dispersal` never imports `storage`, nor the other way round: only `box` knows both. */
const LAYERS: Readonly<Record<string, readonly string[]>> = {
  base: [],
  crypto: ['base'],
  coding: ['base'],
  chunking: ['base'],
  storage: ['base', 'crypto', 'coding', 'chunking'],
  network: ['base', 'crypto'],
  community: ['base', 'crypto', 'network'],
  dispersal: ['base', 'crypto', 'coding', 'chunking', 'network', 'community'],
  text: ['base'],
  retention: ['base'],
  settings: ['base'],
  accounts: ['base', 'crypto', 'settings'],
  box: ROOM,
  service: ['base', 'retention', 'settings', 'accounts', 'box'],
  api: ['base', 'text', 'settings', 'accounts', 'box', 'service'],
  appliance: ['base', 'crypto', 'network', 'accounts', 'settings', 'service', 'api', 'box'],
  cli: ['base', 'text', 'retention', 'box', 'appliance'],
  web: ['box', 'api/contract', 'text/web'],
  sim: [...ROOM, 'base/sim', 'box'],
}

test('what may import what stands in ARCHITECTURE.md, too', () => {
  const rows = readFileSync(join(import.meta.dirname, '..', 'ARCHITECTURE.md'), 'utf8').matchAll(
    /^\| `(\w+)` \| .* \| ([^|]+) \|$/gm,
  )
  const told = new Map([...rows].map(([, layer = '', may = '']) => [layer, may === '–' ? [] : may.split(', ')]))
  for (const [layer, may] of Object.entries(LAYERS).filter(([one]) => one !== 'sim')) {
    assert.deepEqual(told.get(layer)?.sort(), [...may].sort(), layer)
  }
})

/** What only `base` touches, because a simulation has to be able to replace it. */
const WORLD: Readonly<Record<string, RegExp>> = {
  disk: /from 'node:fs(?:\/promises)?'/,
  network: /from 'node:(?:net|tls|http|https|http2|dgram|dns)'/,
  threads: /from 'node:(?:worker_threads|child_process|cluster)'/,
  database: /from 'node:sqlite'/,
  machine: /from 'node:os'/,
  timers: /\b(?:setTimeout|setInterval|setImmediate)\(|from 'node:timers|AbortSignal\.timeout\(/,
  time: /\bDate\.now\(|\bnew Date\(\)|\bTemporal\.Now\b|\bperformance\.|\bprocess\.hrtime\b|from 'node:perf_hooks'/,
  chance: /\bMath\.random\(|\brandomBytes\(|\brandomUUID\(|\brandomInt\(|\bgetRandomValues\(/,
  process: /\bprocess\.(?!hrtime\b)\w+|from 'node:process'/,
}

interface Exception {
  readonly files: string
  readonly may: readonly (keyof typeof WORLD)[]
  readonly because: string
}

const EXCEPTIONS: readonly Exception[] = [
  { files: 'base/**', may: Object.keys(WORLD), because: 'it is where the world comes in' },
  { files: '*/*-wasm.ts', may: ['disk'], because: 'reads the .wasm beside it, once, when the module loads' },
  { files: 'settings/copy.ts', may: ['database', 'disk'], because: 'copies a database of SQLite as a file' },
  { files: 'settings/database.ts', may: ['database'], because: 'settings are SQLite; in memory in a simulation' },
  { files: 'storage/index-*.ts', may: ['database', 'disk'], because: 'the index is SQLite; in memory in a simulation' },
  {
    files: 'network/{http2-*,tls,door,address,ip}.ts',
    may: ['network'],
    because: 'TLS and HTTP/2 over a stream of the Net port',
  },
  { files: 'box/control.ts', may: ['network'], because: 'the local socket of a running box, which no simulation has' },
  {
    files: 'appliance/*.ts',
    may: ['machine', 'process', 'disk'],
    because: 'people call the box by the name of its machine; what the process writes is private; settings are SQLite',
  },
  { files: 'api/routes-page.ts', may: ['disk'], because: 'reads the page beside it, once' },
  { files: 'api/guard.ts', may: ['network'], because: 'counts with addresses; nothing is dialled' },
  { files: 'api/routes-files.ts', may: ['timers'], because: 'how long a socket may be quiet, which the server counts' },
  { files: 'box/lock.ts', may: ['disk', 'database'], because: 'the lock that dies with the process is an SQLite lock' },
  { files: 'box/real.ts', may: ['machine', 'process'], because: 'a thread a core; paths from the working folder' },
  {
    files: 'cli/{main,run,confirm,ask-passphrase}.ts',
    may: ['disk', 'process'],
    because: 'the process around a command line',
  },
  { files: 'cli/files.ts', may: ['disk'], because: 'words, requests and statements that people hand over as files' },
  { files: 'cli/{box,start}.ts', may: ['machine'], because: 'the name of this machine is the default name of a box' },
  { files: 'cli/compare.ts', may: ['disk'], because: 'shares no code with what it judges' },
  {
    files: 'cli/{demo*,lab*,processes}.ts',
    may: ['disk', 'network', 'threads', 'machine', 'process'],
    because: 'real processes on real folders',
  },
  {
    files: 'cli/practice.ts',
    may: ['disk', 'process', 'timers'],
    because: 'looks whether a lab is there, and asks its console, for seconds at most',
  },
  {
    files: 'web/**',
    may: ['time'],
    because: 'runs in a browser, where no simulation goes',
  },
  { files: 'web/parts/ticks.ts', may: ['timers'], because: 'how long ago something was goes on while one looks' },
  { files: 'web/client/ask.ts', may: ['timers'], because: 'a task is asked about until it is done' },
  { files: 'sim/main.ts', may: ['process', 'time', 'threads', 'machine'], because: 'the program around the town' },
]

const LINES_MAX = 500
const root = resolve(import.meta.dirname, '..')
const src = join(root, 'src')

/** Code without comments, so that a comment may name what code may not use. */
function codeOf(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/(^|\s)\/\/.*$/gm, '$1')
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:\bfrom|\bimport|\bimport\()\s*'([^']+)'/g)].map((match) => match[1] ?? '')
}

function mayTouch(file: string, what: string): boolean {
  return EXCEPTIONS.some(({ files, may }) => matchesGlob(file, files) && may.includes(what))
}

/** Tests, and what only tests import, may use the fakes and the real world. */
function isForTests(file: string): boolean {
  return file.endsWith('.test.ts') || /(?:^|\/)test-[\w-]+\.ts$|-fixture\.ts$/.test(file)
}

const sources = globSync('**/*.{ts,tsx}', { cwd: src, exclude: ['**/assembly/**'] }).sort()

test('there are sources to judge', () => assert.ok(sources.length > 50))

test('each exception is still needed', () => {
  for (const { files, because } of EXCEPTIONS) {
    assert.ok(
      sources.some((file) => matchesGlob(file, files)),
      `no file matches ${files} (${because})`,
    )
  }
})

for (const file of sources) {
  const layer = file.split('/')[0] ?? ''
  const text = readFileSync(join(src, file), 'utf8')
  const code = codeOf(text)

  test(`${file} keeps to its layer`, () => {
    const allowed = LAYERS[layer]
    assert.ok(allowed, `the folder ${layer} has no entry in LAYERS`)
    for (const specifier of importsOf(code)) {
      if (specifier.startsWith('#')) {
        const door = specifier.slice(1)
        const forTests = isForTests(file) && (door === 'base/sim' || door === layer)
        assert.ok(forTests || allowed.includes(door), `${layer} may not import ${specifier}`)
      } else if (specifier.startsWith('.')) {
        const target = relative(src, resolve(src, dirname(file), specifier)).split('/')[0]
        const outside = isForTests(file) && target === '..'
        assert.ok(outside || target === layer, `${specifier} goes around the door #${target}`)
      }
    }
  })

  if (!isForTests(file)) {
    test(`${file} leaves the world to the ports`, () => {
      for (const [what, pattern] of Object.entries(WORLD)) {
        const found = pattern.exec(code)?.[0]
        assert.ok(
          found === undefined || mayTouch(file, what),
          `${found} is ${what}: use a port of #base, or list it here`,
        )
      }
    })
  }
}

const written = globSync(['src/**/*.{ts,tsx}', 'test/**/*.ts', 'scripts/**/*.{ts,mjs}'], {
  cwd: root,
  exclude: ['src/*/assembly/**'],
}).sort()

for (const file of written) {
  const text = readFileSync(join(root, file), 'utf8')

  test(`${file} fits in a reader's head`, () => {
    assert.ok(text.split('\n').length <= LINES_MAX, `more than ${LINES_MAX} lines`)
  })

  test(`${file} names its types and leaves nothing for later`, () => {
    const code = codeOf(text).replace(/'[^'\n]*'|`[^`]*`/g, "''")
    assert.doesNotMatch(code, /[:<,|&(]\s*any\b(?!['\w])|\bas any\b/, 'any hides mistakes: use unknown')
    if (file !== 'test/tidy.test.ts') assert.doesNotMatch(text, /\b(?:TODO|FIXME|XXX)\b|@ts-ignore|@ts-expect-error/)
  })
}

test('the browser gets types of the box, and none of its code', () => {
  for (const file of globSync('web/**/*.{ts,tsx}', { cwd: src })) {
    const code = codeOf(readFileSync(join(src, file), 'utf8'))
    for (const [line, , door = ''] of code.matchAll(/^(import|export)[^']*from '([^']+)'/gm)) {
      if (/^#(?:box|api)/.test(door)) assert.match(line, /^import type /, file)
    }
  }
})

test('nothing names a place outside the project', () => {
  const texts = globSync(['src/**/*', 'test/**/*', 'scripts/**/*', 'docs/**/*.md', '*.md', '*.json', '.ci/run'], {
    cwd: root,
    withFileTypes: true,
  }).filter((entry) => entry.isFile() && /\.(?:ts|mjs|md|json)$|^run$/.test(entry.name))
  // Put together here so that this file does not name them either.
  const foreign = new RegExp(
    ['\\.\\./sh' + 'ared', '\\.lib' + 'rary', '/wo' + 'rk/', 'registry\\.np' + 'mjs'].join('|'),
  )
  for (const { parentPath, name } of texts) {
    const found = foreign.exec(readFileSync(join(parentPath, name), 'utf8'))?.[0]
    assert.equal(found, undefined, `${join(parentPath, name)} names ${found}`)
  }
})
