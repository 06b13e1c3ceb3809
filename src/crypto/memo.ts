/** Remembers the last results of a pure function by a text that stands for its arguments; errors are not remembered. */
export class Memo<Result> {
  readonly #countMax: number
  readonly #known = new Map<string, Result>()

  constructor(countMax: number) {
    this.#countMax = countMax
  }

  get(key: string, make: () => Result): Result {
    const known = this.#known.get(key)
    if (known !== undefined) return known
    const result = make()
    if (this.#known.size >= this.#countMax) this.#known.delete(this.#known.keys().next().value ?? '')
    this.#known.set(key, result)
    return result
  }
}
