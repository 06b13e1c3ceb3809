import assert from 'node:assert/strict'
import { test } from 'node:test'
import { datis } from './command-line-fixture.ts'

const CONTINUOUS = 'continuous: <2 h, 5 min>, <4 h, 15 min>, <24 h, 1 h>, <30 d, 1 d>'
const AT = ['--at', '2026-03-10T14:05:00+01:00', '--zone', 'Europe/Paris']

async function keptBy(policy: string, more: readonly string[] = AT): Promise<string[]> {
  const { exit, out } = await datis(['policy', 'preview', policy, ...more, '--json'])
  assert.equal(exit, 0, out)
  return JSON.parse(out.trimEnd().split('\n').at(-1) ?? '').kept
}

test('a preview needs no box, and its last line lists the instants, newest first', async () => {
  const kept = await keptBy(CONTINUOUS)
  assert.equal(kept.length, 81)
  assert.deepEqual(
    [kept[0], kept[23], kept[24], kept[31], kept[32], kept[51], kept[52], kept[80]],
    [
      '2026-03-10T14:05:00+01:00',
      '2026-03-10T12:10:00+01:00',
      '2026-03-10T12:00:00+01:00',
      '2026-03-10T10:15:00+01:00',
      '2026-03-10T10:00:00+01:00',
      '2026-03-09T15:00:00+01:00',
      '2026-03-09T00:00:00+01:00',
      '2026-02-09T00:00:00+01:00',
    ],
  )
  assert.deepEqual(await keptBy('Continuous'), kept, 'a ready-made one by its name')
  assert.deepEqual(await keptBy('x : <2 h, 5 min>, <4 h, 15 min>, <24 heures, 1 h>, <30 jours, 1 j>'), kept)
})

test('the calendar shows each day of the newest months, and each month of the years before', async () => {
  const { out } = await datis(['policy', 'preview', CONTINUOUS, ...AT])
  assert.match(out, /it keeps 81 snapshots/)
  assert.match(out, /^ {2}1 +1 +1 .* 4 +4 +11 +12 +2$/m, 'hours')
  assert.match(out, /^March 2026\n {3}│ Mon Tue Wed Thu Fri Sat Sun\n 1 │ +1\n 2 │( +1){7}\n 9 │ +10 +43( +·){5}\n/m)
  const years = await datis(['policy', 'preview', 'for ever', ...AT], { lang: 'fr' })
  assert.match(years.out, /^2020( +1){12}$/m)
  assert.match(years.out, /dix années/)
  assert.doesNotMatch((await datis(['policy', 'preview', 'daily', ...AT])).out, /hour by hour/)
})

test('what is no policy, no instant or no zone is said in one sentence', async () => {
  for (const args of [['<1 h, 7 min>'], ['daly'], ['daily', '--at', 'noon'], ['daily', '--zone', 'Mars/Base']]) {
    const { exit, err } = await datis(['policy', 'preview', ...args])
    assert.equal(exit, 2, args.join(' '))
    assert.match(err, /^(POLICY|--at|--zone): “.*” is not .*\.$/m)
  }
})
