/** The console of a box, as the terminal speaks of it. */
export const consoleWordsEn = {
  command: {
    setupCode: 'make a code with which an administrator opens an account in the console',
    start: 'run a box with its console, and make it first when the folder has none',
  },
  option: {
    port: 'of the console; members reach the box on the next one',
    web: 'open the console there, for people on the same network: with TLS where other machines reach it, else without',
    webTls: 'with TLS for this machine alone, too',
    webPlain: 'without TLS whoever reaches it: passwords cross the network in clear',
    webCert: 'certificate in PEM instead of the box’s own, with those above it; read again every hour',
    webKey: 'its key in PEM',
    labWeb: 'give its first box a console, and let that box live by itself',
    manual: 'take no snapshot by itself, and send and expire nothing',
  },
  opens: (url: string) => `The console opens at ${url}`,
  fingerprint: (hex: string) => `Its certificate (SHA-256), to be compared with what the browser shows: ${hex}`,
  setupCode: (code: string) => `For the first account, within 24 hours: ${code}`,
}
