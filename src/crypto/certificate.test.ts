import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { realRandom } from '#base'
import { type CertificateClaims, claimedOrganisation, issueCertificate, verifyCertificate } from './certificate.ts'
import { boxKeysFromSeed, rootKeysFromEntropy } from './keys.ts'

const random = realRandom()
const root = rootKeysFromEntropy(new Uint8Array(32).fill(7))
const stranger = rootKeysFromEntropy(new Uint8Array(32).fill(8))
const keys = boxKeysFromSeed(new Uint8Array(32).fill(9))
const claims: CertificateClaims = {
  box: '00112233445566778899aabbccddeeff',
  organisation: root.organisation,
  epoch: 3,
  role: 'box',
  publicKey: keys.publicKey,
}
const der = issueCertificate(root, claims, random)
const invalid = (at: string) => ({ code: 'CERTIFICATE_INVALID', details: { at } })

test('a certificate says what was certified', () => {
  assert.deepEqual(verifyCertificate(der, root.organisation), claims)
  assert.equal(claimedOrganisation(der), root.organisation)
  const recovery = { ...claims, role: 'recovery', epoch: Number.MAX_SAFE_INTEGER } as const
  assert.deepEqual(verifyCertificate(issueCertificate(root, recovery, random), root.organisation), recovery)
})

test('a certificate is a plain X.509 v3 leaf, valid from 1970 to 9999', () => {
  const x509 = new X509Certificate(der)
  assert.equal(x509.ca, false)
  assert.equal(x509.validFromDate.getTime(), 0)
  assert.equal(x509.validToDate.toISOString(), '9999-12-31T23:59:59.000Z')
  assert.equal(x509.signatureAlgorithmOid, '1.3.101.112')
  assert.ok(BigInt(`0x${x509.serialNumber}`) > 0n)
})

test('a certificate of another root is refused before its subject is read', () => {
  assert.throws(() => verifyCertificate(der, stranger.organisation), invalid('signature'))
  assert.throws(() => issueCertificate(stranger, claims, random), /own organisation/)
})

test('every flipped bit of a certificate is noticed', () => {
  for (let bit = 0; bit < der.byteLength * 8; bit++) {
    const flipped = Uint8Array.from(der)
    flipped[bit >> 3] = (flipped[bit >> 3] ?? 0) ^ (1 << (bit & 7))
    assert.throws(() => verifyCertificate(flipped, root.organisation), { code: 'CERTIFICATE_INVALID' }, `bit ${bit}`)
  }
})

test('a certificate has one form: no PEM, nothing after it, no megabytes', () => {
  const pem = Buffer.from(new X509Certificate(der).toString())
  assert.throws(() => verifyCertificate(pem, root.organisation), invalid('form'))
  assert.throws(() => verifyCertificate(Buffer.concat([der, Buffer.from([0])]), root.organisation), invalid('form'))
  assert.throws(() => verifyCertificate(der.subarray(0, -1), root.organisation), invalid('form'))
  assert.throws(() => verifyCertificate(new Uint8Array(1 << 20), root.organisation), invalid('length'))
  assert.throws(() => claimedOrganisation(new Uint8Array(0)), invalid('length'))
})

test('the serial number is positive and shortest whatever chance gives', () => {
  for (const fill of [0x00, 0x7f, 0x80, 0xff]) {
    const fixed = { ...random, bytes: (length: number) => new Uint8Array(length).fill(fill) }
    assert.deepEqual(verifyCertificate(issueCertificate(root, claims, fixed), root.organisation), claims)
  }
})

test('two certificates make a TLS 1.3 session with both sides known', async () => {
  const pem = new X509Certificate(der).toString()
  const both = { key: keys.privatePem, cert: pem, minVersion: 'TLSv1.3', rejectUnauthorized: false } as const
  const server = createServer({ ...both, requestCert: true, ALPNProtocols: ['datis/1'] })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const accepted = once(server, 'secureConnection') as Promise<[TLSSocket]>
  const client = connect({ ...both, port: (server.address() as AddressInfo).port, ALPNProtocols: ['datis/1'] })
  await once(client, 'secureConnect')
  const [socket] = await accepted
  for (const side of [client, socket]) {
    assert.equal(side.getProtocol(), 'TLSv1.3')
    const raw = side.getPeerX509Certificate()?.raw
    assert.ok(raw)
    assert.deepEqual(verifyCertificate(raw, root.organisation), claims)
  }
  client.destroy()
  socket.destroy()
  server.close()
})
