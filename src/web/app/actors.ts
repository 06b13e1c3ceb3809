/** Names instead of ids: one's own, and those of others for who may see them. */
import { useQuery } from '@tanstack/react-query'
import { people, session } from '../client/queries.ts'
import { useWords } from './words.tsx'

/** `actor`: an account's id, `box`, or `token` and its id. */
export function useActors(): (actor: string) => string {
  const { say } = useWords()
  const mine = useQuery(session)
  const known = useQuery({ ...people, enabled: mine.data?.role === 'administrator' })
  const names = new Map(known.data?.items.map(({ id, name }) => [id, name]))
  return (actor) => {
    if (actor === 'box') return say.actor.box
    if (actor === mine.data?.user) return mine.data.name
    if (actor.startsWith('token ')) return say.actor.token
    return names.get(actor) ?? say.actor.other
  }
}
