/**
 * Runs a program with the Node 26 of the dependencies, or says in plain words why it cannot. Written so that any
 * Node from 18 up understands it, since it is the old one that must be able to say it is too old.
 *
 *     node scripts/require-node.mjs [arguments of node …]
 *
 * Inside npm scripts node_modules/.bin comes first in PATH, and the platform package puts Node 26 there as `node`; where
 * npm has taken that link away again, it is run from its package: docs/decisions/0001-node-26-from-dependencies.md.
 */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const NODE_MAJOR_MIN = 26
const root = dirname(dirname(fileURLToPath(import.meta.url)))
const isOld = Number(process.versions.node.split('.')[0]) < NODE_MAJOR_MIN
const node = isOld ? ownNode() : process.execPath

if (node === undefined) {
  console.error(
    [
      `Datis runs on Node ${NODE_MAJOR_MIN}; this is Node ${process.versions.node} (${process.execPath}).`,
      'The right one comes with the dependencies. It is missing here, for one of three reasons:',
      '  - dependencies are not installed: run  npm ci',
      '  - optional dependencies were left out: run  npm ci --include=optional',
      `  - there is no package for this machine (${process.platform} ${process.arch}): install Node ${NODE_MAJOR_MIN} yourself.`,
      'Start Datis with  npm run …  or  ./datis …  : both find the Node of the dependencies.',
    ].join('\n'),
  )
  process.exit(1)
}

if (process.argv.length > 2) run(process.argv.slice(2))

function ownNode() {
  const machine = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
  const file = process.platform === 'win32' ? 'node.exe' : 'node'
  return [`node-${machine}`, `node-bin-${machine}`]
    .map((name) => join(root, 'node_modules', name, 'bin', file))
    .find((path) => existsSync(path))
}

function run(args) {
  const child = spawn(node, args, {
    stdio: 'inherit',
    // Compiled code is kept between runs: start-up falls from 2 s to 0.2 s. Not under node_modules, which the demo
    // saves and compares while it runs.
    env: {
      NODE_COMPILE_CACHE: join(root, '.cache', 'compile'),
      ...process.env,
      PATH: `${dirname(node)}${delimiter}${process.env.PATH ?? ''}`,
    },
  })
  // A terminal sends Ctrl+C to the child as well: it ends cleanly, then we do.
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(name, () => name === 'SIGTERM' && child.kill(name))
  child.on('error', (error) => {
    console.error(error.message)
    process.exit(1)
  })
  child.on('exit', (code) => process.exit(code ?? 1))
}
