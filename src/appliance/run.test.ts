import assert from 'node:assert/strict'
import { test } from 'node:test'
import { needsTls } from './run.ts'

test('a console is without TLS on loopback alone, or where somebody insists on it', () => {
  const files = { certificate: 'c', key: 'k' }
  const at = (host: string, tls: Parameters<typeof needsTls>[0]['tls']) => needsTls({ host, port: 1, tls })
  for (const host of ['127.0.0.1', '127.9.9.9', '::1', 'localhost']) {
    assert.deepEqual([at(host, 'by-address'), at(host, 'always'), at(host, files)], [false, true, true], host)
  }
  for (const host of ['0.0.0.0', '::', '192.168.1.20', 'fd00::1', '::ffff:127.0.0.1', 'localhost.example.org', 'box']) {
    assert.deepEqual([at(host, 'by-address'), at(host, 'never')], [true, false], host)
  }
})
