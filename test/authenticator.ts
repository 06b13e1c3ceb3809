/** An authenticator of our own, with a browser's half around it: it signs whatever a test has it sign. */
import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'
import { encode } from 'cborg'

/** Bits of authenticator data (WebAuthn, 6.1). */
const PRESENT = 1
const VERIFIED = 4
const ATTESTED = 64

/** What a page or an authenticator that is not as it should be does otherwise. */
export interface Amiss {
  readonly origin?: string
  readonly domain?: string
  readonly counter?: number
  readonly isVerified?: boolean
  readonly user?: string
  /** Base64url, of the request. */
  readonly challenge?: string
  readonly statement?: { readonly fmt: string; readonly attStmt: Readonly<Record<string, unknown>> }
}

interface Asked {
  readonly challenge: string
  readonly rpId?: string | undefined
  readonly rp?: { readonly id?: string | undefined } | undefined
  readonly user?: { readonly id: string } | undefined
}

export class Authenticator {
  readonly #keys = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  readonly id = randomBytes(16).toString('base64url')
  readonly #origin: string
  #counter = 0
  #user = ''

  constructor(origin: string) {
    this.#origin = origin
  }

  create(asked: Asked, amiss: Amiss = {}) {
    this.#user = asked.user?.id ?? ''
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' })
    // COSE: an elliptic curve, ES256, P-256, and the point.
    const key = new Map<number, number | Buffer>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ])
    const id = Buffer.from(this.id, 'base64url')
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, encode(key)])
    const authData = Buffer.concat([this.#data(asked, ATTESTED, amiss), attested])
    const object = encode({ fmt: 'none', attStmt: {}, ...amiss.statement, authData })
    const response = {
      clientDataJSON: this.#clientData('webauthn.create', asked, amiss).toString('base64url'),
      attestationObject: Buffer.from(object).toString('base64url'),
      transports: ['internal', 'hybrid'],
    }
    return { id: this.id, rawId: this.id, type: 'public-key' as const, response }
  }

  get(asked: Asked, amiss: Amiss = {}) {
    const authData = this.#data(asked, 0, amiss)
    const clientData = this.#clientData('webauthn.get', asked, amiss)
    const signed = Buffer.concat([authData, createHash('sha256').update(clientData).digest()])
    const response = {
      clientDataJSON: clientData.toString('base64url'),
      authenticatorData: authData.toString('base64url'),
      signature: sign('sha256', signed, this.#keys.privateKey).toString('base64url'),
      userHandle: amiss.user ?? this.#user,
    }
    return { id: this.id, rawId: this.id, type: 'public-key' as const, response }
  }

  #data({ rp, rpId }: Asked, bits: number, { domain, counter, isVerified = true }: Amiss): Buffer {
    const name = domain ?? rp?.id ?? rpId ?? ''
    const end = Buffer.alloc(5)
    end.writeUInt8(PRESENT | (isVerified ? VERIFIED : 0) | bits)
    end.writeUInt32BE(counter ?? this.#counter++, 1)
    return Buffer.concat([createHash('sha256').update(name).digest(), end])
  }

  #clientData(type: string, asked: Asked, { origin, challenge }: Amiss): Buffer {
    const data = { type, challenge: challenge ?? asked.challenge, origin: origin ?? this.#origin, crossOrigin: false }
    return Buffer.from(JSON.stringify(data))
  }
}
