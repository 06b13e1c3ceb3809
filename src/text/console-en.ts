/** The console of a box, as the terminal speaks of it. */
export const consoleWordsEn = {
  command: {
    setupCode: 'make a code with which an administrator opens an account in the console',
    start: 'run a box with its console, and make it first when the folder has none',
  },
  option: {
    port: 'of the console; members reach the box on the next one',
    web: 'open the console there, for people on the same network',
    manual: 'take no snapshot by itself, and send and expire nothing',
  },
  opens: (url: string) => `The console opens at ${url}`,
  setupCode: (code: string) => `For the first account, within 24 hours: ${code}`,
}
