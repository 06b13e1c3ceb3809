import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type BytePath, pathFromText } from '#base'
import { excluder } from './exclude.ts'

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
