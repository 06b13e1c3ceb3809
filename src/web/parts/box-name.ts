const ID_SHOWN = 8

/** As its members call it; the beginning of its id when they do not. */
export function boxName({ name, box }: { readonly name: string; readonly box: string }): string {
  return name === '' ? box.slice(0, ID_SHOWN) : name
}
