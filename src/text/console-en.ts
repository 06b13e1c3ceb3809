/** The console of a box, as the terminal speaks of it. */
export const consoleWordsEn = {
  option: {
    web: 'open the console there, for people on the same network',
    manual: 'take no snapshot by itself, and send and expire nothing',
  },
  opens: (url: string) => `The console opens at ${url}`,
  setupCode: (code: string) => `For the first account, within 24 hours: ${code}`,
}
