/** One step a version, in order; what is released is never changed. */
import { type Kysely, sql } from 'kysely'
import type { Migration } from 'kysely/migration'

const first: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('users')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('folded', 'text', (column) => column.notNull().unique())
      .addColumn('role', 'text', (column) =>
        column.notNull().check(sql`role IN ('administrator', 'operator', 'user', 'reader')`),
      )
      .addColumn('password', 'text')
      .addColumn('totp', 'text')
      .addColumn('totp_step', 'integer', (column) => column.notNull().defaultTo(0))
      .addColumn('created', 'integer', (column) => column.notNull())
      .addColumn('disabled', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema
      .createTable('recovery_codes')
      .addColumn('user', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('used', 'integer')
      .addPrimaryKeyConstraint('recovery_codes_key', ['user', 'hash'])
      .execute()
    await db.schema
      .createTable('sessions')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('created', 'integer', (column) => column.notNull())
      .addColumn('seen', 'integer', (column) => column.notNull())
      .addColumn('address', 'text', (column) => column.notNull())
      .addColumn('agent', 'text', (column) => column.notNull())
      .addColumn('elevated', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    await db.schema
      .createTable('devices')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('created', 'integer', (column) => column.notNull())
      .addColumn('seen', 'integer', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('setup')
      .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
      .addColumn('hash', 'text', (column) => column.notNull())
      .addColumn('expires', 'integer', (column) => column.notNull())
      .execute()
    await db.schema
      .createTable('audit')
      .addColumn('n', 'integer', (column) => column.primaryKey())
      .addColumn('at', 'integer', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('action', 'text', (column) => column.notNull())
      .addColumn('details', 'text', (column) => column.notNull())
      .addColumn('previous', 'text', (column) => column.notNull())
      .addColumn('hash', 'text', (column) => column.notNull().unique())
      .execute()
  },
}

const second: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('tasks')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('args', 'text', (column) => column.notNull())
      .addColumn('actor', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('progress', 'text', (column) => column.notNull())
      .addColumn('journal', 'text', (column) => column.notNull())
      .addColumn('result', 'text')
      .addColumn('error', 'text')
      .addColumn('created', 'integer', (column) => column.notNull())
      .addColumn('ended', 'integer')
      .execute()
    await db.schema.createIndex('tasks_created').on('tasks').column('created').execute()
  },
}

const third: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('tokens')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('hash', 'text', (column) => column.notNull().unique())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('role', 'text', (column) => column.notNull())
      .addColumn('created', 'integer', (column) => column.notNull())
      .addColumn('expires', 'integer', (column) => column.notNull())
      .execute()
  },
}

const fourth: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('intents')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('args', 'text', (column) => column.notNull())
      .addColumn('proposer', 'text', (column) => column.notNull())
      .addColumn('state', 'text', (column) => column.notNull())
      .addColumn('created', 'integer', (column) => column.notNull())
      .addColumn('due', 'integer', (column) => column.notNull())
      .addColumn('decider', 'text')
      .addColumn('decided', 'integer')
      .addColumn('task', 'text')
      .execute()
  },
}

const fifth: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('alarms')
      .addColumn('kind', 'text', (column) => column.notNull())
      .addColumn('about', 'text', (column) => column.notNull())
      .addColumn('since', 'integer', (column) => column.notNull())
      .addColumn('told', 'integer')
      .addPrimaryKeyConstraint('alarms_key', ['kind', 'about'])
      .execute()
  },
}

const sixth: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('passkeys')
      .addColumn('id', 'text', (column) => column.primaryKey())
      .addColumn('user', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addColumn('credential', 'text', (column) => column.notNull().unique())
      .addColumn('public_key', 'text', (column) => column.notNull())
      .addColumn('counter', 'integer', (column) => column.notNull())
      .addColumn('transports', 'text', (column) => column.notNull())
      .addColumn('domain', 'text', (column) => column.notNull())
      .addColumn('name', 'text', (column) => column.notNull())
      .addColumn('created', 'integer', (column) => column.notNull())
      .addColumn('seen', 'integer')
      .execute()
  },
}

const seventh: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('recovery_sheet')
      .addColumn('id', 'integer', (column) => column.primaryKey().check(sql`id = 1`))
      .addColumn('positions', 'text', (column) => column.notNull())
      .addColumn('hash', 'text')
      .addColumn('confirmed', 'integer')
      .execute()
  },
}

const eighth: Migration = {
  async up(db: Kysely<unknown>) {
    await db.schema
      .createTable('source_people')
      .addColumn('source', 'text', (column) => column.notNull())
      .addColumn('user', 'text', (column) => column.notNull().references('users.id').onDelete('cascade'))
      .addPrimaryKeyConstraint('source_people_key', ['source', 'user'])
      .execute()
  },
}

const ninth: Migration = {
  async up(db: Kysely<unknown>) {
    // For those that wait already the time begins anew.
    await db.schema
      .alterTable('intents')
      .addColumn('looked', 'integer', (column) => column.notNull().defaultTo(0))
      .execute()
    await sql`UPDATE intents SET looked = created`.execute(db)
  },
}

export const MIGRATIONS: Record<string, Migration> = {
  '0001-accounts': first,
  '0002-tasks': second,
  '0003-tokens': third,
  '0004-intents': fourth,
  '0005-alarms': fifth,
  '0006-passkeys': sixth,
  '0007-recovery-sheet': seventh,
  '0008-source-people': eighth,
  '0009-lived-waits': ninth,
}
