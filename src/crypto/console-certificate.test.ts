import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { test } from 'node:test'
import { simRandom } from '#base/sim'
import { issueConsoleCertificate, readConsoleCertificate } from './console-certificate.ts'

const from = Date.UTC(2026, 10, 27)
const until = Date.UTC(2028, 10, 26)
const claims = {
  name: 'Mairie de Saint-Étienne-du-Bois, services techniques et archives communales',
  hostNames: ['mairie.local', 'localhost'],
  addresses: ['127.0.0.1', '::1', '192.168.1.20', '2001:db8::7', 'fd00:1:2:3:4:5:6:7'],
  from,
  until,
}

test('the certificate of a console says what browsers ask for', () => {
  const { certificate, key } = issueConsoleCertificate(claims, simRandom('console'))
  const x509 = new X509Certificate(certificate)
  assert.ok(x509.verify(x509.publicKey))
  assert.equal(x509.publicKey.asymmetricKeyDetails?.namedCurve, 'prime256v1')
  assert.deepEqual([x509.validFromDate.getTime(), x509.validToDate.getTime()], [from, until])
  assert.deepEqual([x509.ca, x509.keyUsage], [false, ['1.3.6.1.5.5.7.3.1']])
  assert.equal(x509.checkHost('mairie.local'), 'mairie.local')
  assert.equal(x509.checkHost('elsewhere.local'), undefined)
  for (const address of claims.addresses) assert.equal(x509.checkIP(address), address)
  assert.match(x509.subject ?? '', /^CN=Mairie de Saint-/)
  const read = readConsoleCertificate({ certificate, key })
  assert.deepEqual([read?.until, read?.hostNames], [until, claims.hostNames])
  assert.match(read?.fingerprint ?? '', /^(?:[0-9A-F]{2}:){31}[0-9A-F]{2}$/)
})

test('what is no certificate with its key is said to be none', () => {
  const random = simRandom('two')
  const [one, other] = [issueConsoleCertificate(claims, random), issueConsoleCertificate(claims, random)]
  assert.notEqual(one.key, other.key)
  assert.equal(readConsoleCertificate({ certificate: one.certificate, key: other.key }), null)
  assert.equal(readConsoleCertificate({ certificate: one.certificate, key: '' }), null)
  assert.equal(readConsoleCertificate({ certificate: one.certificate.slice(0, 100), key: one.key }), null)
  // Those above it follow in the file of a certificate that an authority issued.
  const chain = { certificate: one.certificate + other.certificate, key: one.key }
  assert.equal(readConsoleCertificate(chain)?.fingerprint, readConsoleCertificate(one)?.fingerprint)
})
