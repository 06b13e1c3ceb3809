/**
 * How many questions the console of a box answers on loopback: 50 connections for 20 s each, with a session. It ends
 * with 1 when one of them failed, or when the box holds a quarter more memory afterwards than after warming up.
 * `npm run bench -- api [--json]`, `BENCH_SECONDS` for another duration. Memory from /proc (Linux only).
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import autocannon from 'autocannon'
import { Browser, freePort, readyAppliance } from '../test/e2e/appliance.ts'
import { Town } from '../test/e2e/town.ts'

const CONNECTIONS = 50
const SECONDS = Number(process.env.BENCH_SECONDS ?? 20)
const WARM_SECONDS = 5
const GROWTH_MAX = 1.25
const QUESTIONS = [
  ['GET', 'health'],
  ['GET', 'session'],
  ['GET', 'tasks'],
  ['GET', 'audit'],
  ['POST', 'operations/source.list'],
  ['POST', 'operations/policy.list'],
  ['POST', 'operations/snapshot.list'],
  ['POST', 'operations/hosting.show'],
] as const

const asJson = process.argv.includes('--json')
const rssMb = (pid: number): number =>
  Math.round(Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024)

async function measure(browser: Browser, [method, path]: (typeof QUESTIONS)[number], seconds: number) {
  const { requests, latency, errors, timeouts, non2xx } = await autocannon({
    url: `${browser.origin}/api/${path}`,
    method,
    connections: CONNECTIONS,
    duration: seconds,
    headers: { cookie: browser.cookies, origin: browser.origin, 'content-type': 'application/json' },
    ...(method === 'POST' ? { body: '{}' } : {}),
  })
  return {
    question: `${method} /api/${path}`,
    requestsPerSecond: requests.average,
    p99Ms: latency.p99,
    errors,
    timeouts,
    non2xx,
  }
}

async function bench(town: Town): Promise<boolean> {
  const box = await town.box('bench')
  const source = town.path('source')
  mkdirSync(source)
  for (let index = 0; index < 100; index++) writeFileSync(join(source, `note-${index}`), `note ${index}`.repeat(1000))
  await town.ok(['source', 'add', 'house', source, '--data', box.data])
  for (let count = 0; count < 20; count++) await town.take(box)
  const browser = new Browser(await freePort())
  const { child, ready } = await readyAppliance(town, box.data, Number(new URL(browser.origin).port), ['--manual'])
  await browser.begin('Anne', ready.setupCode)
  const pid = child.pid ?? 0
  for (const question of QUESTIONS) await measure(browser, question, WARM_SECONDS)
  const before = rssMb(pid)
  const results = []
  for (const question of QUESTIONS) {
    const result = { ...(await measure(browser, question, SECONDS)), rssMb: rssMb(pid) }
    results.push(result)
    if (!asJson) {
      const { question: what, requestsPerSecond, p99Ms } = result
      console.log(`${what.padEnd(36)}${Math.round(requestsPerSecond)} requests/s, p99 ${p99Ms} ms, ${result.rssMb} MB`)
    }
  }
  const after = rssMb(pid)
  const ok = after <= before * GROWTH_MAX && results.every((one) => one.errors + one.timeouts + one.non2xx === 0)
  if (asJson)
    console.log(JSON.stringify({ ok, connections: CONNECTIONS, seconds: SECONDS, rssMb: { before, after }, results }))
  else console.log(`memory ${before} MB before, ${after} MB after: ${ok ? 'ok' : 'NOT ok'}`)
  return ok
}

const afterwards: (() => Promise<void>)[] = []
try {
  if (!(await bench(new Town({ after: (act) => void afterwards.push(act) })))) process.exitCode = 1
} finally {
  for (const act of afterwards) await act()
}
