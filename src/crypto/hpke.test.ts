import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fromHex, toHex } from '#base'
import { AES_256_GCM, type HpkeAead, hpkeOpen, hpkeSeal } from './hpke.ts'
import { privateKeyFrom } from './keys.ts'

const AES_128_GCM: HpkeAead = { id: 1, cipher: 'aes-128-gcm', keyBytes: 16 }

/** RFC 9180 A.1.1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-128-GCM, base mode, sequence number 0. */
const rfc = {
  ikmE: fromHex('7268600d403fce431561aef583ee1613527cff655c1343f29812e66706df3234'),
  skRm: fromHex('4612c550263fc8ad58375df3f557aac531d26850903e55a9f23f21d8534e8ac8'),
  pkRm: fromHex('3948cfe0ad1ddb695d780e59077195da6c56506b027329794ab02bca80815c4d'),
  enc: '37fda3567bdbd628e88668c3c8d7e97d1d1253b6d4ea6d44c150f741f1bf4431',
  info: fromHex('4f6465206f6e2061204772656369616e2055726e'),
  aad: fromHex('436f756e742d30'),
  plain: fromHex('4265617574792069732074727574682c20747275746820626561757479'),
}
const vectors = [
  {
    name: 'the published vector A.1.1 of RFC 9180',
    aead: AES_128_GCM,
    ciphertext: 'f938558b5d72f1a23810b4be2ab4f84331acc02fc97babc53a52ae8218a355a96d8770ac83d07bea87e13c512a',
  },
  {
    // The same inputs with our AEAD, made with npm's @hpke/core 1.x, which also gives the published one.
    name: 'what another implementation makes with AES-256-GCM',
    aead: AES_256_GCM,
    ciphertext: '090b7dc225419f7da9e8b460becfbb96a26c7964d79b8010d397fa838530a32a397b14f5776db19ff5e57734e0',
  },
]

for (const { name, aead, ciphertext } of vectors) {
  test(`HPKE gives and opens ${name}`, () => {
    const sealed = hpkeSeal(rfc.pkRm, rfc.info, rfc.aad, rfc.plain, rfc.ikmE, aead)
    assert.equal(toHex(sealed.encapsulated), rfc.enc)
    assert.equal(toHex(sealed.ciphertext), ciphertext)
    const key = privateKeyFrom('x25519', rfc.skRm)
    assert.equal(toHex(hpkeOpen(key, rfc.info, rfc.aad, sealed, aead)), toHex(rfc.plain))
  })
}

test('HPKE refuses other info, other additional data and points of small order', () => {
  const sealed = hpkeSeal(rfc.pkRm, rfc.info, rfc.aad, rfc.plain, rfc.ikmE)
  const key = privateKeyFrom('x25519', rfc.skRm)
  assert.throws(() => hpkeOpen(key, rfc.aad, rfc.aad, sealed))
  assert.throws(() => hpkeOpen(key, rfc.info, rfc.info, sealed))
  assert.throws(() => hpkeOpen(key, rfc.info, rfc.aad, { ...sealed, encapsulated: new Uint8Array(32) }))
  assert.throws(() => hpkeSeal(new Uint8Array(32), rfc.info, rfc.aad, rfc.plain, rfc.ikmE))
})
