/** Exclusions by gitignore rules, relative to each path of a source. */

import ignore, { type Ignore } from 'ignore'
import { type BytePath, pathToText } from '#base'

export interface Excluder {
  /** `relative`: below the source's path, without a slash at its ends. A name that is not UTF-8 is tested as people see it. */
  excludes(relative: BytePath, isFolder: boolean): boolean
  /** The rule by which it is left out; of a name that is not, the one with `!` that keeps it. Null: no rule is about it. */
  ruleOf(relative: BytePath, isFolder: boolean): string | null
}

/** `ignore` remembers each path that it was asked about: begun anew after so many, so that memory stays bounded: those that test one rule each share them. */
const TESTS_REMEMBERED_MAX = 20_000

const excludesNothing: Excluder = { excludes: () => false, ruleOf: () => null }

export function excluder(rules: readonly string[]): Excluder {
  if (rules.length === 0) return excludesNothing
  const whole = new Matcher(rules, TESTS_REMEMBERED_MAX)
  const keepers = rulesIn(rules).filter((rule) => rule.startsWith('!'))
  const testsEach = Math.ceil(TESTS_REMEMBERED_MAX / keepers.length)
  const keeping = keepers.map((rule) => ({ rule, alone: new Matcher([rule.slice(1)], testsEach) }))
  return {
    excludes: (relative, isFolder) => whole.test(relative, isFolder).ignored,
    ruleOf(relative, isFolder) {
      const { ignored, unignored, rule } = whole.test(relative, isFolder)
      if (ignored) return rule?.pattern ?? null
      if (!unignored) return null
      return keeping.findLast(({ alone }) => alone.test(relative, isFolder).ignored)?.rule ?? null
    },
  }
}

/** As they are counted: each line once, without what is said beside them. */
export function rulesIn(lines: readonly string[]): string[] {
  const rules = lines.flatMap((line) => line.split(/\r?\n/))
  return [...new Set(rules.filter((rule) => rule.trim() !== '' && !rule.startsWith('#')))]
}

class Matcher {
  readonly #rules: readonly string[]
  readonly #testsMax: number
  #ignore: Ignore
  #tests = 0

  constructor(rules: readonly string[], testsMax: number) {
    this.#rules = rules
    this.#testsMax = testsMax
    this.#ignore = this.#build()
  }

  #build(): Ignore {
    // Case counts, as for git on the systems whose file systems tell cases apart.
    return ignore({ ignorecase: false, allowRelativePaths: true }).add(this.#rules)
  }

  test(relative: BytePath, isFolder: boolean) {
    if (++this.#tests > this.#testsMax) {
      this.#ignore = this.#build()
      this.#tests = 0
    }
    const text = pathToText(relative)
    return this.#ignore.test(isFolder ? `${text}/` : text)
  }
}
