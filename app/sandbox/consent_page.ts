import type { TestPerson } from '#sandbox/people'

/** Looks up a string in `resources/lang/<locale>/sandbox.json`; keys begin with `sandbox.`. */
export type Translate = (key: string, values?: Record<string, string>) => string

/** What a person can tick. Each provider maps these to its own consent items. */
export const AGREEABLE = ['email', 'name', 'nickname'] as const
export type Agreeable = (typeof AGREEABLE)[number]

/** What can go wrong after the person has agreed; the developer chooses on the page. */
export const MISHAPS = [
  'token_wrong_keys',
  'token_html',
  'token_5xx',
  'token_hang',
  'profile_refused',
  'profile_html',
  'profile_5xx',
  'profile_hang',
  'no_email',
  'not_signed_up',
] as const
export type Mishap = (typeof MISHAPS)[number]

export interface ConsentPage {
  translate: Translate
  locale: string
  /** The provider's key, which is also its name in the language files. */
  provider: string
  appName: string
  /** The form's target, including the query of the authorize request. */
  action: string
  stylesheet: string
  people: readonly TestPerson[]
  selected: string
  /** What is asked for, in order, and whether it is ticked when the page opens. */
  items: { item: Agreeable; ticked: boolean }[]
  /** Error codes that the provider is known to return with. */
  errors: readonly string[]
  /** What can go wrong at this provider. */
  mishaps: readonly Mishap[]
  /** Where people see what they are connected to, and disconnect. */
  services: string
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (char) => ENTITIES[char])

/** The layout of every page of a simulated provider, including refusals. */
export function sandboxPage(
  page: Pick<ConsentPage, 'translate' | 'locale' | 'stylesheet'> & { title: string; main: string }
) {
  return `<!doctype html>
<html lang="${escapeHtml(page.locale)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(page.title)}</title>
<link rel="stylesheet" href="${escapeHtml(page.stylesheet)}">
</head>
<body>
<p class="banner" role="note"><strong>${escapeHtml(page.translate('sandbox.banner'))}</strong> ${escapeHtml(page.translate('sandbox.banner_more'))}</p>
<main>
<h1>${escapeHtml(page.title)}</h1>
${page.main}
</main>
</body>
</html>
`
}

/** What is unusual about a person, so that developers find the case they are looking for. */
function remarks(person: TestPerson): string[] {
  return [
    person.email === null && 'no_email',
    !person.emailVerified && 'unverified',
    !person.emailValid && 'taken_over',
    person.nickname === null && 'default_nickname',
    person.hugeId && 'huge_id',
    person.oldId && 'old_id',
  ].filter((remark) => remark !== false)
}

/**
 * The page where a developer or a browser test plays a person: it chooses who they
 * are, what they agree to and what should go wrong. Works without JavaScript.
 *
 * Tests rely on its controls: `person`, `agree`, `mishap`, `error` and the buttons
 * `action` = `agree`, `cancel`, `error`.
 */
export function consentPage(page: ConsentPage): string {
  const t = (key: string, values?: Record<string, string>) =>
    escapeHtml(page.translate(`sandbox.${key}`, values))

  const persons = page.people.map((person) => {
    const about = [
      person.email === null ? null : escapeHtml(person.email),
      ...remarks(person).map((remark) => t(`person_${remark}`)),
    ].filter((part) => part !== null)
    const checked = person.slug === page.selected ? ' checked' : ''
    return `<label class="choice"><input type="radio" name="person" value="${person.slug}"${checked} required> <span><b lang="ko">${escapeHtml(person.name)}</b> <small>${about.join(' · ')}</small></span></label>`
  })

  const items = page.items.map(
    ({ item, ticked }) =>
      `<label class="choice"><input type="checkbox" name="agree" value="${item}"${ticked ? ' checked' : ''}> <span>${t(`item_${item}`)}</span></label>`
  )

  const mishaps = page.mishaps.map(
    (mishap) => `<option value="${mishap}">${t(`mishap_${mishap}`)}</option>`
  )

  const errors = page.errors.map(
    (error) => `<option value="${escapeHtml(error)}">${escapeHtml(error)}</option>`
  )

  return sandboxPage({
    ...page,
    title: page.translate('sandbox.title', {
      provider: page.translate(`sandbox.${page.provider}`),
    }),
    main: `<p>${t('intro', { app: page.appName })}</p>
<form method="post" action="${escapeHtml(page.action)}">
<fieldset>
<legend>${t('who')}</legend>
${persons.join('\n')}
</fieldset>
<fieldset>
<legend>${t('agree_to')}</legend>
<p class="choice"><span>${t('item_id')}</span></p>
${items.join('\n')}
</fieldset>
<p class="buttons">
<button name="action" value="agree" class="main">${t('agree')}</button>
<button name="action" value="cancel" formnovalidate>${t('cancel')}</button>
</p>
<fieldset>
<legend>${t('go_wrong')}</legend>
<label for="mishap">${t('mishap')}</label>
<select id="mishap" name="mishap">
<option value="" selected>${t('mishap_none')}</option>
${mishaps.join('\n')}
</select>
<label for="error">${t('error')}</label>
<div class="row">
<select id="error" name="error">
${errors.join('\n')}
</select>
<button name="action" value="error" formnovalidate>${t('send_error')}</button>
</div>
</fieldset>
</form>
<p><a href="${escapeHtml(page.services)}">${t('services')}</a></p>`,
  })
}

/** The stylesheet of these pages; deliberately plain, so nobody mistakes them for real ones. */
export const consentStyles = `:root { color-scheme: light; font: 100%/1.5 system-ui, sans-serif; color: #1c1c1e; background: #f4f4f6; }
* { box-sizing: border-box; }
body { margin: 0; word-break: keep-all; overflow-wrap: anywhere; }
.banner { margin: 0; padding: .75rem 1rem; background: #3b2a6b; color: #fff; text-align: center; }
main { max-width: 34rem; margin: 0 auto; padding: 1rem; }
h1 { font-size: 1.25rem; margin: .5rem 0; }
fieldset { margin: 0 0 1rem; padding: .5rem .75rem .75rem; border: 1px solid #8a8a93; border-radius: .5rem; background: #fff; min-width: 0; }
legend { padding: 0 .25rem; font-weight: 600; }
.choice { display: flex; gap: .6rem; align-items: flex-start; min-height: 2rem; padding: .25rem 0; margin: 0; }
.choice input { flex: none; width: 1.15rem; height: 1.15rem; margin: .2rem 0 0; }
small { display: block; color: #55555e; }
label[for] { display: block; margin-top: .5rem; }
select, button { font: inherit; min-height: 2.75rem; border: 1px solid #6a6a73; border-radius: .4rem; background: #fff; color: inherit; }
select { width: 100%; min-width: 0; padding: 0 .5rem; }
button { padding: 0 1rem; cursor: pointer; }
button.main { background: #3b2a6b; border-color: #3b2a6b; color: #fff; font-weight: 600; }
:focus-visible { outline: 3px solid #0b66d8; outline-offset: 2px; }
.buttons, .row { display: flex; flex-wrap: wrap; gap: .5rem; }
.buttons button { flex: 1 1 8rem; }
.ways { margin: 0; }
.ways button { flex: 1 1 100%; padding: .4rem .5rem; }
a { color: #0b57c2; }
.result { margin: .5rem 0 1rem; padding: .75rem; border: 2px solid #2c6b3b; border-radius: .5rem; background: #fff; }
.result[role=alert] { border-color: #b3261e; }
form + form { margin-top: 1rem; }
.row select { flex: 1 1 10rem; width: auto; }
`
