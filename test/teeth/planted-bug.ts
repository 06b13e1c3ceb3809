/** How bugs are described that the suite must notice: `planted.ts`. */
export interface CaughtBy {
  readonly file: string
  /** How the names of the tests begin. */
  readonly tests: string
}

export interface PlantedBug {
  readonly name: string
  readonly file: string
  readonly from: string
  readonly to: string
  readonly caughtBy: readonly [CaughtBy, ...CaughtBy[]]
}

export function by(file: string, tests: string): readonly [CaughtBy] {
  return [{ file, tests }]
}
