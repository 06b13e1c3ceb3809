/** What a box asks of a root: carried to where the words are, answered with what root signs. docs/formats/statements.md */
import { z } from 'zod'
import { decodeCbor } from '#base'
import { epochSchema } from './bodies.ts'
import { KEY_BYTES } from './keys.ts'
import { brakeBudgetSchema, condemnSchema, undoSchema } from './release-bodies.ts'
import { count, encodeWith, fixedBytes, hexBytes } from './schema.ts'

/** Whose words are asked for: other words sign nothing. */
const organisation = hexBytes(32)

/** The last three ask for a statement of that kind, which says the same, by root. */
export const rootRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ ...epochSchema.shape, kind: z.literal('epoch') }),
  z.strictObject({
    format: z.literal(1),
    kind: z.literal('certificate'),
    box: hexBytes(16),
    organisation,
    epoch: count(),
    role: z.enum(['box', 'recovery']),
    publicKey: fixedBytes(KEY_BYTES),
    at: count(),
  }),
  z.strictObject({ ...undoSchema.omit({ by: true }).shape, kind: z.literal('undo'), organisation }),
  z.strictObject({ ...condemnSchema.shape, kind: z.literal('condemn'), organisation }),
  z.strictObject({ ...brakeBudgetSchema.omit({ by: true }).shape, kind: z.literal('brake-budget'), organisation }),
])

export type RootRequest = z.output<typeof rootRequestSchema>

export const encodeRootRequest = (request: RootRequest): Uint8Array => encodeWith(rootRequestSchema, request)
export const decodeRootRequest = (body: Uint8Array): RootRequest => decodeCbor('root request', rootRequestSchema, body)
