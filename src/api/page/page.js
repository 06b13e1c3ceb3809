/** The thin page of a box: sign in, see how it stands, follow its tasks. All text from the box is set as text. */
const WORDS = {
  fr: {
    first: 'Premier compte',
    code: 'Code de mise en service',
    name: 'Nom',
    password: 'Mot de passe',
    factor: 'Code de l’application, ou code sur papier',
    make: 'Créer le compte',
    enter: 'Se connecter',
    enterPasskey: 'Se connecter avec une clé d’accès',
    addPasskey: 'Ajouter une clé d’accès',
    passkeyName: 'Nom de la clé d’accès (par exemple : mon téléphone)',
    passkeyAdded: 'Clé d’accès ajoutée.',
    passkeyStopped: 'Aucune clé d’accès n’a été utilisée : annulé, ou trop tard.',
    passkeyThere: 'Cet appareil a déjà une clé d’accès pour ce compte.',
    back: 'Retour',
    leave: 'Se déconnecter',
    snapshots: 'Instantanés',
    tasks: 'Tâches',
    take: 'Sauvegarder maintenant',
    source: 'Source',
    taken: 'Pris le',
    state: 'État',
    files: 'Fichiers',
    task: 'Tâche',
    since: 'Depuis',
    phase: 'Phase',
    none: 'Rien n’a encore été sauvegardé. Ajoutez une source avec : datis source add',
    hello: (name) => `Connecté : ${name}`,
    states: {
      waiting: 'attend',
      running: 'en cours',
      done: 'faite',
      failed: 'échouée',
      cancelled: 'annulée',
      interrupted: 'interrompue',
      complete: 'complet',
      incomplete: 'incomplet',
    },
    names: {
      'snapshot.take': 'Sauvegarde',
      disperse: 'Envoi aux hôtes',
      'snapshot.expire': 'Expiration',
      'vault.collect': 'Récupération d’espace',
      'drill.run': 'Restauration d’exercice',
    },
  },
  en: {
    first: 'First account',
    code: 'Setup code',
    name: 'Name',
    password: 'Password',
    factor: 'Code of the app, or one on paper',
    make: 'Make the account',
    enter: 'Sign in',
    enterPasskey: 'Sign in with a passkey',
    addPasskey: 'Add a passkey',
    passkeyName: 'Name of the passkey (such as: my telephone)',
    passkeyAdded: 'Passkey added.',
    passkeyStopped: 'No passkey was used: cancelled, or too late.',
    passkeyThere: 'This device has a passkey for this account already.',
    back: 'Back',
    leave: 'Sign out',
    snapshots: 'Snapshots',
    tasks: 'Tasks',
    take: 'Save now',
    source: 'Source',
    taken: 'Taken on',
    state: 'State',
    files: 'Files',
    task: 'Task',
    since: 'Since',
    phase: 'Phase',
    none: 'Nothing is saved yet. Add a source with: datis source add',
    hello: (name) => `Signed in: ${name}`,
    states: {
      waiting: 'waits',
      running: 'runs',
      done: 'done',
      failed: 'failed',
      cancelled: 'cancelled',
      interrupted: 'interrupted',
      complete: 'complete',
      incomplete: 'incomplete',
    },
    names: {
      'snapshot.take': 'Snapshot',
      disperse: 'Out to the hosts',
      'snapshot.expire': 'Expiry',
      'vault.collect': 'Collection',
      'drill.run': 'Restore for practice',
    },
  },
}

const language = navigator.language.toLowerCase().startsWith('en') ? 'en' : 'fr'
const say = WORDS[language]
const page = document.getElementById('page')
const instants = new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'short' })
const TASKS_SHOWN = 15
document.documentElement.lang = language

/** The answer, or an error with the sentences that the box sent. */
async function ask(method, path, body) {
  const headers = { 'accept-language': language, ...(body === undefined ? {} : { 'content-type': 'application/json' }) }
  const response = await fetch(`/api/${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
  if (response.status === 204) return null
  const answer = await response.json()
  if (!response.ok) throw Object.assign(new Error(answer.error.happened), answer.error)
  return answer
}

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties)
  made.append(...children)
  return made
}

function field(label, properties) {
  return element('label', {}, label, element('input', { required: true, ...properties }))
}

function show(...children) {
  page.replaceChildren(element('h1', { textContent: 'Datis' }), ...children)
}

function sentencesOf(error) {
  return [error.message, error.follows, error.todo].filter(Boolean).join(' ')
}

/** What a form asks for besides, when the box says so. */
const FURTHER = {
  LOGIN_CODE_NEEDED: () => field(say.factor, { name: 'code', autocomplete: 'one-time-code' }),
  STEP_UP_NEEDED: () => password('current-password'),
}

function form(title, fields, button, act, ...below) {
  const trouble = element('p', { className: 'bad', role: 'alert' })
  const submit = element('button', { textContent: button })
  const made = element('form', {}, ...fields, submit, trouble)
  made.addEventListener('submit', async (event) => {
    event.preventDefault()
    submit.disabled = true
    trouble.textContent = ''
    try {
      await act(Object.fromEntries(new FormData(made)))
    } catch (error) {
      trouble.textContent = sentencesOf(error)
      submit.disabled = false
      const further = FURTHER[error.code]?.()
      const input = further?.querySelector('input')
      if (input && !made.elements[input.name]) {
        submit.before(further)
        input.focus()
      }
    }
  })
  show(element('h2', { textContent: title }), made, ...below)
  made.elements[0].focus()
}

function action(name, text, act, trouble) {
  const made = element('button', { type: 'button', name, textContent: text })
  made.addEventListener('click', async () => {
    trouble.textContent = ''
    await act().catch((error) => {
      trouble.textContent = sentencesOf(error)
    })
  })
  return made
}

/** What the authenticator made or signed, in the form in which it is sent. */
async function authenticated(asked) {
  try {
    return (await asked()).toJSON()
  } catch (error) {
    if (error.name === 'NotAllowedError') throw new Error(say.passkeyStopped)
    throw error.name === 'InvalidStateError' ? new Error(say.passkeyThere) : error
  }
}

async function enterWithPasskey() {
  const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(await ask('POST', 'session/passkey/options'))
  await ask('POST', 'session/passkey', { passkey: await authenticated(() => navigator.credentials.get({ publicKey })) })
  await begin()
}

function addPasskey() {
  const trouble = element('p', { className: 'bad', role: 'alert' })
  const fields = [field(say.passkeyName, { name: 'name', maxLength: 100, autocomplete: 'off' })]
  const act = async (given) => {
    if (given.password) await ask('POST', 'session/elevate', { password: given.password })
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(await ask('POST', 'account/passkeys/options'))
    const passkey = await authenticated(() => navigator.credentials.create({ publicKey }))
    await ask('POST', 'account/passkeys', { name: given.name, passkey })
    await begin(say.passkeyAdded)
  }
  form(say.addPasskey, fields, say.addPasskey, act, action('back', say.back, begin, trouble), trouble)
}

const name = () => field(say.name, { name: 'name', autocomplete: 'username' })
const password = (autocomplete) => field(say.password, { name: 'password', type: 'password', autocomplete })

function first() {
  const fields = [field(say.code, { name: 'code', autocomplete: 'off' }), name(), password('new-password')]
  form(say.first, fields, say.make, async (given) => {
    await ask('POST', 'setup', given)
    await ask('POST', 'session', { name: given.name, password: given.password })
    await begin()
  })
}

function enter(hasPasskeys) {
  const trouble = element('p', { className: 'bad', role: 'alert' })
  const below = hasPasskeys ? [action('passkey', say.enterPasskey, enterWithPasskey, trouble), trouble] : []
  const act = async (given) => {
    await ask('POST', 'session', given)
    await begin()
  }
  form(say.enter, [name(), password('current-password')], say.enter, act, ...below)
}

function table(titles, rows) {
  const head = element('tr', {}, ...titles.map((title) => element('th', { textContent: title, scope: 'col' })))
  const lines = rows.map((cells) =>
    element('tr', {}, ...cells.map((cell) => (cell instanceof Node ? element('td', {}, cell) : element('td', { textContent: cell })))),
  )
  return element('table', {}, element('thead', {}, head), element('tbody', {}, ...lines))
}

function stateCell(state) {
  const good = state === 'done' || state === 'complete'
  const bad = state === 'failed' || state === 'incomplete' || state === 'interrupted'
  const mark = good ? '✔ ' : bad ? '✘ ' : '… '
  return element('span', { className: good ? 'good' : bad ? 'bad' : '', textContent: mark + (say.states[state] ?? state) })
}

function snapshotTable(items) {
  if (items.length === 0) return element('p', { textContent: say.none })
  const rows = items.slice(0, 10).map(({ source, at, state, files }) => [
    source,
    instants.format(new Date(at)),
    stateCell(state),
    files.toLocaleString(language),
  ])
  return table([say.source, say.taken, say.state, say.files], rows)
}

function taskTable(tasks) {
  const rows = [...tasks.values()]
    .sort((a, b) => b.created - a.created)
    .slice(0, TASKS_SHOWN)
    .map((task) => [
      say.names[task.name] ?? task.name,
      instants.format(new Date(task.created)),
      stateCell(task.state),
      task.error?.code ?? task.progress.phase ?? '',
    ])
  return table([say.task, say.since, say.state, say.phase], rows)
}

async function home(session, hasPasskeys, told) {
  const tasks = new Map((await ask('GET', 'tasks')).items.map((task) => [task.id, task]))
  const leave = element('button', { name: 'leave', textContent: say.leave })
  const take = element('button', { textContent: say.take })
  const trouble = element('p', { className: 'bad', role: 'alert' })
  const [snapshots, list] = [element('div'), element('div')]
  const refresh = async () => {
    const { items } = await ask('POST', 'operations/snapshot.list', {})
    snapshots.replaceChildren(snapshotTable(items))
  }
  const events = new EventSource('/api/events')
  events.addEventListener('task', (event) => {
    const task = JSON.parse(event.data)
    tasks.set(task.id, task)
    list.replaceChildren(taskTable(tasks))
    if (task.name === 'snapshot.take' && task.ended !== null) refresh()
  })
  const toPasskey = async () => {
    events.close()
    addPasskey()
  }
  const own = hasPasskeys ? [action('passkey', say.addPasskey, toPasskey, trouble)] : []
  leave.addEventListener('click', async () => {
    events.close()
    await ask('DELETE', 'session')
    await begin()
  })
  take.addEventListener('click', () =>
    ask('POST', 'operations/snapshot.take', { sources: [] }).catch((error) => {
      trouble.textContent = error.message
    }),
  )
  show(
    element('div', { className: 'row' }, element('span', { textContent: say.hello(session.name) }), take, ...own, leave),
    element('p', { className: 'good', role: 'status', textContent: told }),
    trouble,
    element('h2', { textContent: say.snapshots }),
    snapshots,
    element('h2', { textContent: say.tasks }),
    list,
  )
  list.replaceChildren(taskTable(tasks))
  await refresh()
}

async function begin(told = '') {
  const { isFirst, isSignedIn, hasPasskeys } = await ask('GET', 'setup')
  const canPasskeys = hasPasskeys && 'parseCreationOptionsFromJSON' in (globalThis.PublicKeyCredential ?? {})
  if (isSignedIn) await home(await ask('GET', 'session'), canPasskeys, told)
  else if (isFirst) first()
  else enter(canPasskeys)
}

await begin()
