/** Answers TLS on a port under a certificate that is given, as a box never would: `node impostor.ts PORT CERTIFICATE KEY`. */
import { readFileSync } from 'node:fs'
import { createServer } from 'node:tls'

const [port, certificate, key] = process.argv.slice(2)
const files = { cert: readFileSync(certificate ?? ''), key: readFileSync(key ?? '') }
const server = createServer({ ...files, requestCert: true, rejectUnauthorized: false }, (socket) => {
  socket.on('error', () => undefined).end('not a box')
})
server.on('tlsClientError', (_error, socket) => socket.destroy())
server.listen({ port: Number(port), host: '::' }, () => console.log('ready'))
