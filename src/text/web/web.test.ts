import assert from 'node:assert/strict'
import { test } from 'node:test'
import { webWordsIn } from './index.ts'

test('a retention policy is said as a sentence', () => {
  const policy = 'continuous: <2 h, 5 min>, <24 h, 1 h>, <30 d, 1 d>, <for ever, 1 mo>'
  assert.equal(
    webWordsIn('en').say.policies.sentence(policy),
    'One every 5 minutes for 2 hours, then every hour for 24 hours, then every day for 30 days, then every month for ever.',
  )
  assert.equal(
    webWordsIn('fr').say.policies.sentence(policy),
    'Un toutes les 5 minutes pendant 2 heures, puis un par heure pendant 24 heures, puis un par jour pendant 30 jours, puis un par mois sans limite.',
  )
  assert.equal(webWordsIn('en').say.policies.sentence('something else'), null)
})

test('no line of French begins with its punctuation', () => {
  const { say } = webWordsIn('fr')
  assert.equal(say.community.question, 'Combien pouvons-nous en perdre\u00A0?')
  assert.equal(say.restore.notFoundTitle('plan'), 'Rien ne s’appelle «\u00A0plan\u00A0»')
})

test('what has no word is shown by its own name, were it the name of a function', () => {
  for (const language of ['en', 'fr'] as const) {
    const { task } = webWordsIn(language).say
    assert.equal(task.name('constructor'), 'constructor')
    assert.equal(task.name('unheard.of'), 'unheard.of')
  }
})

test('a name that turns the letters around it turns its own alone', () => {
  const { say } = webWordsIn('en')
  assert.equal(say.finder.source('plans'), 'Restore from plans')
  assert.equal(say.finder.source('a\u202Egpj.exe'), 'Restore from \u2068a\u202Egpj.exe\u2069')
  assert.equal(say.finder.source('\u05d0\u2069'), 'Restore from \u2068\u05d0\uFFFD\u2069')
  assert.match(say.first.rebuild.perhaps(['\u202Eb', 'c']), /: \u2068\u202Eb\u2069 and c\./)
})
