import type { CookieSerializeOptions } from '@fastify/cookie'

export const SESSION_COOKIE = 'datis_session'
/** Of a device from which somebody has signed in before. */
export const DEVICE_COOKIE = 'datis_device'

/** Of the browser that has begun a rebuild. */
export const REBUILD_COOKIE = 'datis_rebuild'

const DEVICE_S = 180 * 24 * 3600

export function sessionCookie(isSecure: boolean): CookieSerializeOptions {
  return { path: '/api', httpOnly: true, sameSite: 'strict', secure: isSecure }
}

export function deviceCookie(isSecure: boolean): CookieSerializeOptions {
  return { ...sessionCookie(isSecure), maxAge: DEVICE_S }
}
