/** What all our certificates are made of. */
import { AttributeTypeAndValue, AttributeValue, Name, RelativeDistinguishedName } from '@peculiar/asn1-x509'
import type { Random } from '#base'

export const OID_COMMON_NAME = '2.5.4.3'
const SERIAL_BYTES = 16

export type NameForm = 'printableString' | 'utf8String'

export function nameOf(
  attributes: readonly (readonly [oid: string, text: string])[],
  form: NameForm = 'printableString',
): Name {
  return new Name(
    attributes.map(
      ([type, text]) =>
        new RelativeDistinguishedName([
          new AttributeTypeAndValue({ type, value: new AttributeValue({ [form]: text }) }),
        ]),
    ),
  )
}

/** A DER integer above zero and without a leading zero byte, whatever the random bytes are. */
export function positiveSerial(random: Pick<Random, 'bytes'>): ArrayBuffer {
  const serial = Uint8Array.from(random.bytes(SERIAL_BYTES))
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40
  return exactBuffer(serial)
}

export function exactBuffer(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.from(bytes).buffer
}
