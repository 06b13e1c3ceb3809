import { DatisError } from '#base'

/** A request whose path, query or body is not one of ours. */
export function requestInvalid(at: string): DatisError {
  return new DatisError('FORMAT_REQUEST', 'A request does not have the form it must have.', { at })
}

/** An answer that no honest host gives. */
export function answerInvalid(what: string, details: Record<string, unknown> = {}): DatisError {
  return new DatisError('HOST_ANSWER_INVALID', 'A host gave an answer that cannot be right.', { what, ...details })
}
