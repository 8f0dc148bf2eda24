import { escapeHtml, sandboxPage, type ConsentPage } from '#sandbox/consent_page'
import type { TestPerson } from '#sandbox/people'
import type { CallResult } from '#sandbox/provider_call'

/** An app on a person's list of connected services. */
export interface ConnectedService {
  clientId: string
  appName: string
  /** Where the provider reports that the person has disconnected; `null`: nowhere. */
  noticeUrl: string | null
}

/** The result of pressing a disconnect button. */
export type Disconnection = { person: TestPerson; appName: string } & (
  | CallResult
  /** The link has ended, and nobody was told. */
  | { kind: 'untold' }
  /** The link had already ended. */
  | { kind: 'ended_before' }
)

export interface ServicesPage extends Pick<
  ConsentPage,
  'translate' | 'locale' | 'provider' | 'stylesheet' | 'action'
> {
  connections: { person: TestPerson; services: ConnectedService[] }[]
  /** The kinds of notice that the provider sends; each gets a button. */
  notices: readonly string[]
  /** The result of the button press that led here; `null` if there was none. */
  disconnection: Disconnection | null
}

/**
 * The page with each person's list of connected services, where people disconnect; the
 * real providers have such lists too. Works without JavaScript.
 *
 * Tests rely on its controls: for each service a form with `person` and `client_id`, and
 * a button `notice` for each way the provider reports it.
 */
export function servicesPage(page: ServicesPage): string {
  const t = (key: string, values?: Record<string, string>) =>
    escapeHtml(page.translate(`sandbox.${key}`, values))
  const provider = page.translate(`sandbox.${page.provider}`)

  const formOf = (person: TestPerson, { clientId, appName, noticeUrl }: ConnectedService) => {
    const kinds = noticeUrl === null || page.notices.length === 0 ? [''] : page.notices
    const buttons = kinds.map(
      (kind) => `<button name="notice" value="${kind}">${t(`unlink_by_${kind || 'none'}`)}</button>`
    )
    const told = noticeUrl === null ? t('notice_nowhere') : t('notice_to', { url: noticeUrl })
    return `<form method="post" action="${escapeHtml(page.action)}">
<input type="hidden" name="person" value="${person.slug}">
<input type="hidden" name="client_id" value="${escapeHtml(clientId)}">
<p><b>${escapeHtml(appName)}</b> <small>${told}</small></p>
<p class="buttons ways">${buttons.join('\n')}</p>
</form>`
  }

  const lists = page.connections.map(
    ({ person, services }) => `<fieldset>
<legend lang="ko">${escapeHtml(person.name)}</legend>
${services.map((service) => formOf(person, service)).join('\n')}
</fieldset>`
  )

  return sandboxPage({
    ...page,
    title: page.translate('sandbox.services_title', { provider }),
    main: `${page.disconnection ? resultOf(page.disconnection, t) : ''}
<p>${t('services_lead', { provider })}</p>
${lists.length > 0 ? lists.join('\n') : `<p>${t('services_none')}</p>`}`,
  })
}

function resultOf(
  { person, appName, ...result }: Disconnection,
  t: (key: string, values?: Record<string, string>) => string
) {
  const words = t(`disconnected_${result.kind}`, {
    person: person.name,
    app: appName,
    ...('status' in result && { status: String(result.status) }),
    ...('reason' in result && { reason: result.reason }),
  })
  const isTrouble = result.kind === 'refused' || result.kind === 'unreachable'
  return `<p class="result" role="${isTrouble ? 'alert' : 'status'}">${words}</p>`
}
