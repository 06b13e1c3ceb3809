/** Which operations of a box the web offers: to whom, and with which arguments. */
import { z } from 'zod'
import type { RightName } from '#accounts'
import { NAME_PATTERN } from '#base'
import type { OperationName, Operations } from '#box'

/** `reads`: answered at once, changes nothing; all else is a task. */
export interface OfferedOperation<Name extends OperationName = OperationName> {
  readonly right: RightName
  readonly reads: boolean
  readonly args: z.ZodType<Operations[Name][0]>
  /** With these arguments the password is asked for again, whatever the right. */
  again?(args: Operations[Name][0]): boolean
}

const none = z.strictObject({})
const text = z.string().min(1).max(4096)
const short = z.string().min(1).max(200)
const name = z.string().regex(NAME_PATTERN)
const waitMs = z
  .int()
  .min(0)
  .max(7 * 24 * 3_600_000)
const list = <Item extends z.ZodType>(item: Item, most: number) => z.array(item).max(most).readonly()

const instant = z.iso.datetime({ offset: true })
/** As many as a community has. */
const COMMUNITY_BOXES_MAX = 64
const PAGE_MAX = 1000
const page = z.int().min(1).max(PAGE_MAX)
const savedPath = { path: z.string().max(4096), pathBytes: z.base64().max(8192).exactOptional() }
export const somePaths = z.array(z.strictObject(savedPath)).min(1).max(100).readonly()

const importance = z.enum(['high', 'normal', 'low'])
const kbit = z.int().min(256).max(100_000_000)
const rule = z.strictObject({
  days: list(z.int().min(1).max(7), 7),
  from: z.int().min(0).max(1439),
  to: z.int().min(1).max(1440),
  kbit,
})
const limits = z.strictObject({ up: list(rule, 32).exactOptional(), down: list(rule, 32).exactOptional() })

const sees = (right: RightName = 'state.see') => ({ right, reads: true, args: none })
const does = (right: RightName) => ({ right, reads: false, args: none })

/** Null: for the box's own console, where its data folder is at hand. */
export const OPERATIONS: { readonly [Name in OperationName]: OfferedOperation<Name> | null } = {
  'source.add': {
    right: 'sources.change',
    reads: false,
    args: z.strictObject({
      name: short,
      paths: list(text, 1000),
      excludes: list(text, 10_000),
      oneFileSystem: z.boolean(),
      local: text.exactOptional(),
      remote: text.exactOptional(),
      importance: importance.exactOptional(),
      kbit: kbit.exactOptional(),
    }),
  },
  'source.set': {
    right: 'sources.change',
    reads: false,
    args: z.strictObject({
      name,
      paths: list(text, 1000).exactOptional(),
      excludes: list(text, 10_000).exactOptional(),
      oneFileSystem: z.boolean().exactOptional(),
      importance: importance.exactOptional(),
      kbit: kbit.nullable().exactOptional(),
      ended: z.boolean().exactOptional(),
    }),
  },
  // Whose walk it is may add the source anyway.
  'source.preview': {
    right: 'sources.change',
    reads: true,
    args: z
      .strictObject({
        name: name.exactOptional(),
        paths: z.array(text).min(1).max(1000).readonly().exactOptional(),
        excludes: list(text, 10_000).exactOptional(),
        oneFileSystem: z.boolean().exactOptional(),
      })
      .refine((args) => args.name !== undefined || args.paths !== undefined, { path: ['paths'] }),
  },
  'folder.list': {
    right: 'sources.change',
    reads: true,
    args: z.strictObject({
      ...savedPath,
      after: z.base64().max(400).exactOptional(),
      limit: page.exactOptional(),
    }),
  },
  'state.show': sees(),
  'source.list': sees(),
  'policy.list': sees(),
  'policy.set': {
    right: 'policies.change',
    reads: false,
    args: z.strictObject({ source: text, local: text.exactOptional(), remote: text.exactOptional() }),
  },
  'snapshot.take': { right: 'tasks.run', reads: false, args: z.strictObject({ sources: list(text, 1000) }) },
  'snapshot.list': {
    right: 'state.see',
    reads: true,
    args: z.strictObject({
      source: name.exactOptional(),
      from: instant.exactOptional(),
      to: instant.exactOptional(),
      limit: page.exactOptional(),
      before: short.exactOptional(),
    }),
  },
  'snapshot.show': {
    right: 'files.restore',
    reads: true,
    args: z.strictObject({
      id: short,
      ...savedPath,
      after: z.base64().max(400).exactOptional(),
      limit: page.default(PAGE_MAX),
    }),
  },
  'snapshot.versions': {
    right: 'files.restore',
    reads: true,
    args: z.strictObject({ source: name, ...savedPath, id: short.exactOptional() }),
  },
  'snapshot.whence': {
    right: 'files.restore',
    reads: true,
    args: z.strictObject({ id: short, paths: somePaths }),
  },
  'snapshot.find': {
    right: 'files.restore',
    reads: true,
    args: z.strictObject({
      text: z.string().min(1).max(500),
      source: short.exactOptional(),
      id: short.exactOptional(),
      all: z.boolean().exactOptional(),
    }),
  },
  'snapshot.hold': {
    right: 'tasks.run',
    reads: false,
    // Whole: what `latest` or a beginning means is another one when it is approved.
    args: z.strictObject({ id: z.string().regex(/^[0-9a-f]{32}$/), reason: z.string().min(1).max(500).nullable() }),
  },
  'snapshot.expire': { right: 'policies.change', reads: false, args: z.strictObject({ dryRun: z.boolean() }) },
  'community.show': sees(),
  'community.without': {
    right: 'state.see',
    reads: true,
    args: z.strictObject({ without: list(short, COMMUNITY_BOXES_MAX) }),
  },
  'community.invite': {
    right: 'community.act',
    reads: false,
    args: z.strictObject({
      contacts: list(short, 8),
      for: name.exactOptional(),
      validMs: z
        .int()
        .min(1000)
        .max(48 * 3_600_000)
        .exactOptional(),
    }),
  },
  'community.join': {
    right: 'community.act',
    reads: false,
    args: z.strictObject({ code: text, name: name.exactOptional() }),
  },
  'community.enter': { right: 'community.act', reads: false, args: z.strictObject({ contacts: list(short, 8) }) },
  'community.readdress': { right: 'community.act', reads: false, args: z.strictObject({ addresses: list(short, 8) }) },
  'community.pending': sees(),
  'community.approve': { right: 'community.act', reads: false, args: z.strictObject({ act: short }) },
  'community.drain': {
    right: 'community.act',
    reads: false,
    args: z.strictObject({ waitMs, box: short.exactOptional() }),
  },
  'community.stay': does('community.act'),
  'community.leave': does('community.act'),
  'community.remove': { right: 'community.act', reads: false, args: z.strictObject({ box: short }) },
  'community.expel': { right: 'community.act', reads: false, args: z.strictObject({ organisation: short }) },
  'community.revoke': { right: 'community.act', reads: false, args: z.strictObject({ invitation: short }) },
  disperse: { right: 'tasks.run', reads: false, args: z.strictObject({ waitMs }) },
  // It writes where the box's system user may: on the box itself only.
  restore: null,
  'files.return': {
    right: 'files.restore',
    reads: false,
    args: z.strictObject({
      id: short,
      paths: somePaths,
      mode: z.enum(['over', 'beside']),
    }),
    again: ({ mode }) => mode === 'over',
  },
  'vault.fetch': does('tasks.run'),
  'vault.scrub': does('tasks.run'),
  'vault.collect': does('policies.change'),
  'drill.run': {
    right: 'tasks.run',
    reads: false,
    args: z.strictObject({ sample: z.int().min(1).max(100_000).exactOptional(), source: text.exactOptional() }),
  },
  'drill.list': sees(),
  'vault.check': does('tasks.run'),
  'vault.reindex': does('settings.change'),
  'settings.save': null,
  'settings.bring': null,
  'hosting.show': sees(),
  'hosting.scrub': does('tasks.run'),
  'release.list': sees(),
  'release.cancel': { right: 'tasks.run', reads: false, args: z.strictObject({ packs: list(short, 10_000) }) },
  'release.undo': { right: 'community.act', reads: false, args: z.strictObject({ owner: short }) },
  'release.approve': {
    right: 'community.act',
    reads: false,
    args: z.strictObject({
      owner: short,
      class: z.enum(['data', 'metadata']),
      bytes: z
        .int()
        .min(1)
        .max(2 ** 50),
      lasting: z.boolean(),
      again: z.boolean().exactOptional(),
    }),
  },
  'brake.show': { right: 'state.see', reads: true, args: none },
  'limits.show': sees(),
  'limits.set': { right: 'settings.change', reads: false, args: limits },
  'peer.list': sees(),
  'peer.probe': does('tasks.run'),
  'contacts.show': sees(),
  // Who is warned of a thief is nothing that a stolen session may change.
  'contacts.set': { right: 'people.change', reads: false, args: z.strictObject({ contacts: list(short, 4) }) },
  'mail.show': sees(),
  // Its password lies in a file on the box.
  'mail.set': null,
  'notice.send': null,
  'keys.show': sees(),
  // A passphrase is for the keyboard of the box, whose disk it is about.
  'keys.seal': null,
  'keys.unseal': null,
  'mail.test': { right: 'settings.change', reads: false, args: z.strictObject({ to: short }) },
  'community.identify': null,
  'community.sign': null,
  'community.adopt': null,
  'root.heads': null,
  'root.request': null,
  'root.apply': null,
}
