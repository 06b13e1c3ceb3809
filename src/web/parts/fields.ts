/** What is typed into the fields of a form, by their names. */
import { type ChangeEvent, useState } from 'react'

export function useFields<Given extends Readonly<Record<string, unknown>>>(empty: Given) {
  const [given, setGiven] = useState(empty)
  /** For a field of text: its name, its value, and how that changes. */
  const field = <Name extends string & keyof Given>(name: Name) => ({
    name,
    value: given[name],
    onChange: ({ currentTarget: { value } }: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      setGiven((before) => ({ ...before, [name]: value })),
  })
  return { given, setGiven, field }
}
