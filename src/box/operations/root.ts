import type { OpenedBox } from '../opened-box.ts'
import { applyRootAnswer } from '../root-requests.ts'

export async function applyRoot(box: OpenedBox, args: { readonly statement: string }): Promise<{ applied: string }> {
  return applyRootAnswer(box, Buffer.from(args.statement, 'base64'))
}
