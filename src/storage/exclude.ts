/** Exclusions by gitignore rules, relative to each path of a source. */

import ignore, { type Ignore } from 'ignore'
import { type BytePath, pathToText } from '#base'

export interface Excluder {
  /** `relative`: below the source's path, without a slash at its ends. A name that is not UTF-8 is tested as people see it. */
  excludes(relative: BytePath, isFolder: boolean): boolean
}

/** `ignore` remembers each path that it was asked about: begun anew after so many, so that memory stays bounded. */
const TESTS_REMEMBERED_MAX = 20_000

const excludesNothing: Excluder = { excludes: () => false }

export function excluder(rules: readonly string[]): Excluder {
  if (rules.length === 0) return excludesNothing
  // Case counts, as for git on the systems whose file systems tell cases apart.
  const build = (): Ignore => ignore({ ignorecase: false, allowRelativePaths: true }).add(rules)
  let matcher = build()
  let tests = 0
  return {
    excludes(relative, isFolder) {
      if (++tests > TESTS_REMEMBERED_MAX) {
        matcher = build()
        tests = 0
      }
      const text = pathToText(relative)
      return matcher.ignores(isFolder ? `${text}/` : text)
    },
  }
}
