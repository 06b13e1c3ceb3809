import { confirm, isCancel } from '@clack/prompts'
import { DatisError } from '#base'
import type { App } from './app.ts'

/** Asks before what cannot be taken back, where a person can be asked and has not said yes already. CANCELLED */
export async function confirmed(
  { terminal, json, signal }: Pick<App, 'terminal' | 'json' | 'signal'>,
  message: string,
  { yes = false }: { readonly yes?: boolean | undefined },
): Promise<void> {
  if (!terminal.asks || json || yes) return
  const answer = await confirm({ message, initialValue: false, output: process.stderr, signal })
  if (isCancel(answer) || !answer) throw new DatisError('CANCELLED', 'The answer was no.')
}
