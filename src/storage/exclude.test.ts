import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type BytePath, MiB, pathFromText } from '#base'
import { excluder } from './exclude.ts'

function heapAfterGc(): number {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
  return process.memoryUsage().heapUsed
}

test('rules mean what they mean to git', () => {
  const rules = excluder(['*.tmp', 'build/', '/top', '!keep.tmp', 'é*'])
  const excluded = (path: string, isFolder = false) => rules.excludes(pathFromText(path), isFolder)
  assert.equal(excluded('a/b.tmp'), true)
  assert.equal(excluded('a/keep.tmp'), false)
  assert.equal(excluded('a/build', true), true)
  assert.equal(excluded('a/build', false), false)
  assert.equal(excluded('top'), true)
  assert.equal(excluded('a/top'), false)
  assert.equal(excluded('été'), true)
  assert.equal(excluded('A.TMP'), false)
  assert.equal(excluded('..strange'), false)
})

test('a name that is not UTF-8 is tested as people see it', () => {
  assert.equal(excluder(['*.tmp']).excludes('\xff.tmp' as BytePath, false), true)
})

test('memory of tests does not grow and answers stay the same', () => {
  const rules = excluder(['x*'])
  for (let i = 0; i < 45_000; i++)
    assert.equal(rules.excludes(pathFromText(`${i % 2 ? 'x' : 'y'}${i}`), false), i % 2 === 1)
})

test('rules that keep share the memory of their tests, however many they are', () => {
  const rules = excluder(['*', '!*', ...Array.from({ length: 2000 }, (_, index) => `!name${index}`)])
  const before = heapAfterGc()
  for (let i = 0; i < 500; i++) assert.equal(rules.ruleOf(pathFromText(`file${i}`), false), '!*')
  const mib = Math.round((heapAfterGc() - before) / MiB)
  assert.ok(mib < 40, `${mib} MiB`)
  assert.equal(rules.ruleOf(pathFromText('name7'), false), '!name7')
})
