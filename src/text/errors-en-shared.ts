/** Sentences that many errors share, and the form of all. */

/**
 * For each error code: what happened, what follows, what to do. `{name}` is a detail of the error, `{name:bytes}`
 * the same as a size, `{name:duration}` as a time in ms, `{name:number}` as a number,
 * `{name:instant}` as a date (ms since 1970).
 */
export type ErrorSentences = readonly [happened: string, follows: string, todo: string]

export const OUR_FAULT = 'This is a fault of Datis, not yours: please report it with the code and the command.'
export const OTHER_HOSTS = 'This copy is not used; the others are.'
export const HEAL = 'Run datis disperse: it puts sound copies back in their place.'
export const LOOK_AT_DISK = 'Look at the disk before anything else: its cable, its health (smartctl), its file system.'
export const LATER = 'Nothing is lost. The command goes on with the others and can be run again.'
export const NOTHING_WRITTEN = 'Nothing was changed.'
export const UPDATE = 'Update Datis on this box and on the other one to the same version.'
export const CHECK_REINDEX = 'Run datis vault check, then datis vault reindex.'
export const REFUSED = 'It was refused.'
export const SEND_MISSING = 'Run datis disperse: it sends what is missing.'
export const END_FORK = 'If a copy of this box ran elsewhere, end the fork with: datis root sign'
export const ONE_GOES_ON = 'This box signs nothing more, so that only one of the two goes on.'
