import assert from 'node:assert/strict'
import { test } from 'node:test'
import { gatewayIn } from './real-router.ts'

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n'

test('the default gateway is read from the table of Linux', () => {
  const local = 'eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n'
  const gateway = 'eth0\t00000000\t0101A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n'
  assert.equal(gatewayIn(HEAD + local + gateway), '192.168.1.1')
  assert.equal(gatewayIn(HEAD + local), null)
  assert.equal(gatewayIn(''), null)
})
