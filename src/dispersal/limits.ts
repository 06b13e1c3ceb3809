/** Bounds of the protocol between owners and hosts; the table for technicians is docs/limits.md. */
import { DAY_MS, HOUR_MS, KiB, MINUTE_MS, MiB, SECOND_MS } from '#base'
import { FRAGMENT_BYTES_MAX } from '#coding'
import { FRAME_BYTES_MAX, WRAPPED_KEYRING_BYTES_MAX } from '#crypto'

/** Two signed statements with their certificates; 64 roots are 2 KiB. */
export const FRAGMENT_HEADER_BYTES_MAX = 16 * KiB
export const FRAGMENT_PREFIX_BYTES = 8
export const FRAGMENT_FILE_BYTES_MAX = FRAGMENT_PREFIX_BYTES + FRAGMENT_HEADER_BYTES_MAX + FRAGMENT_BYTES_MAX

/** A page of the log; one frame longer than that travels alone. */
export const LOG_PAGE_BYTES_MAX = 4 * MiB
export const LOG_BODY_BYTES_MAX = FRAME_BYTES_MAX
export const KEYRING_BYTES_MAX = WRAPPED_KEYRING_BYTES_MAX
export const KEYRINGS_MAX = 1000

/** Rule 4: a day's worth, also the longest run of missed ones in one message. */
export const HEADS_A_DAY_MAX = 1440
/** A head with its certificate; 63 organisations are 2 KiB. */
export const HEAD_BYTES_MAX = 8 * KiB
export const HEADS_BODY_BYTES_MAX = 8 * MiB
export const HEADS_PAGE_MAX = 256
export const HEAD_LIST_MAX = 1000
/** Evidence of forks that one owner may leave behind. */
export const FORKS_KEPT_MAX = 16
/** Starts of one box: no life is long enough, and the bound keeps a liar from using the numbers up. */
export const INCARNATION_COUNT_MAX = 2 ** 40
/** A host that knows of so many more starts than the box itself does is lying. */
export const INCARNATION_JUMP_MAX = 1_000_000
/** Damaged newest heads in a row that a host sets aside; more are no flipped bit. */
export const DAMAGED_HEADS_MAX = 16
/** Damaged heads between good ones that a host asks its owner for at a time. */
export const LOST_HEADS_MAX = 64
/** Of a hosted log, read again each time its owner asks for its end; a long log is through after some such rounds. */
export const LOG_CHECK_BYTES = 16 * MiB
export const STATEMENT_BYTES_MAX = 16 * KiB
/** Of a hosted state, which holds a statement. */
export const STATE_BYTES_MAX = 2 * STATEMENT_BYTES_MAX

export const INVENTORY_BUCKETS = 256
export const INVENTORY_PAGE_MAX = 4096
/** Of one bucket: 256 such buckets are 16 million fragments of one owner on one host. */
export const BUCKET_FRAGMENTS_MAX = 65_536
export const VERIFY_PAGE_MAX = 64
export const VERIFY_BODY_BYTES_MAX = 16 * KiB
/** Copies set aside of one fragment: each one is a fault of a disk. */
export const DAMAGED_COPIES_MAX = 100

/** Boxes of which one host keeps anything: a community has 64, and some come and go. */
export const OWNERS_MAX = 1024

/** Requests of one owner that wait for one another. */
export const OWNER_QUEUE_MAX = 256

export const CALL_TIMEOUT_MS = 30 * SECOND_MS
/** On top of it, for bodies: a line that is slower than this holds up the rest and is taken for dead. */
export const BODY_BYTES_PER_MS_MIN = 32
export const VERIFY_TIMEOUT_MS = 5 * MINUTE_MS
/** For the whole inventory of one host: page by page, late, it would hold up the round for days. */
export const COMPARE_TIMEOUT_MS = 10 * MINUTE_MS

export const STRIPES_IN_FLIGHT_MAX = 2
/** Fragments in memory while they are uploaded. */
export const UPLOAD_BYTES_MAX = 64 * MiB
export const UPLOADS_A_HOST_MAX = 4

/** Wall and monotonic clock, or this host and its members, so far apart: then nothing is purged. */
export const CLOCK_SHIFT_MS_MAX = 24 * HOUR_MS

/** Lived time between the receipt of a release and the purge: 30 days to notice, 14 to act. */
export const PURGE_AFTER_MS = (30 + 14) * DAY_MS
/** Fragments of one owner that a host remembers as released: 16 MB in memory and on the disk. */
export const RELEASED_MAX = 200_000
export const RELEASES_BYTES_MAX = 32 * MiB
/** 4096 stripes, signed. */
export const RELEASE_BODY_BYTES_MAX = 160 * KiB
export const RELEASE_ANSWER_BYTES_MAX = 512 * KiB
/** Removed in one go, while what the owner asks waits. */
export const PURGE_BATCH_MAX = 64
/** An approval that lies about is a door that stands open. */
export const BUDGET_ONCE_MS = 30 * DAY_MS
export const BUDGETS_MAX = 64
export const BUDGETS_SEEN_MAX = 1024
export const CONDEMNATIONS_MAX = 256
/** Notices of unusual releases of one owner: two a class and day at most, so years. */
export const NOTICES_MAX = 1000
export const NOTICES_PAGE_MAX = 64

/** Security rule 2: so long in lived time are those told who were contacts. */
export const FORMER_CONTACTS_MS = 90 * DAY_MS
/** Of one owner: seven lists of four. Beyond, a list does not change, so that those who are told stay told. */
export const FORMER_CONTACTS_MAX = 28
export const CONTACTS_BYTES_MAX = 64 * KiB
/** Between two mails to one address about one owner. */
export const WARNING_PAUSE_MS = DAY_MS
/** After a mail that did not go; doubled each time. */
export const WARNING_RETRY_MS_MIN = 5 * MINUTE_MS
export const WARNING_RETRY_MS_MAX = 6 * HOUR_MS
/** Mails in one look; what is left over is due at the next. */
export const WARNINGS_A_LOOK_MAX = 64

/** Of the disk: above, hosting takes no more fragments, and all promises together are not more. */
export const HOSTING_DISK_PERCENT = 85
/** Of a quota: bytes that are released and not purged yet. */
export const RELEASED_ALLOWANCE_PERCENT = 50
/** Of one owner: a log grows by some MB a day, and comes whole to a host that lost it. */
export const LOG_BYTES_A_DAY_MAX = 1024 * MiB
/** What a branch of a log counts for: what it replaces stays, in files of its own. */
export const LOG_CUT_BYTES = MiB
/** Rotten fragments that an owner is told of at a time. */
export const ROT_LIST_MAX = 256

/** Stripes that are held in different ways; of more only how many losses they bear is counted. */
export const HOLDER_SHAPES_MAX = 20_000
/** Stripes that are known by name to be held or not: 8 bytes each. 16 TB. */
export const HOLDER_STRIPES_MAX = 1_000_000
