import { type ErrorSentences, NOTHING_WRITTEN, OUR_FAULT } from './errors-en-shared.ts'

const PAGE_FAULT = 'Load the page again; if it happens again, report it.'

/** What the console refuses. */
export const consoleErrorsEn = {
  BODY_INVALID: ['A message to the box is not what it says it is.', NOTHING_WRITTEN, PAGE_FAULT],
  BODY_TOO_DEEP: ['A message to the box is nested more than {most:number} deep.', NOTHING_WRITTEN, PAGE_FAULT],
  DOWNLOAD_UNKNOWN: [
    'This download is there no more: it waits a minute for its browser.',
    NOTHING_WRITTEN,
    'Ask for the file again.',
  ],
  HEADERS_TOO_LARGE: [
    'The headers of a request to the box are too long.',
    NOTHING_WRITTEN,
    'Delete the cookies of the box in the browser, then load the page again.',
  ],
  HOST_REFUSED: [
    '“{host}” is no name of this box.',
    NOTHING_WRITTEN,
    'Open the console by the address of the box, or by a name that was set for it.',
  ],
  LAN_ONLY: [
    'The console answers only to people on the network of the box; {address} is elsewhere.',
    NOTHING_WRITTEN,
    'Come from the same network, or through its VPN.',
  ],
  MEDIA_TYPE_REFUSED: ['The box takes messages in JSON alone.', NOTHING_WRITTEN, PAGE_FAULT],
  ORIGIN_REFUSED: [
    'A page of “{origin}” has tried to change this box.',
    NOTHING_WRITTEN,
    'Close that page, and open the console by its own address.',
  ],
  FILE_NOT_SAVED: [
    'This file could not be read when the snapshot was taken ({cause}).',
    'There is nothing of it to give.',
    'Take it from an earlier snapshot.',
  ],
  PAGE_NOT_BUILT: [
    'The pages of the console are not built.',
    'The box works, and so do its API and its commands.',
    'Type  npm run build  in the folder of the program, then start the box again.',
  ],
  PAGE_UNKNOWN: ['There is no such address.', NOTHING_WRITTEN, 'See /api/openapi.json.'],
  PATH_NO_FILE: ['What is at {path} is no file.', NOTHING_WRITTEN, 'Take a folder as a zip file.'],
  PATHS_TOO_MANY: [
    'More than {most:number} things were chosen at once.',
    NOTHING_WRITTEN,
    'Choose fewer and go on with the others afterwards, or take the folder that has them all.',
  ],
  PREVIEW_REFUSED: [
    'This file is not shown in the browser: it is neither a text, a picture nor a PDF, or it is too large ({bytes:bytes}).',
    'Nothing was changed.',
    'Take it along (download) and open it with its own program.',
  ],
  REQUEST_INVALID: ['A message to the box does not have its form ({at}).', NOTHING_WRITTEN, 'See /api/openapi.json.'],
  REQUEST_SLOW: [
    'A request to the box did not come in time.',
    'The connection was closed; nothing was changed.',
    'Try again; if it happens again, look at the network between you and the box.',
  ],
  RIGHT_MISSING: [
    'This account may not do that.',
    NOTHING_WRITTEN,
    'An administrator can do it, or give the account another role.',
  ],
  SESSION_NEEDED: ['Nobody is signed in, or no more.', NOTHING_WRITTEN, 'Sign in.'],
  SESSION_UNKNOWN: ['There is no such session.', NOTHING_WRITTEN, 'It may have ended; see the list of sessions.'],
  SOURCE_FOLDER_GONE: [
    '“{path}”, from which “{source}” was saved, is no folder of that source on this box now.',
    'Nothing was written.',
    'If its disk is missing, connect it; make the folder again, or take the files along (download) instead.',
  ],
  STEP_UP_NEEDED: ['This asks for the password again.', NOTHING_WRITTEN, 'Type it, then repeat within five minutes.'],
  WEB_CERTIFICATE_INVALID: [
    'The files {certificate} and {key} hold no certificate with its key.',
    'The box was not started.',
    'Give both in PEM: the certificate of the console first in its file, and the key without a passphrase.',
  ],
  WEB_IN_USE: [
    'The console cannot listen on {address}: something else does.',
    'The box was not started.',
    'Stop that, or choose another port with --web.',
  ],
  WEB_REFUSED: ['The console cannot listen on {address} ({cause}).', 'The box was not started.', OUR_FAULT],
  ZIP_TOO_LARGE: [
    'The folder holds more than {most:number} things.',
    'No zip file was made.',
    'Take folders in it one by one, or restore it on the box: datis restore.',
  ],
} as const satisfies Record<string, ErrorSentences>
