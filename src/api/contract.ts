/** What the console's routes answer: one set of schemas for the server, its document, and the pages in the browser. */
import { z } from 'zod'

export const roleSchema = z.enum(['administrator', 'operator', 'user', 'reader'])
export const healthSchema = z.object({ status: z.string(), version: z.string() })
export const setupSchema = z.object({
  isFirst: z.boolean(),
  isSignedIn: z.boolean(),
  hasPasskeys: z.boolean(),
  /** Of the box, an IANA name: in which its dates are shown. */
  zone: z.string(),
})
export const userSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: roleSchema,
  hasPassword: z.boolean(),
  hasTotp: z.boolean(),
  disabled: z.boolean(),
  created: z.number(),
})
export const sessionSchema = z.object({
  user: z.string(),
  name: z.string(),
  role: roleSchema,
  elevated: z.boolean(),
  boxName: z.string(),
})
export const placeSchema = z.object({
  id: z.string(),
  user: z.string(),
  created: z.number(),
  seen: z.number(),
  address: z.string(),
  agent: z.string(),
  isThis: z.boolean(),
})
export const passkeySchema = z.object({
  id: z.string(),
  name: z.string(),
  domain: z.string(),
  created: z.number(),
  seen: z.number().nullable(),
})
export const tokenSchema = z.object({
  id: z.string(),
  name: z.string(),
  role: roleSchema,
  created: z.number(),
  expires: z.number(),
})
export const deedSchema = z.object({
  n: z.number(),
  at: z.number(),
  actor: z.string(),
  /** Null: the account is gone, or it was none. */
  name: z.string().nullable(),
  action: z.string(),
  details: z.record(z.string(), z.unknown()),
})
export const intentSchema = z.object({
  id: z.string(),
  name: z.string(),
  args: z.unknown(),
  proposer: z.string(),
  state: z.enum(['waiting', 'approved', 'cancelled']),
  created: z.number(),
  due: z.number(),
  decider: z.string().nullable(),
  decided: z.number().nullable(),
  task: z.string().nullable(),
})
export const taskSchema = z.object({
  id: z.string(),
  name: z.string(),
  args: z.unknown(),
  actor: z.string(),
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled', 'interrupted']),
  progress: z.record(z.string(), z.unknown()),
  journal: z.array(z.object({ at: z.number(), text: z.string() })),
  result: z.unknown(),
  error: z.object({ code: z.string(), message: z.string(), details: z.record(z.string(), z.unknown()) }).nullable(),
  created: z.number(),
  ended: z.number().nullable(),
})
export const tasksSchema = z.object({
  items: z.array(taskSchema),
  /** The `before` of the next page; null: that is all. */
  more: z.string().nullable(),
})
export const alarmSchema = z.object({
  kind: z.enum(['unknown', 'incomplete', 'late', 'fell', 'drill']),
  about: z.string(),
  since: z.number(),
  told: z.number().nullable(),
})
/** A task, or what waits for a second person until it is due. */
export const begunSchema = z.union([z.object({ task: z.string() }), z.object({ intent: z.string(), due: z.number() })])
export const totpSchema = z.object({ secret: z.string(), uri: z.string() })
export const auditSchema = z.object({ items: z.array(deedSchema), firstBroken: z.number().nullable() })

export const peopleOfSourcesSchema = z.object({
  items: z.array(z.object({ source: z.string(), people: z.array(z.string()) })),
})
export const restoresSchema = z.object({
  items: z.array(
    z.object({
      n: z.number(),
      at: z.number(),
      /** A user's id, or of a token. */
      actor: z.string(),
      /** Null: the account is gone, or it was a token. */
      name: z.string().nullable(),
      how: z.enum(['file', 'zip', 'preview', 'over', 'beside']),
      snapshot: z.string(),
      path: z.string(),
    }),
  ),
  /** The `before` of the next page; null: that is all. */
  more: z.number().nullable(),
})
/** Where a download is fetched, by the same account and within a minute. */
export const downloadSchema = z.object({ url: z.string() })
/** What went wrong, in the reader's language. */
export const toldSchema = z.object({
  code: z.string(),
  happened: z.string(),
  follows: z.string(),
  todo: z.string(),
  details: z.record(z.string(), z.unknown()),
})
const membersSchema = z
  .array(
    z.object({
      box: z.string(),
      organisation: z.string(),
      name: z.string(),
      state: z.enum(['asked', 'silent', 'answers', 'holds']),
    }),
  )
  .readonly()
export const progressSchema = z.object({
  members: membersSchema.optional(),
  phase: z.string(),
  bytesDone: z.number().optional(),
  bytesTotal: z.number().optional(),
  boxesDone: z.number().optional(),
  boxesTotal: z.number().optional(),
})
const headSchema = z.object({ number: z.number(), at: z.string() })
export const firstSchema = z.object({ isFirst: z.boolean(), canRebuild: z.boolean(), canPractise: z.boolean() })
export const rebuildSchema = z.object({
  state: z.enum(['none', 'running', 'done', 'failed']),
  progress: progressSchema.nullable(),
  result: z
    .object({
      box: z.string(),
      head: headSchema,
      newest: z.boolean(),
      hasLater: z.boolean(),
      answered: z.array(z.string()),
      hosts: z.array(z.string()),
      earlier: z.array(headSchema),
      missing: z.array(z.string()),
      members: membersSchema,
    })
    .nullable(),
  error: toldSchema.nullable(),
  /** Of the box in whose place it is done: in which dates are shown until the other one says its own. */
  zone: z.string(),
})
export const practiceSchema = z.object({
  state: z.enum(['none', 'starting', 'ready', 'stopped', 'ending', 'failed']),
  progress: progressSchema.nullable(),
  url: z.string().nullable(),
  error: toldSchema.nullable(),
})
export const practiceCodeSchema = practiceSchema.extend({ setupCode: z.string().nullable() })
export const sheetSchema = z.object({
  words: z.array(z.string()),
  language: z.enum(['fr', 'en']),
  box: z.object({ id: z.string(), name: z.string() }),
  organisation: z.object({ id: z.string(), name: z.string() }),
  community: z.string().nullable(),
  contacts: z.array(z.object({ name: z.string(), address: z.string(), fingerprint: z.string() })),
  made: z.number(),
})
export const sheetAskedSchema = z.object({
  positions: z.array(z.number()),
  confirmed: z.boolean().nullable(),
  confirmedAt: z.number().nullable(),
  hasWords: z.boolean(),
})
/** Of one task: what went wrong in words, too. */
export const toldTaskSchema = taskSchema.extend({ told: toldSchema.nullable() })

export type User = z.output<typeof userSchema>
export type RoleName = z.output<typeof roleSchema>
export type Setup = z.output<typeof setupSchema>
export type SessionAnswer = z.output<typeof sessionSchema>
export type Place = z.output<typeof placeSchema>
export type PasskeyAnswer = z.output<typeof passkeySchema>
export type Deed = z.output<typeof deedSchema>
export type TaskAnswer = z.output<typeof taskSchema>
export type TasksAnswer = z.output<typeof tasksSchema>
export type AlarmAnswer = z.output<typeof alarmSchema>
export type IntentAnswer = z.output<typeof intentSchema>
export type Begun = z.output<typeof begunSchema>
export type TotpOffer = z.output<typeof totpSchema>
export type Audit = z.output<typeof auditSchema>
export type TokenAnswer = z.output<typeof tokenSchema>
export type DownloadAnswer = z.output<typeof downloadSchema>
export type PeopleOfSources = z.output<typeof peopleOfSourcesSchema>
export type Restores = z.output<typeof restoresSchema>
export type FirstAnswer = z.output<typeof firstSchema>
export type RebuildAnswer = z.output<typeof rebuildSchema>
export type PracticeAnswer = z.output<typeof practiceSchema> & { readonly setupCode?: string | null }
export type SheetAnswer = z.output<typeof sheetSchema>
export type SheetAsked = z.output<typeof sheetAskedSchema>
export type ToldTask = z.output<typeof toldTaskSchema>
